package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A product that a sync writes into a table which is captured again. */
class ModelGraphTest {

    @TempDir
    Path folder;

    @Test
    void shouldRefuseWhatComesBackThroughACapturedTable() throws IOException {
        List<Problem> circles = circles("public.customers", "");

        assertThat(circles).singleElement().satisfies(circle -> {
            assertThat(circle.file()).endsWith("crm.yaml");
            assertThat(circle.message())
                    .isEqualTo("what sync \"crm\" writes into public.customers is captured, and comes back to it: "
                            + "gold.customer reads bronze.customers reads gold.customer; "
                            + "write another table, or say why it is wanted: loop: <reason>");
        });
    }

    @Test
    void shouldAllowALoopThatIsWanted() throws IOException {
        assertThat(circles("public.customers", "loop: The shop shows what it is told; the echo is recognised."))
                .isEmpty();
        assertThat(circles("public.profiles", "")).isEmpty();
    }

    private List<Problem> circles(String table, String loop) throws IOException {
        write("domain.yaml", """
                apiVersion: weir/v1
                kind: Domain
                name: shop
                description: A shop.
                team: {name: shop, contact: shop@example.org}
                """);
        contract("bronze", "customers");
        contract("gold", "customer");
        write("gold/customer.sql", "SELECT id FROM bronze.customers\n");
        write("sources/shop.yaml", """
                apiVersion: weir/v1
                kind: Source
                name: shop
                connection: {url: 'postgresql://localhost:15432/shop', user: capture, passwordFrom: {env: A}}
                capture: auto
                tables: [{name: public.customers, product: customers}]
                onSchemaChange: evolve
                """);
        write("syncs/crm.yaml", """
                apiVersion: weir/v1
                kind: Sync
                name: crm
                from: gold.customer
                to:
                  jdbc: {url: 'postgresql://localhost:15432/shop', table: %s, user: sync, passwordFrom: {env: A}}
                mode: upsert
                key: {id: id}
                fields: {}
                approvedBy: shop@example.org
                %s
                """.formatted(table, loop));
        return ModelGraph.circles(DomainFolder.load(folder, _ -> "secret"));
    }

    private void contract(String layer, String name) throws IOException {
        write("contracts/%s.odcs.yaml".formatted(name), """
                apiVersion: v3.1.0
                kind: DataContract
                id: %1$s
                version: 1.0.0
                status: active
                name: %1$s
                domain: shop
                schema:
                  - name: %1$s
                    physicalName: %2$s.shop.%1$s.v1
                    properties:
                      - {name: id, logicalType: integer, primaryKey: true}
                team: {name: shop}
                """.formatted(name, layer));
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(folder.resolve(file).getParent());
        Files.writeString(folder.resolve(file), text);
    }
}
