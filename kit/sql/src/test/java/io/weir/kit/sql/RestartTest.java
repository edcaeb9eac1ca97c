package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.ProblemsException;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Random queries over random histories in their real topology, which is stopped in between and has nothing then but its changelog topics. */
class RestartTest extends AgainstDuckDb {

    private static final int CASES = 40;

    @Test
    void shouldEqualTheQueryAfterRestartsFromChangelogs() throws SQLException {
        int restarts = 0;
        for (long seed = 1; seed <= CASES; seed++) {
            Random random = new Random(seed + 0x9E3779B97F4A7C15L * Long.getLong("weir.other", 0));
            restarts += restartsOf(seed, random, new QueryGenerator(random).query());
        }
        assertThat(restarts).isGreaterThan(CASES / 2);
    }

    static int restartsOf(long seed, Random random, QueryGenerator.Query query) throws SQLException {
        Domain domain = TestDomain.of(Stream.concat(Stream.of(QueryGenerator.TABLES), Stream.of(query.contract()))
                .toArray(String[]::new));
        ModelPlan plan;
        try {
            plan = SqlPlanner.plan(TestDomain.model(query.sql()), domain);
        } catch (ProblemsException e) {
            return 0; // EqualsItsQueryTest tells whether it may be refused
        }
        History history = History.random(plan, random);
        try (TopologyHarness harness = new TopologyHarness(plan, domain, ModelTopology.StateKind.MEMORY)) {
            history.run(harness);
            for (var table : history.tables().entrySet()) {
                oracle.fill(table.getKey(), table.getValue().values());
            }
            List<Column> columns = plan.output().rowType().columns();
            assertThat(harness.rows().stream().map(row -> EqualsItsQueryTest.text(row, columns)))
                    .as("seed %d: %s%n%s", seed, query.sql(), history)
                    .containsExactlyInAnyOrderElementsOf(
                            oracle.query(plan.sqlAt(history.end().plusSeconds(1)), columns).stream()
                                    .map(row -> EqualsItsQueryTest.text(row, columns))
                                    .toList());
        }
        return (int) history.steps().stream().filter(History.Step::restart).count();
    }
}
