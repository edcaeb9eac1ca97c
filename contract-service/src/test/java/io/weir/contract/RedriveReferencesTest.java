package io.weir.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.contract.Redrive.Handled;
import io.weir.contract.Redrive.Outcome;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.stream.QuarantineHeaders;
import io.weir.kit.testkit.TestKafka;
import io.weir.kit.testkit.Testkit;
import io.weir.kit.testkit.WithMesh;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithMesh
class RedriveReferencesTest {

    private final String name = Testkit.unique("refers");

    @TempDir
    Path folder;

    @Test
    void shouldHoldRowsAgainstWhatTheyName(TestKafka kafka) throws IOException {
        Domain domain = domain();
        DataProduct order = domain.find("silver.order").orElseThrow();
        DataProduct customer = domain.find("silver.customer").orElseThrow();
        kafka.createTopic(order.name().topic(), 1);
        kafka.createTopic(order.name().quarantineTopic(), 1);
        kafka.createTopic(customer.name().topic(), 1, Map.of("cleanup.policy", "compact"));
        put(kafka, customer, 7L, true);
        put(kafka, customer, 8L, true);
        put(kafka, customer, 8L, false);
        quarantine(kafka, order, 1L, 7L);
        quarantine(kafka, order, 2L, 8L);
        quarantine(kafka, order, 3L, 9L);
        quarantine(kafka, order, 4L, null);
        ContractConfig config = WebhookTest.config(kafka, URI.create("http://127.0.0.1:1"), "");
        Redrive redrive = new Redrive(config, new QuarantineLog(config), _ -> Optional.empty());

        var report = redrive.redrive(
                Quarantine.of(order), new QuarantineLog.Filter(null, null, null, null, null), 100, true, "ada");

        String why = "relationship of \"customer_id\": names a row of "
                + customer.name().topic();
        assertThat(report.rows())
                .containsExactlyInAnyOrder(
                        new Handled("0@0", Outcome.REDRIVEN, ""),
                        new Handled("0@1", Outcome.STILL_BROKEN, why),
                        new Handled("0@2", Outcome.STILL_BROKEN, why),
                        new Handled("0@3", Outcome.REDRIVEN, ""));
    }

    private static void put(TestKafka kafka, DataProduct product, long id, boolean stands) {
        kafka.send(
                product.name().topic(),
                RowCodec.ofKey(product).encode(new Object[] {id}),
                stands ? RowCodec.ofValue(product).encode(new @Nullable Object[] {id, null}) : null);
    }

    private static void quarantine(TestKafka kafka, DataProduct product, long id, @Nullable Long customer) {
        var record = new ProducerRecord<>(
                product.name().quarantineTopic(),
                RowCodec.ofKey(product).encode(new Object[] {id}),
                RowCodec.of(product.rowType().allNullable()).encode(new @Nullable Object[] {id, customer}));
        record.headers().add(QuarantineHeaders.FORM, QuarantineHeaders.FORM_ROW.getBytes(UTF_8));
        kafka.send(record);
    }

    private Domain domain() throws IOException {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("domain.yaml"), """
                apiVersion: weir/v1
                kind: Domain
                name: %s
                description: References.
                team:
                  name: judges
                  contact: team@example.org
                """.formatted(name));
        contract("customer", "");
        contract("order", "relationships: [{to: customer.customer_key}]");
        return DomainFolder.load(folder, _ -> null);
    }

    private void contract(String product, String relationships) throws IOException {
        Files.writeString(folder.resolve("contracts/%s.odcs.yaml".formatted(product)), """
                apiVersion: v3.1.0
                kind: DataContract
                id: %1$s
                version: 1.0.0
                status: active
                name: %1$s
                domain: %2$s
                schema:
                  - name: %1$s
                    physicalName: silver.%2$s.%1$s.v1
                    customProperties: [{property: partitions, value: 1}]
                    properties:
                      - name: %1$s_key
                        logicalType: integer
                        primaryKey: true
                      - name: customer_id
                        logicalType: integer
                        %3$s
                team: {name: judges}
                """.formatted(
                        product, name, relationships));
    }
}
