package io.weir.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.contract.Deprecation.Notice;
import io.weir.contract.Deprecation.Reader;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.sql.Consumers;
import io.weir.kit.stream.MeshJson;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.testkit.TestKafka;
import io.weir.kit.testkit.Testkit;
import io.weir.kit.testkit.WithMesh;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithMesh
class DeprecationTest {

    private final String name = Testkit.unique("leaving");

    @TempDir
    Path folder;

    @Test
    void shouldTellWhoHasNotMovedAndWhoHas() throws IOException {
        Deprecation order = deprecations(domain("2027-01-31")).getFirst();

        assertThat(order.product()).isEqualTo("silver.%s.order.v1".formatted(name));
        assertThat(order.successor()).isEqualTo("silver.%s.order.v2".formatted(name));
        assertThat(order.endOfLife()).isEqualTo("2027-01-31");
        assertThat(order.endOfSupport()).isNull();
        assertThat(order.remaining())
                .containsExactly(new Reader(
                        "subscription", "letters", name, "marketing", "letters@example.org", Set.of("order_key")));
        assertThat(order.moved()).extracting(Reader::name).containsExactly("billing");
    }

    @Test
    void shouldGiveEachReaderOneNoticeUntilTheEndIsAnother(TestKafka kafka) throws IOException {
        ContractConfig config = WebhookTest.config(kafka, URI.create("http://127.0.0.1:1"), "");
        QuarantineLog log = new QuarantineLog(config);
        List<Notice> first = notices(domain("2027-01-31"));
        List<Notice> second = notices(domain("2027-06-30"));

        Notices.tell(config, log, first);
        Notices.tell(config, log, first);
        Notices.tell(config, log, second);

        assertThat(kafka.records(MeshTopics.NOTICES).stream()
                        .flatMap(record -> MeshJson.read(record.value(), Notice.class).stream())
                        .filter(notice -> notice.product().contains(name)))
                .containsExactly(first.getFirst(), second.getFirst());
    }

    private List<Notice> notices(Domain domain) {
        return deprecations(domain).stream()
                .flatMap(deprecation -> deprecation.notices().stream())
                .toList();
    }

    private static List<Deprecation> deprecations(Domain domain) {
        return Deprecation.all(domain.products().values(), () -> Consumers.of(List.of(domain)));
    }

    private Domain domain(String endOfLife) throws IOException {
        Files.createDirectories(folder.resolve("contracts"));
        Files.createDirectories(folder.resolve("subscriptions"));
        Files.writeString(folder.resolve("domain.yaml"), """
                apiVersion: weir/v1
                kind: Domain
                name: %s
                description: A product that goes away.
                team: {name: shop, contact: shop@example.org}
                """.formatted(name));
        contract(1, "deprecated", "slaProperties: [{property: endOfLife, value: %s}]".formatted(endOfLife));
        contract(2, "active", "");
        subscription("letters", 1);
        subscription("billing", 2);
        return DomainFolder.load(folder, _ -> null);
    }

    private void contract(int major, String status, String more) throws IOException {
        Files.writeString(folder.resolve("contracts/order.v%d.odcs.yaml".formatted(major)), """
                apiVersion: v3.1.0
                kind: DataContract
                id: order%2$d
                version: %2$d.0.0
                status: %3$s
                name: order
                domain: %1$s
                schema:
                  - name: order
                    physicalName: silver.%1$s.order.v%2$d
                    properties:
                      - {name: order_key, logicalType: integer, primaryKey: true}
                team: {name: shop}
                %4$s
                """.formatted(
                        name, major, status, more));
    }

    private void subscription(String reader, int major) throws IOException {
        Files.writeString(
                folder.resolve("subscriptions/%s.yaml".formatted(reader)), """
                apiVersion: weir/v1
                kind: Subscription
                name: %2$s
                product: silver.%1$s.order.v%3$d
                purpose: Knowing of orders.
                team: {name: marketing, contact: %2$s@example.org}
                columns: [{name: order_key}]
                """.formatted(name, reader, major));
    }
}
