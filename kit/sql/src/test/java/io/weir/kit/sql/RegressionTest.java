package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bugs that were found, each by its name. */
class RegressionTest {

    private static final String A = "bronze.a id bigint key, k bigint null, n bigint null";
    private static final String B = "bronze.b id bigint key, k bigint null, s varchar null";

    @Test
    void shouldKeepLeftRowsThatAConditionOnTheLeftExcludesFromTheJoin() {
        Domain domain = TestDomain.of(A, B, "silver.result id bigint key, s varchar null");
        ModelPlan plan = SqlPlanner.plan(
                TestDomain.model("SELECT a.id, b.s FROM bronze.a a LEFT JOIN bronze.b b ON b.id = a.k AND a.n > 5"),
                domain);
        DataProduct a = domain.find("bronze.a").orElseThrow();
        DataProduct b = domain.find("bronze.b").orElseThrow();
        Simulator simulator = new Simulator(plan, 2, new Random(1));

        simulator.send(b, new Object[] {1L}, new Object[] {1L, null, "one"});
        simulator.send(a, new Object[] {10L}, new Object[] {10L, 1L, 9L});
        simulator.send(a, new Object[] {11L}, new Object[] {11L, 1L, 2L});
        simulator.run(100);

        assertThat(simulator.output().get(List.<Object>of(10L))).containsExactly(10L, "one");
        assertThat(simulator.output().get(List.<Object>of(11L))).containsExactly(11L, null);
    }

    @Test
    void shouldProveAKeyThroughALookupOfAComputedColumn() {
        ModelPlan plan = TestDomain.plan("""
                SELECT a.id AS id, f.first AS k
                FROM bronze.a a
                LEFT JOIN (SELECT id, LOWER(s) AS s FROM bronze.b) r ON r.id = a.k
                LEFT JOIN (SELECT LOWER(s) AS s, MIN(id) AS first FROM bronze.b WHERE s IS NOT NULL GROUP BY LOWER(s)) f ON f.s = r.s""", A, B, "silver.result id bigint key, k bigint null");

        assertThat(plan.isKeyProved()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "PROVED ~ SELECT id, s FROM bronze.b UNION SELECT id, s FROM bronze.b",
                "PROVED ~ SELECT id, s FROM bronze.b WHERE k > 1 UNION SELECT id, s FROM bronze.b WHERE s = 'a'",
                "PROVED ~ SELECT k AS id, s FROM (SELECT COALESCE(k, 0) AS k, s, ROW_NUMBER() OVER (PARTITION BY COALESCE(k, 0) ORDER BY id) AS n FROM bronze.b WHERE id > 1) x WHERE n = 1",
                "UNDECIDED ~ SELECT id, s FROM bronze.b UNION SELECT id, CAST(n AS VARCHAR) FROM bronze.a",
                "UNDECIDED ~ SELECT b.id, b.s FROM bronze.b b JOIN bronze.a a ON a.k = b.k UNION SELECT id, s FROM bronze.b WHERE k = 7",
                "REFUTED ~ SELECT COALESCE(k, 0) AS id, s FROM bronze.b UNION SELECT id, s FROM bronze.b",
            })
    void shouldKnowWhetherAKeyTellsTheRowsApart(Uniqueness.Verdict verdict, String sql) {
        String result = "silver.result id bigint key, s varchar null";

        if (verdict == Uniqueness.Verdict.REFUTED) {
            assertThatThrownBy(() -> TestDomain.plan(sql, A, B, result)).hasMessageContaining("can give several rows");
        } else {
            assertThat(TestDomain.plan(sql, A, B, result).isKeyProved())
                    .isEqualTo(verdict == Uniqueness.Verdict.PROVED);
        }
    }

    @Test
    void shouldRepartitionNeitherSideOfAJoinOnTheKeysOfBoth() {
        ModelPlan plan = TestDomain.plan(
                "SELECT a.id AS id, b.s AS s FROM bronze.a a LEFT JOIN bronze.b b ON b.id = a.id",
                A,
                B,
                "silver.result id bigint key, s varchar null");

        assertThat(plan.explain().text()).doesNotContain("-repartition");
    }

    @Test
    void shouldHaveAnotherFingerprintForAnotherFilterAndTheSameForTheSameQuery() {
        String contract = "silver.result k bigint key, n bigint";
        String sql = "SELECT k, COUNT(*) AS n FROM bronze.a WHERE k > %d GROUP BY k";

        String fingerprint = TestDomain.plan(sql.formatted(1), A, contract).fingerprint();

        assertThat(TestDomain.plan("-- a comment\n" + sql.formatted(1), A, contract)
                        .fingerprint())
                .isEqualTo(fingerprint);
        assertThat(TestDomain.plan(sql.formatted(2), A, contract).fingerprint()).isNotEqualTo(fingerprint);
    }
}
