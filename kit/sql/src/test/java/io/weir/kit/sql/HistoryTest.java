package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.DataProduct;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A failing history is made small. */
class HistoryTest {

    private static final ModelPlan PLAN = TestDomain.plan(
            "SELECT a.id AS id, b.id AS j FROM bronze.a a JOIN bronze.b b ON b.k = a.k",
            QueryGenerator.A,
            QueryGenerator.B,
            "silver.result id bigint key, j integer key");

    @Test
    void shouldKeepOnlyTheStepsWithoutWhichNothingFails() {
        History history = History.random(PLAN, new Random(7));
        DataProduct a = PLAN.inputs().stream().toList().getFirst();

        History least = history.shrunk(shorter -> shorter.steps().stream()
                                .filter(step -> step.product() == a && step.row() != null)
                                .count()
                        >= 2
                && shorter.steps().stream().anyMatch(step -> step.row() == null));

        assertThat(history.steps()).hasSizeGreaterThan(20);
        assertThat(least.steps()).hasSize(3);
        assertThat(least.toString()).contains("bronze.a upsert [", "delete [");
    }

    @Test
    void shouldBeTheSameForTheSameSeed() {
        String once = History.random(PLAN, new Random(3)).toString();

        assertThat(History.random(PLAN, new Random(3)).toString()).isEqualTo(once);
        assertThat(Arrays.asList(once.split("\n"))).hasSizeGreaterThanOrEqualTo(20);
    }
}
