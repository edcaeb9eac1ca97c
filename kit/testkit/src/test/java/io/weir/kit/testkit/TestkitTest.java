package io.weir.kit.testkit;

import static io.weir.kit.testkit.Patience.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.InMemorySchemas;
import io.weir.kit.contract.Layer;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.RowType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 15, unit = TimeUnit.MINUTES)
@WithMesh
class TestkitTest {

    @Test
    void shouldReadAProductsTopicAsATable(TestKafka kafka) {
        DataProduct product = customers(Testkit.unique("customers"));
        RowTopic rows = kafka.rows(product, InMemorySchemas.of(product)).create();

        rows.put(Map.of("weir-origin", "postgresql:shop"), 1L, "Ada");
        rows.put(2L, null);
        rows.put(1L, "Ada L.");
        rows.delete(2L);

        assertThat(rows.table()).isEqualTo(Map.of(List.of(1L), List.of(1L, "Ada L.")));
        assertThat(rows.changes())
                .contains(
                        new RowTopic.Row(List.of(1L), List.of(1L, "Ada"), Map.of("weir-origin", "postgresql:shop")),
                        new RowTopic.Row(List.of(2L), Arrays.asList(2L, null), Map.of()),
                        new RowTopic.Row(List.of(2L), null, Map.of()));
    }

    @Test
    void shouldWaitForATopicAndItsRecords(TestKafka kafka) {
        String topic = Testkit.unique("late");
        Thread writer = Thread.ofVirtual().start(() -> {
            kafka.createTopic(topic, 1);
            kafka.send(topic, new byte[] {1}, new byte[] {2});
        });

        assertThat(kafka.awaitRecords(topic, 1, LIMIT)).hasSize(1);
        assertThat(writer.getName()).isEmpty();
    }

    @Test
    void shouldSayHowManyRecordsThereWere(TestKafka kafka) {
        String topic = Testkit.unique("short");
        kafka.createTopic(topic, 1);

        assertThatThrownBy(() -> kafka.awaitRecords(topic, 1, Duration.ofMillis(200)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("0 records of " + topic);
    }

    @Test
    void shouldGiveEachTestItsOwnDatabaseAndRole(TestPostgres postgres) throws Exception {
        TestDatabase shop = postgres.createDatabase(Testkit.unique("shop"));
        String role = Testkit.unique("weir_capture");
        postgres.createRole(role, "it's secret", "REPLICATION");

        shop.execute(
                "CREATE TABLE customers (id int PRIMARY KEY, name text)", "INSERT INTO customers VALUES (1, 'Ada')");
        shop.execute("SELECT pg_create_logical_replication_slot('left_" + shop.name() + "', 'pgoutput')");

        assertThat(shop.query("SELECT * FROM customers")).containsExactly(Map.of("id", 1, "name", "Ada"));
        shop.connect(role, "it's secret").close();
        shop.drop();
        assertThatThrownBy(shop::connect).hasMessageContaining("does not exist");
    }

    @Test
    void shouldServeBothApisOfTheRegistry(TestRegistry registry) {
        String group = Testkit.unique("jaffle");

        assertThat(registry.post("/groups", "{\"groupId\":\"" + group + "\"}").statusCode())
                .isEqualTo(200);
        assertThat(registry.get("/groups/" + group).body()).contains(group);
        assertThat(new TestRegistry(registry.v2Url()).get("/system/info").statusCode())
                .isEqualTo(200);
    }

    @Test
    void shouldShareThePartsOfTheJvm(TestKafka kafka, TestRegistry registry) {
        assertThat(Testkit.config())
                .containsEntry("kafka.bootstrap.servers", kafka.bootstrapServers())
                .containsEntry("weir.registry.url", registry.url());
    }

    private static DataProduct customers(String name) {
        RowType type = new RowType(List.of(
                new Column("id", new DataType.BigInt(), false), new Column("name", new DataType.Varchar(), true)));
        return new DataProduct(
                new ProductName(Layer.BRONZE, "jaffle", name, 1),
                "1.0.0",
                type,
                List.of(0),
                DataProduct.Kind.TABLE,
                DataProduct.OnViolation.QUARANTINE,
                List.of(),
                2,
                Path.of("customers.odcs.yaml"),
                Map.of());
    }
}
