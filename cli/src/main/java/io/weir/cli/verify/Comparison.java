package io.weir.cli.verify;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.RowType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What became of comparing two tables.
 *
 * @param subject what was compared: {@code silver.customer}, {@code crm: public.customer_profile}
 * @param compared keys that were looked at, in either table
 * @param missing keys that should be there and are not
 * @param extra keys that are there and should not be
 * @param different keys whose rows differ
 * @param leftOut keys left out because their row is in quarantine
 * @param samples some of the differences, for a person
 * @param failure why nothing could be compared; null where it could
 */
record Comparison(
        String subject,
        long compared,
        long missing,
        long extra,
        long different,
        long leftOut,
        List<Sample> samples,
        @Nullable String failure) {

    private static final int SAMPLES = 5;

    /** One difference: what it is about, and how. */
    record Sample(String key, String problem) {}

    /** Which differences count. */
    record Scope(boolean missing, boolean extra, boolean different) {
        static final Scope ALL = new Scope(true, true, true);
    }

    static Comparison failed(String subject, String why) {
        return new Comparison(subject, 0, 0, 0, 0, 0, List.of(), why);
    }

    boolean isClean() {
        return failure == null && missing == 0 && extra == 0 && different == 0;
    }

    /** @param leaveOut keys that are looked at in neither table */
    static Comparison of(String subject, Table expected, Table actual, Set<List<Object>> leaveOut, Scope scope) {
        return of(subject, expected, actual, leaveOut, scope, Set.of());
    }

    /** @param approximate columns whose numbers need only be near */
    static Comparison of(
            String subject,
            Table expected,
            Table actual,
            Set<List<Object>> leaveOut,
            Scope scope,
            Set<String> approximate) {
        Counter counter = new Counter(expected.type(), expected.key(), approximate);
        long compared = 0;
        for (var entry : expected.rows().entrySet()) {
            if (leaveOut.contains(entry.getKey())) {
                continue;
            }
            compared++;
            @Nullable Object[] there = actual.rows().get(entry.getKey());
            if (there == null) {
                if (scope.missing()) {
                    counter.missing(entry.getKey());
                }
            } else if (scope.different()) {
                counter.compare(entry.getKey(), entry.getValue(), there);
            }
        }
        for (List<Object> key : actual.rows().keySet()) {
            if (!leaveOut.contains(key) && !expected.rows().containsKey(key)) {
                compared++;
                if (scope.extra()) {
                    counter.extra(key);
                }
            }
        }
        for (List<Object> key : expected.twice()) {
            if (!leaveOut.contains(key)) {
                counter.twice(key);
            }
        }
        return new Comparison(
                subject,
                compared,
                counter.missing,
                counter.extra,
                counter.different,
                leaveOut.size() + expected.withoutKey(),
                List.copyOf(counter.samples),
                null);
    }

    private static final class Counter {
        private final RowType type;
        private final List<Integer> key;
        private final Set<String> approximate;
        private final List<Sample> samples = new ArrayList<>();
        private long missing;
        private long extra;
        private long different;

        Counter(RowType type, List<Integer> key, Set<String> approximate) {
            this.type = type;
            this.key = key;
            this.approximate = approximate;
        }

        void missing(List<Object> at) {
            missing++;
            sample(at, "missing");
        }

        void extra(List<Object> at) {
            extra++;
            sample(at, "extra");
        }

        void twice(List<Object> at) {
            different++;
            sample(at, "the query gives several rows for this key");
        }

        void compare(List<Object> at, @Nullable Object[] expected, @Nullable Object[] actual) {
            List<String> columns = new ArrayList<>();
            for (int i = 0; i < type.size(); i++) {
                Column column = type.columns().get(i);
                boolean near = approximate.contains(column.name()) && Values.near(expected[i], actual[i]);
                if (!near && !Values.same(expected[i], actual[i])) {
                    columns.add("%s is %s, should be %s"
                            .formatted(
                                    column.name(),
                                    Values.text(actual[i], column.type()),
                                    Values.text(expected[i], column.type())));
                }
            }
            if (!columns.isEmpty()) {
                different++;
                sample(at, String.join("; ", columns));
            }
        }

        private void sample(List<Object> at, String problem) {
            if (samples.size() < SAMPLES) {
                List<String> parts = new ArrayList<>();
                for (int i = 0; i < at.size(); i++) {
                    Column column = type.columns().get(key.get(i));
                    parts.add(column.name() + "=" + at.get(i));
                }
                samples.add(new Sample(String.join(", ", parts), problem));
            }
        }
    }
}
