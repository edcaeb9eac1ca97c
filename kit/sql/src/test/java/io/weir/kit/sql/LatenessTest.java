package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.contract.ProductSettings;
import io.weir.kit.contract.ProductSettings.Emit;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.stream.ReasonCode;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Windows of event time whose contract declares a lateness: they equal their query over the rows that are not late, close, and leave nothing behind. */
class LatenessTest {

    private static final long HOUR_MS = 3_600_000;
    private static final long START_MS = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private static final long FAR_MS = Instant.parse("2100-01-01T00:00:00Z").toEpochMilli();
    private static final Duration LATENESS = Duration.ofHours(2);
    private static final String ORDERS =
            "bronze.orders id bigint key, store integer null, amount bigint null, ordered_at timestamp null";
    private static final String COLUMNS =
            "i integer key, a timestamp key, z timestamp, n bigint, s bigint null, m bigint null";
    private static final String HOURLY =
            "SELECT store AS i, window_start AS a, window_end AS z, COUNT(*) AS n, CAST(SUM(amount) AS BIGINT) AS s, MAX(amount) AS m FROM TABLE(%s) WHERE store IS NOT NULL GROUP BY store, window_start, window_end";
    private static final String TUMBLE =
            HOURLY.formatted("TUMBLE(TABLE bronze.orders, DESCRIPTOR(ordered_at), INTERVAL '1' HOUR)");
    private static final String HOP = HOURLY.formatted(
            "HOP(TABLE bronze.orders, DESCRIPTOR(ordered_at), INTERVAL '30' MINUTE, INTERVAL '1' HOUR)");
    private static final String SESSION = HOURLY.formatted(
            "SESSION(TABLE bronze.orders, DESCRIPTOR(ordered_at), DESCRIPTOR(store), INTERVAL '40' MINUTE)");

    private static final String GROUPED =
            "SELECT store AS i, a, z, COUNT(*) AS n, SUM(amount) AS s, MAX(amount) AS m FROM (%s) x WHERE store IS NOT NULL AND z <= %s GROUP BY 1, 2, 3";
    private static final String TUMBLED =
            "SELECT *, date_trunc('hour', ordered_at) AS a, date_trunc('hour', ordered_at) + INTERVAL '1' HOUR AS z FROM bronze.orders";
    private static final String HOPPED = """
            SELECT *, time_bucket(INTERVAL '30' MINUTE, ordered_at) AS a, time_bucket(INTERVAL '30' MINUTE, ordered_at) + INTERVAL '1' HOUR AS z FROM bronze.orders
            UNION ALL SELECT *, time_bucket(INTERVAL '30' MINUTE, ordered_at) - INTERVAL '30' MINUTE, time_bucket(INTERVAL '30' MINUTE, ordered_at) + INTERVAL '30' MINUTE FROM bronze.orders""";
    private static final String SESSIONS = """
            SELECT *, MIN(ordered_at) OVER (PARTITION BY store, session) AS a, MAX(ordered_at) OVER (PARTITION BY store, session) + INTERVAL '40' MINUTE AS z
            FROM (SELECT *, SUM(CASE WHEN ordered_at - before <= INTERVAL '40' MINUTE THEN 0 ELSE 1 END) OVER (PARTITION BY store ORDER BY ordered_at, id, amount) AS session
                FROM (SELECT *, LAG(ordered_at) OVER (PARTITION BY store ORDER BY ordered_at, id, amount) AS before FROM bronze.orders WHERE ordered_at IS NOT NULL) b) s""";

    private TopologyHarness harness;

    @AfterEach
    void stop() {
        if (harness != null) {
            harness.close();
        }
    }

    /** The rows that count, told from the late ones by the words of the documentation alone. */
    private static final class Counting {
        private final boolean sessions;
        private final long sizeMs;
        private final long slideMs;
        private final long[] watermarks;
        private final Map<Long, Object[]> last = new HashMap<>();
        private final List<Object[]> counted = new ArrayList<>();
        private int late;

        Counting(String sql, int partitions) {
            this.sessions = sql.equals(SESSION);
            this.sizeMs = HOUR_MS;
            this.slideMs = sql.equals(HOP) ? HOUR_MS / 2 : HOUR_MS;
            this.watermarks = new long[partitions];
            Arrays.fill(watermarks, Long.MIN_VALUE);
        }

        void change(int partition, long id, Object[] row) {
            Object[] before = row == null ? last.remove(id) : last.put(id, row);
            boolean rowIsLate = row != null && isLate(partition, row);
            boolean beforeIsLate = before != null && isLate(partition, before);
            if (before != null && !beforeIsLate) {
                counted.remove(before);
            }
            if (rowIsLate || beforeIsLate) {
                late++;
            }
            if (row != null && !rowIsLate) {
                counted.add(row);
                if (row[3] != null) {
                    watermarks[partition] = Math.max(
                            watermarks[partition], Math.floorDiv((Long) row[3] - LATENESS.toMillis(), 1000) * 1000);
                }
            }
        }

        private boolean isLate(int partition, Object[] row) {
            if (row[3] == null) {
                return false;
            }
            long time = (Long) row[3];
            if (sessions) {
                return time < watermarks[partition];
            }
            long firstEnd = Math.floorDiv(time - sizeMs, slideMs) * slideMs + slideMs + sizeMs;
            return firstEnd <= watermarks[partition];
        }

        long closed() {
            return Arrays.stream(watermarks).min().orElseThrow();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TUMBLE, OPEN",
        "TUMBLE, CLOSED",
        "HOP, OPEN",
        "HOP, CLOSED",
        "SESSION, OPEN",
        "SESSION, CLOSED",
    })
    void shouldEqualItsQueryOverTheRowsThatAreNotLate(String kind, Emit emit) throws SQLException {
        String sql = kind.equals("TUMBLE") ? TUMBLE : kind.equals("HOP") ? HOP : SESSION;
        String asked = kind.equals("TUMBLE") ? TUMBLED : kind.equals("HOP") ? HOPPED : SESSIONS;
        int late = 0;
        try (Oracle oracle = new Oracle(TestDomain.of(ORDERS))) {
            for (int seed = 1; seed <= 30; seed++) {
                late += check(seed, 1 + seed % 3, sql, asked, emit, oracle);
            }
        }
        assertThat(late).isGreaterThan(100);
    }

    private static int check(int seed, int partitions, String sql, String asked, Emit emit, Oracle oracle)
            throws SQLException {
        Domain domain = domain(partitions, COLUMNS, emit);
        DataProduct orders = domain.find("bronze.orders").orElseThrow();
        ModelPlan plan = SqlPlanner.plan(TestDomain.model(sql), domain);
        Random random = new Random(seed);
        Simulator simulator = new Simulator(plan, partitions, random);
        Counting counting = new Counting(sql, partitions);
        for (int i = 0; i < 200; i++) {
            long id = random.nextInt(10) < 7 ? i : random.nextInt(i + 1);
            Object[] row = random.nextInt(10) == 0
                    ? null
                    : new Object[] {
                        id,
                        random.nextInt(8) == 0 ? null : random.nextInt(2),
                        (long) i,
                        random.nextInt(15) == 0
                                ? null
                                : START_MS
                                        + i * 240_000L
                                        - random.nextInt(random.nextInt(8) == 0 ? 18_000 : 2_000) * 1000L
                    };
            send(simulator, counting, partitions, orders, id, row);
            simulator.run(random.nextInt(8));
        }
        for (int partition = 0; partition < partitions; partition++) {
            long id = 1_000;
            while (partition(orders, id, partitions) != partition) {
                id++;
            }
            send(simulator, counting, partitions, orders, id, new Object[] {id, 0, 0L, FAR_MS});
        }
        simulator.run(Integer.MAX_VALUE);

        List<Column> columns = plan.output().rowType().columns();
        oracle.fill(orders, counting.counted);
        String until = emit == Emit.CLOSED ? "epoch_ms(CAST(%d AS BIGINT))".formatted(counting.closed()) : "z";
        assertThat(texts(simulator.output().values()))
                .as("seed %d", seed)
                .isEqualTo(texts(oracle.query(GROUPED.formatted(asked, until), columns)));
        assertThat(simulator.rejections())
                .as("seed %d", seed)
                .hasSize(counting.late)
                .allSatisfy(rejected -> assertThat(rejected.reason()).isEqualTo(ReasonCode.LATE));
        if (emit == Emit.CLOSED) {
            assertThat(simulator.writes()).isEqualTo(simulator.output().size());
        }
        return counting.late;
    }

    private static void send(
            Simulator simulator, Counting counting, int partitions, DataProduct orders, long id, Object[] row) {
        simulator.send(orders, new Object[] {id}, row);
        counting.change(partition(orders, id, partitions), id, row);
    }

    private static int partition(DataProduct orders, long id, int partitions) {
        return Math.floorMod(Arrays.hashCode(RowCodec.ofKey(orders).encode(new Object[] {id})), partitions);
    }

    private static List<String> texts(java.util.Collection<Object[]> rows) {
        return rows.stream().map(Arrays::toString).sorted().toList();
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveAWindowOnceOverARestartAndForgetIt(ModelTopology.StateKind kind) {
        start(TUMBLE, Emit.CLOSED, kind);
        DataProduct orders = harness.product("bronze.orders");

        harness.upsert(orders, 1L, 7, 10L, START_MS);
        harness.upsert(orders, 2L, 7, 5L, START_MS + 1);
        harness.upsert(orders, 2L, 7, 6L, START_MS + 1);
        harness.restart();
        harness.upsert(orders, 3L, 7, 1L, START_MS + 3 * HOUR_MS - 1);
        assertThat(harness.written()).isEmpty();
        assertThat(harness.entries("aggregate-1")).isEqualTo(2);

        harness.upsert(orders, 4L, 7, 1L, START_MS + 3 * HOUR_MS);
        assertThat(harness.written())
                .containsExactly("[7, %d]=[7, %d, %d, 2, 16, 10]".formatted(START_MS, START_MS, START_MS + HOUR_MS));
        assertThat(harness.entries("aggregate-1")).isEqualTo(2);
        assertThat(harness.entries("aggregate-1-values")).isEqualTo(2);

        harness.restart();
        harness.upsert(orders, 5L, 7, 3L, START_MS + HOUR_MS - 1);
        harness.delete(orders, 1L);
        assertThat(harness.written()).isEmpty();
        assertThat(harness.quarantined())
                .containsExactly(
                        "LATE null its window of event time has closed",
                        "LATE null its window of event time has closed, so it is not taken out of it any more");
    }

    @Test
    void shouldCorrectAWindowWhileItIsOpen() {
        start(TUMBLE, Emit.OPEN, ModelTopology.StateKind.MEMORY);
        DataProduct orders = harness.product("bronze.orders");

        harness.upsert(orders, 1L, 7, 10L, START_MS);
        harness.upsert(orders, 2L, 8, 1L, START_MS + 3 * HOUR_MS - 1);
        harness.upsert(orders, 1L, 7, 20L, START_MS);
        harness.written();
        harness.upsert(orders, 3L, 8, 1L, START_MS + 3 * HOUR_MS);
        harness.upsert(orders, 1L, 7, 30L, START_MS);

        assertThat(harness.written()).singleElement().asString().startsWith("[8, ");
        assertThat(harness.quarantined()).hasSize(1);
        assertThat(harness.entries("aggregate-1")).isEqualTo(2);
    }

    @Test
    void shouldForgetSessionsThatHaveClosed() {
        start(SESSION, Emit.CLOSED, ModelTopology.StateKind.MEMORY);
        DataProduct orders = harness.product("bronze.orders");
        for (int i = 0; i < 50; i++) {
            harness.upsert(orders, (long) i, 7, 1L, START_MS + i * 30 * 60_000L); // one session
        }
        assertThat(harness.written()).isEmpty();
        assertThat(harness.entries("session-1")).isEqualTo(50);

        harness.upsert(orders, 100L, 7, 1L, FAR_MS);

        assertThat(harness.written()).singleElement().asString().contains(", 50, 50, 1]");
        assertThat(harness.entries("session-1")).isEqualTo(1);
        assertThat(harness.entries("aggregate-1")).isEqualTo(1);
    }

    @Test
    void shouldNotWaitForAPartitionThatIsSilent() {
        Domain domain = domain(2, COLUMNS, Emit.CLOSED);
        DataProduct orders = domain.find("bronze.orders").orElseThrow();
        Simulator simulator = new Simulator(SqlPlanner.plan(TestDomain.model(TUMBLE), domain), 2, new Random(1));
        long[] ids = {0, 0};
        for (long id = 100; id > 0; id--) {
            ids[partition(orders, id, 2)] = id;
        }
        long other = ids[0] + 1;
        while (partition(orders, other, 2) != 0) {
            other++;
        }

        simulator.send(orders, new Object[] {ids[0]}, new Object[] {ids[0], 1, 1L, START_MS});
        simulator.run(Integer.MAX_VALUE);
        simulator.advance(Simulator.START.plusSeconds(59));
        simulator.send(orders, new Object[] {other}, new Object[] {other, 1, 1L, START_MS + 4 * HOUR_MS});
        simulator.run(Integer.MAX_VALUE);
        assertThat(simulator.output()).isEmpty();
        simulator.advance(Simulator.START.plusSeconds(61));
        simulator.run(Integer.MAX_VALUE);
        assertThat(simulator.output()).hasSize(1);

        // what comes there after all is late, where the others have closed its window
        simulator.send(orders, new Object[] {ids[1]}, new Object[] {ids[1], 1, 1L, START_MS});
        simulator.run(Integer.MAX_VALUE);
        assertThat(simulator.output()).hasSize(1);
        assertThat(simulator.rejections()).hasSize(1);
    }

    @Test
    void shouldSayWhatIsKeptAndForHowLong() {
        ModelPlan plan = SqlPlanner.plan(TestDomain.model(TUMBLE), domain(2, COLUMNS, Emit.CLOSED));

        assertThat(plan.isKeyProved()).isTrue();
        assertThat(plan.explain().text())
                .contains(
                        "on time by ordered_at: a row whose window has closed goes to quarantine as LATE; a window closes PT2H after its end")
                .contains("one entry per group and its values in order until its window closes");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "no window ~ SELECT store AS i, COUNT(*) AS n FROM bronze.orders WHERE store IS NOT NULL GROUP BY store ~ the query has no windows of event time",
                "not grouped ~ SELECT id AS i, amount AS n FROM TABLE(TUMBLE(TABLE bronze.orders, DESCRIPTOR(ordered_at), INTERVAL '1' HOUR)) ~ never closes",
            })
    void shouldRefuseToWaitForWindowsThatNeverClose(String name, String sql, String reason) {
        Domain domain = domain(2, "i bigint key, n bigint null", Emit.CLOSED);

        assertThatThrownBy(() -> SqlPlanner.plan(TestDomain.model(sql), domain))
                .isInstanceOf(ProblemsException.class)
                .hasMessageContaining("emit: closed")
                .hasMessageContaining(reason);
    }

    private void start(String sql, Emit emit, ModelTopology.StateKind kind) {
        Domain domain = domain(1, COLUMNS, emit);
        harness = new TopologyHarness(SqlPlanner.plan(TestDomain.model(sql), domain), domain, kind);
    }

    private static Domain domain(int partitions, String columns, Emit emit) {
        Domain plain = TestDomain.of(ORDERS, "silver.result " + columns);
        return plain.with(with(plain.find("bronze.orders").orElseThrow(), partitions, Optional.of(LATENESS), Emit.OPEN))
                .with(with(plain.find("silver.result").orElseThrow(), partitions, Optional.empty(), emit));
    }

    private static DataProduct with(DataProduct product, int partitions, Optional<Duration> lateness, Emit emit) {
        ProductSettings none = ProductSettings.DEFAULT;
        return new DataProduct(
                product.name(),
                product.version(),
                product.rowType(),
                product.key(),
                product.kind(),
                product.onViolation(),
                product.rules(),
                partitions,
                product.file(),
                product.document(),
                new ProductSettings(
                        lateness.map(_ -> "ordered_at"),
                        lateness,
                        emit,
                        none.retention(),
                        none.compatibility(),
                        none.onViolation(),
                        none.sqlRules(),
                        none.promises(),
                        none.relationships()));
    }
}
