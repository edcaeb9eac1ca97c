package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TUMBLE, HOP and SESSION, over random histories, equal what DuckDB says of the same windows in its own words. */
class EventWindowTest extends AgainstDuckDb {

    private static final String SESSIONS = """
            SELECT id AS i, MIN(t) OVER (PARTITION BY %1$s, session) AS a, MAX(t) OVER (PARTITION BY %1$s, session) + INTERVAL '12' HOUR AS z
            FROM (SELECT *, SUM(CASE WHEN t - p <= INTERVAL '12' HOUR THEN 0 ELSE 1 END) OVER (PARTITION BY %1$s ORDER BY t, id) AS session
                FROM (SELECT *, LAG(t) OVER (PARTITION BY %1$s ORDER BY t, id) AS p FROM bronze.a WHERE t IS NOT NULL) x) y""";

    @Test
    void shouldTumble() throws SQLException {
        check(
                "SELECT window_start AS i, MAX(window_end) AS e, COUNT(*) AS n, SUM(n) AS s FROM TABLE(TUMBLE(TABLE bronze.a, DESCRIPTOR(t), INTERVAL '1' DAY)) GROUP BY window_start",
                "SELECT date_trunc('day', t) AS i, date_trunc('day', t) + INTERVAL '1' DAY AS e, COUNT(*) AS n, SUM(n) AS s FROM bronze.a WHERE t IS NOT NULL GROUP BY 1, 2",
                "i timestamp key, e timestamp, n bigint, s decimal(38,0) null");
    }

    @Test
    void shouldTumbleWithAnOffset() throws SQLException {
        check(
                "SELECT id AS i, window_start AS a, window_end AS z FROM TABLE(TUMBLE(TABLE bronze.a, DESCRIPTOR(t), INTERVAL '1' DAY, INTERVAL '6' HOUR))",
                "SELECT id AS i, date_trunc('day', t - INTERVAL '6' HOUR) + INTERVAL '6' HOUR AS a, date_trunc('day', t - INTERVAL '6' HOUR) + INTERVAL '30' HOUR AS z FROM bronze.a WHERE t IS NOT NULL",
                "i bigint key, a timestamp, z timestamp");
    }

    @Test
    void shouldHop() throws SQLException {
        check(
                "SELECT k AS i, window_start AS a, window_end AS z, COUNT(*) AS n FROM TABLE(HOP(TABLE bronze.a, DESCRIPTOR(t), INTERVAL '12' HOUR, INTERVAL '1' DAY)) WHERE k IS NOT NULL GROUP BY k, window_start, window_end",
                """
                SELECT k AS i, a, a + INTERVAL '1' DAY AS z, COUNT(*) AS n FROM (
                    SELECT k, time_bucket(INTERVAL '12' HOUR, t) AS a FROM bronze.a WHERE t IS NOT NULL
                    UNION ALL SELECT k, time_bucket(INTERVAL '12' HOUR, t) - INTERVAL '12' HOUR FROM bronze.a WHERE t IS NOT NULL) x
                WHERE k IS NOT NULL GROUP BY k, a""",
                "i integer key, a timestamp key, z timestamp, n bigint");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT k AS i, window_start AS a, window_end AS z, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE bronze.a, DESCRIPTOR(t), INTERVAL '7' DAY)) WHERE k IS NOT NULL GROUP BY k, window_start, window_end",
                "SELECT k AS i, window_start AS a, window_end AS z, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE bronze.a, DESCRIPTOR(t), INTERVAL '1' DAY, INTERVAL '6' HOUR)) AS w WHERE k IS NOT NULL GROUP BY k, window_start, window_end",
                "SELECT k AS i, window_start AS a, window_end AS z, COUNT(*) AS n FROM TABLE(HOP(TABLE bronze.a, DESCRIPTOR(t), INTERVAL '12' HOUR, INTERVAL '1' DAY)) WHERE k IS NOT NULL GROUP BY k, window_start, window_end",
                "SELECT k AS i, window_start AS a, window_end AS z, COUNT(*) AS n FROM TABLE(HOP(TABLE bronze.a, DESCRIPTOR(t), INTERVAL '10' HOUR, INTERVAL '24' HOUR, INTERVAL '1' HOUR)) WHERE k IS NOT NULL GROUP BY k, window_start, window_end",
                "SELECT k AS i, window_start AS a, window_end AS z, COUNT(*) AS n FROM TABLE(SESSION(TABLE bronze.a, DESCRIPTOR(t), DESCRIPTOR(k), INTERVAL '12' HOUR)) WHERE k IS NOT NULL GROUP BY k, window_start, window_end",
                "SELECT k AS i, window_start AS a, window_end AS z, COUNT(*) AS n FROM TABLE(SESSION(TABLE bronze.a, DESCRIPTOR(t), DESCRIPTOR(k, s), INTERVAL '11' HOUR)) WHERE k IS NOT NULL AND s = 'a' GROUP BY k, window_start, window_end",
            })
    void shouldSayItsWindowsInTheWordsOfAnotherEngine(String sql) throws SQLException {
        check(sql, "i integer key, a timestamp key, z timestamp, n bigint");
    }

    @Test
    void shouldMakeSessionsOfAKey() throws SQLException {
        check(
                "SELECT id AS i, window_start AS a, window_end AS z FROM TABLE(SESSION(TABLE bronze.a, DESCRIPTOR(t), DESCRIPTOR(k), INTERVAL '12' HOUR))",
                SESSIONS.formatted("k"),
                "i bigint key, a timestamp, z timestamp");
    }

    @Test
    void shouldGroupSessions() throws SQLException {
        check(
                "SELECT k AS i, window_start AS a, window_end AS z, COUNT(*) AS n FROM TABLE(SESSION((SELECT * FROM bronze.a WHERE k < 2), DESCRIPTOR(t), DESCRIPTOR(k), INTERVAL '12' HOUR)) GROUP BY k, window_start, window_end",
                "SELECT y.k AS i, x.a AS a, x.z AS z, COUNT(*) AS n FROM (%s) x JOIN bronze.a y ON y.id = x.i WHERE y.k < 2 GROUP BY 1, 2, 3"
                        .formatted(SESSIONS.formatted("k")),
                "i integer key, a timestamp key, z timestamp, n bigint");
    }

    @Test
    void shouldProveThatAWindowOfAKeyHasOneRow() {
        ModelPlan plan = TestDomain.plan(
                "SELECT k AS i, window_start AS a, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE bronze.a, DESCRIPTOR(t), INTERVAL '1' DAY)) WHERE k IS NOT NULL GROUP BY k, window_start, window_end",
                QueryGenerator.A,
                "silver.result i integer key, a timestamp key, n bigint");

        assertThat(plan.isKeyProved()).isTrue();
    }
}
