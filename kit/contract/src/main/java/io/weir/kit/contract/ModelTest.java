package io.weir.kit.contract;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One test of {@code tests/*.yaml}: what happens to the inputs of one model or of a chain of them, and what must stand in their outputs then.
 *
 * @param at where it stands
 * @param models what is tested, each before those that read it
 * @param domain the domain, with the contracts that the test names besides
 * @param now the time at which the test begins
 * @param steps in order; at least one is an {@link Step.Expect}
 */
public record ModelTest(String name, Place at, List<Model> models, Domain domain, Instant now, List<Step> steps) {

    public ModelTest {
        models = List.copyOf(models);
        steps = List.copyOf(steps);
    }

    /** Line and column count from 1. */
    public record Place(String file, int line, int column) {
        public Problem problem(String message) {
            return new Problem(file, line, column, message);
        }
    }

    /**
     * A row as it was written.
     *
     * @param named positions of the columns that it names; the others are null in {@code values}
     * @param values of all columns of the product
     */
    public record Row(
            Place at, Set<Integer> named, @Nullable Object[] values) {}

    /** What happens next. */
    public sealed interface Step {

        Place at();

        /** Rows come: each replaces the one with its key. Where the whole row is the key, and for events, each is one more. */
        record Upsert(Place at, DataProduct input, List<Row> rows) implements Step {}

        /** Rows go: each names the key (the whole row where that is the key, and then one copy goes). */
        record Delete(Place at, DataProduct input, List<Row> keys) implements Step {}

        /** Time passes. */
        record Advance(Place at, Duration by) implements Step {}

        /** Every model stops, and starts again on what its changelogs held. */
        record Restart(Place at) implements Step {}

        /** A product holds these rows and no others, each as far as it names columns. */
        record Expect(Place at, DataProduct output, List<Row> rows) implements Step {}
    }
}
