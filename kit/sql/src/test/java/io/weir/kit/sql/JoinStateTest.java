package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Joins on real stores: over a restart, and what they write, change by change. */
class JoinStateTest {

    private static final String EVENTS = "bronze.e id bigint key, k bigint, n integer, t timestamp";
    private static final String OTHERS = "bronze.w id bigint key, k bigint, n integer";
    private static final String VERSIONS = "bronze.v k bigint key, t timestamp key, p integer";
    private static final DataProduct E = TestDomain.product(EVENTS);
    private static final DataProduct W = TestDomain.product(OTHERS);
    private static final DataProduct V = TestDomain.product(VERSIONS);

    private TopologyHarness harness;

    @AfterEach
    void stop() {
        harness.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldWriteOneChangeWhereAPartnerComesChangesAndGoes(ModelTopology.StateKind kind) {
        start(
                kind,
                "SELECT e.id AS id, w.n AS n FROM bronze.e e LEFT JOIN bronze.w w ON w.id = e.k AND w.n < e.n",
                "silver.result id bigint key, n integer null");

        harness.upsert(E, 1L, 10L, 5, 0L);
        harness.upsert(W, 10L, 0L, 3);
        harness.restart();
        harness.upsert(W, 10L, 0L, 4);
        harness.upsert(W, 10L, 0L, 9);
        harness.upsert(E, 1L, 10L, 12, 0L);
        harness.delete(W, 10L);
        harness.delete(E, 1L);

        assertThat(harness.written())
                .containsExactly(
                        "[1]=[1, null]",
                        "[1]=[1, 3]",
                        "[1]=[1, 4]",
                        "[1]=[1, null]",
                        "[1]=[1, 9]",
                        "[1]=[1, null]",
                        "[1]=null");
    }

    @ParameterizedTest
    @EnumSource
    void shouldExtendRowsOfBothSidesOfAFullJoin(ModelTopology.StateKind kind) {
        start(
                kind,
                "SELECT COALESCE(e.id, -1) AS i, COALESCE(w.id, -1) AS j FROM bronze.e e FULL JOIN bronze.w w ON w.k = e.k AND w.n < e.n",
                "silver.result i bigint key, j bigint key");

        harness.upsert(E, 1L, 7L, 5, 0L);
        harness.upsert(W, 10L, 7L, 9);
        assertThat(harness.written()).containsExactly("[1, -1]=[1, -1]", "[-1, 10]=[-1, 10]");
        harness.restart();
        harness.upsert(W, 10L, 7L, 3);
        assertThat(harness.written()).containsExactlyInAnyOrder("[1, 10]=[1, 10]", "[1, -1]=null", "[-1, 10]=null");
        harness.delete(E, 1L);
        assertThat(harness.written()).containsExactlyInAnyOrder("[-1, 10]=[-1, 10]", "[1, 10]=null");
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepRowsWithoutPartnersAndNothingElse(ModelTopology.StateKind kind) {
        start(
                kind,
                "SELECT id, n FROM bronze.e WHERE k NOT IN (SELECT k FROM bronze.w)",
                "silver.result id bigint key, n integer");

        harness.upsert(E, 1L, 7L, 5, 0L);
        harness.upsert(W, 10L, 7L, 9);
        harness.upsert(W, 11L, 7L, 9);
        harness.restart();
        harness.upsert(E, 1L, 7L, 6, 0L);
        harness.delete(W, 10L);
        harness.delete(W, 11L);

        assertThat(harness.written()).containsExactly("[1]=[1, 5]", "[1]=null", "[1]=[1, 6]");
    }

    @ParameterizedTest
    @EnumSource
    void shouldFindTheVersionOfTheTimeAlsoWhenItComesLate(ModelTopology.StateKind kind) {
        start(
                kind,
                "SELECT e.id AS id, v.p AS p FROM bronze.e e JOIN bronze.v FOR SYSTEM_TIME AS OF e.t v ON v.k = e.k",
                "silver.result id bigint key, p integer");

        harness.upsert(E, 1L, 7L, 0, 150L);
        harness.upsert(V, 7L, 100L, 5);
        harness.upsert(V, 8L, 140L, 9);
        harness.restart();
        harness.upsert(V, 7L, 120L, 6);
        harness.upsert(V, 7L, 200L, 8);
        harness.delete(V, 7L, 120L);
        harness.upsert(V, 7L, 100L, 7);
        harness.upsert(E, 1L, 7L, 0, 250L);
        harness.delete(V, 7L, 200L);
        harness.delete(V, 7L, 100L);

        assertThat(harness.written())
                .containsExactly(
                        "[1]=[1, 5]", "[1]=[1, 6]", "[1]=[1, 5]", "[1]=[1, 7]", "[1]=[1, 8]", "[1]=[1, 7]", "[1]=null");
    }

    private void start(ModelTopology.StateKind kind, String sql, String contract) {
        Domain domain = TestDomain.of(EVENTS, OTHERS, VERSIONS, contract);
        harness = new TopologyHarness(SqlPlanner.plan(TestDomain.model(sql), domain), domain, kind);
    }
}
