package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.InMemorySchemas;
import io.weir.kit.contract.Model;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.ProductSettings;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.contract.Schemas;
import io.weir.kit.testkit.TestKafka;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;

/** Customers and their orders on real Kafka, with two models over them: places by what was spent in each hour, and a copy of the orders. */
final class Shop {

    private static final long START_MS = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private static final String HOURS = """
            SELECT h.customer_id AS customer_id, h.window_start AS hour, c.country AS country, h.orders AS orders, h.spend AS spend,
                RANK() OVER (PARTITION BY c.country, h.window_start ORDER BY h.spend DESC) AS place
            FROM (SELECT customer_id, window_start, COUNT(*) AS orders, CAST(SUM(amount) AS BIGINT) AS spend
                FROM %s GROUP BY customer_id, window_start) h
            JOIN bronze.customers_%s c ON c.id = h.customer_id""";

    private final TestKafka kafka;
    private final String name;
    private final Domain domain;
    private final DataProduct customers;
    private final DataProduct orders;
    private final InMemorySchemas schemas;
    private final Random random = new Random(1);
    private final Map<Long, Object[]> customerRows = new TreeMap<>();
    private final TreeMap<Long, Object[]> orderRows = new TreeMap<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private long orderRecords;
    private long nextOrder;
    private volatile Exception lost;

    Shop(TestKafka kafka, String name) {
        this.kafka = kafka;
        this.name = name;
        this.domain = domain(name);
        this.customers = domain.find("bronze.customers_" + name).orElseThrow();
        this.orders = domain.find("bronze.orders_" + name).orElseThrow();
        this.schemas = InMemorySchemas.of(domain.products().values());
        this.producer = kafka.producer();
        kafka.rows(customers, schemas).create();
        kafka.rows(orders, schemas).create();
        for (long id = 0; id < 20; id++) {
            customer(id);
        }
    }

    String name() {
        return name;
    }

    /** Orders count while they are not 20 hours behind the newest; {@link #change} never goes back so far. */
    static Domain domain(String name) {
        Domain plain = TestDomain.of(
                "bronze.customers_%s id bigint key, country varchar".formatted(name),
                "bronze.orders_%s id bigint key, customer_id bigint, amount bigint, ordered_at timestamp"
                        .formatted(name),
                "silver.hours_%s customer_id bigint key, hour timestamp key, country varchar, orders bigint, spend bigint, place bigint"
                        .formatted(name),
                "silver.copy_%s id bigint key, amount bigint".formatted(name));
        DataProduct orders = plain.find("bronze.orders_" + name).orElseThrow();
        ProductSettings none = ProductSettings.DEFAULT;
        return plain.with(new DataProduct(
                orders.name(),
                orders.version(),
                orders.rowType(),
                orders.key(),
                orders.kind(),
                orders.onViolation(),
                orders.rules(),
                orders.partitions(),
                orders.file(),
                orders.document(),
                new ProductSettings(
                        Optional.of("ordered_at"),
                        Optional.of(Duration.ofHours(20)),
                        none.emit(),
                        none.retention(),
                        none.compatibility(),
                        none.onViolation(),
                        none.sqlRules(),
                        none.promises(),
                        none.relationships())));
    }

    static List<Model> models(String name) {
        return List.of(
                model(
                        "hours_" + name,
                        HOURS.formatted(
                                "TABLE(TUMBLE(TABLE bronze.orders_%s, DESCRIPTOR(ordered_at), INTERVAL '1' HOUR))"
                                        .formatted(name),
                                name)),
                model("copy_" + name, "SELECT id, amount FROM bronze.orders_" + name));
    }

    private static Model model(String product, String sql) {
        return new Model(
                ProductName.ofTopic("silver.test.%s.v1".formatted(product)),
                sql,
                Path.of("silver/" + product + ".sql"));
    }

    /** Makes the group notice a lost member soon. */
    void expectDeaths() throws Exception {
        try (Admin admin = kafka.admin()) {
            for (Model model : models(name)) {
                admin.incrementalAlterConfigs(Map.of(
                                new ConfigResource(
                                        ConfigResource.Type.GROUP,
                                        "conform." + model.product().topic().substring("silver.".length())),
                                List.of(new AlterConfigOp(
                                        new ConfigEntry("streams.session.timeout.ms", "3000"),
                                        AlterConfigOp.OpType.SET))))
                        .all()
                        .get();
            }
        }
    }

    /** So many changes, of orders mostly. */
    synchronized void sell(int changes) {
        for (int i = 0; i < changes; i++) {
            change();
        }
        producer.flush();
    }

    /** Changes until it is closed. */
    Selling keepSelling(Duration pause) {
        return new Selling(pause);
    }

    final class Selling implements AutoCloseable {
        private final Thread thread;
        private volatile boolean closed;

        private Selling(Duration pause) {
            thread = Thread.ofPlatform().start(() -> {
                while (!closed) {
                    sell(1);
                    LockSupport.parkNanos(pause.toNanos());
                }
            });
        }

        void more(int changes) {
            sell(changes);
        }

        @Override
        public void close() {
            closed = true;
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void change() {
        switch (random.nextInt(10)) {
            case 0 -> customer(random.nextInt(20));
            case 1, 2 -> order(recent());
            case 3 -> {
                long id = recent();
                orderRows.remove(id);
                send(orders, new Object[] {id}, null);
            }
            default -> order(nextOrder++);
        }
    }

    private long recent() {
        return Math.max(0, nextOrder - 1 - random.nextInt(100));
    }

    private void customer(long id) {
        Object[] row = {id, List.of("DE", "FR", "US").get(random.nextInt(3))};
        customerRows.put(id, row);
        send(customers, new Object[] {id}, row);
    }

    private void order(long id) {
        Object[] row = {
            id,
            (long) random.nextInt(20),
            (long) random.nextInt(50),
            START_MS + id * 180_000L - random.nextInt(7_200) * 1000L
        };
        orderRows.put(id, row);
        send(orders, new Object[] {id}, row);
    }

    private void send(DataProduct product, Object[] key, Object[] row) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                product.name().topic(),
                RowCodec.ofKey(product).encode(key),
                row == null ? null : RowCodec.ofValue(product).encode(row));
        SchemaHeaders.writeKey(record.headers(), schemas.idOf(product.name(), Schemas.Part.KEY));
        SchemaHeaders.writeValue(record.headers(), schemas.idOf(product.name(), Schemas.Part.VALUE));
        producer.send(record, (_, failed) -> {
            if (failed != null) {
                lost = failed;
            }
        });
        if (product.equals(orders)) {
            orderRecords++;
        }
    }

    /** How many committed records the copy has. */
    long copies() {
        String topic = "silver.test.copy_%s.v1".formatted(name);
        return kafka.topics().contains(topic) ? kafka.records(topic).size() : 0;
    }

    /** Until the copy has a record for each that was sent before. */
    void awaitCopies(Duration limit) {
        long sent = sent();
        await().atMost(limit).untilAsserted(() -> {
            assertThat(lost).isNull();
            assertThat(copies()).isGreaterThanOrEqualTo(sent);
        });
    }

    private synchronized long sent() {
        return orderRecords;
    }

    void assertEqualsItsQuery(Duration limit) throws SQLException {
        producer.close();
        DataProduct hours = domain.find("silver.hours_" + name).orElseThrow();
        List<String> expected;
        try (Oracle oracle = new Oracle(domain)) {
            oracle.fill(customers, customerRows.values());
            oracle.fill(orders, orderRows.values());
            String sql = HOURS.formatted(
                    "(SELECT *, date_trunc('hour', ordered_at) AS window_start FROM bronze.orders_%s) w"
                            .formatted(name),
                    name);
            expected = oracle.query(sql, hours.rowType().columns()).stream()
                    .map(Arrays::toString)
                    .sorted()
                    .toList();
        }
        assertThat(expected).hasSizeGreaterThan(100);
        await().atMost(limit).untilAsserted(() -> assertThat(kafka.rows(hours, schemas).table().values().stream()
                        .map(List::toString)
                        .sorted()
                        .toList())
                .isEqualTo(expected));
        awaitCopies(limit);
        assertThat(copies()).isEqualTo(sent());
        assertThat(kafka.records("quarantine.silver.test.hours_%s.v1".formatted(name)))
                .isEmpty();
    }
}
