package io.weir.kit.contract;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that a contract promises and no single row can break: it is judged over many rows, or over time.
 *
 * @param id unique within the product: the rule's id or name, else {@code <column>.<metric>}
 * @param field the column that it is about; null where it is about the whole product
 * @param columns the columns that may not repeat together, of {@link Metric#DUPLICATE_VALUES}
 * @param argument which quantile, 0 to 1, of {@link Metric#QUANTILE}; the unit's length in ms of durations
 * @param bound what the measured number must keep; durations in ms
 * @param bad which rows count, of {@link Metric#MISSING_VALUES} and {@link Metric#INVALID_VALUES}
 * @param severity ODCS: {@code info}, {@code warning}, {@code error}
 * @param onViolation what happens where it is broken; empty where the product's own word holds
 * @param schedule when it is judged; empty for always
 */
public record Promise(
        String id,
        Metric metric,
        @Nullable String field,
        List<String> columns,
        double argument,
        Bound bound,
        Unit unit,
        Optional<RowRule> bad,
        String severity,
        Optional<DataProduct.OnViolation> onViolation,
        Optional<Schedule> schedule) {

    /** What is measured. */
    public enum Metric {
        /** Age of the newest row: time since its commit in the source, or since its event where an element names the column. */
        FRESHNESS("freshness"),
        /** From the commit in the source to the product, 99th percentile. */
        LATENCY("latency"),
        /** Time since something was written last. */
        FREQUENCY("frequency"),
        /** Share of the time in which the stage that writes the product ran. */
        AVAILABILITY("availability"),
        /** How long rows are kept. */
        RETENTION("retention"),
        ROW_COUNT("rowCount"),
        NULL_VALUES("nullValues"),
        MISSING_VALUES("missingValues"),
        INVALID_VALUES("invalidValues"),
        DUPLICATE_VALUES("duplicateValues"),
        MEAN("mean"),
        MINIMUM("minimum"),
        MAXIMUM("maximum"),
        QUANTILE("quantile"),
        DISTINCT_VALUES("distinctValues"),
        /** Rows written, in percent of what is usual at this time. */
        VOLUME("volume"),
        /** Population stability index against the product's own history. */
        PSI("psi"),
        /** Kolmogorov-Smirnov distance from the product's own history. */
        KS("ks"),
        /** Changes that came round in a circle. */
        LOOP("loop");

        private final String text;

        Metric(String text) {
            this.text = text;
        }

        /** As a contract writes it. */
        public String text() {
            return text;
        }

        static Optional<Metric> of(String text) {
            return Arrays.stream(values())
                    .filter(metric -> metric.text.equals(text))
                    .findFirst();
        }
    }

    /** What a measured number counts. */
    public enum Unit {
        ROWS("rows"),
        PERCENT("percent"),
        MILLISECONDS("ms"),
        VALUE("");

        private final String text;

        Unit(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    public Promise {
        columns = List.copyOf(columns);
    }

    /** Whether the gate keeps it by itself, row by row. */
    public boolean isKeptByTheGate(DataProduct.OnViolation byDefault) {
        return switch (metric) {
            case NULL_VALUES, MISSING_VALUES, INVALID_VALUES ->
                onViolation.orElse(byDefault) != DataProduct.OnViolation.WARN && bound.allowsNone(unit == Unit.ROWS);
            default -> false;
        };
    }

    /** Whether it is rows that do not come that break it; the stage that writes the product cannot mend it by standing still. */
    public boolean isAboutAbsence() {
        return switch (metric) {
            case FRESHNESS, LATENCY, FREQUENCY, AVAILABILITY, RETENTION, VOLUME, LOOP -> true;
            case ROW_COUNT -> bound.isFloor();
            default -> false;
        };
    }

    /** What it demands, for a person: {@code "nullValues of \"email\": less than 10 percent"}. */
    public String demand() {
        String of = field != null ? " of \"" + field + "\"" : columns.isEmpty() ? "" : " of " + columns;
        String what = metric == Metric.QUANTILE ? "quantile " + Bound.number(argument) : metric.text();
        String number = unit == Unit.MILLISECONDS ? duration(bound) : bound + (" " + unit.text()).stripTrailing();
        return what + of + ": " + number;
    }

    private static String duration(Bound bound) {
        return bound.toString().replace(Bound.number(bound.low()), time(bound.low()));
    }

    /** {@code 1500} as {@code "1.5 s"}. */
    public static String time(double ms) {
        double length = Math.abs(ms);
        if (length >= 2 * 86_400_000d) {
            return Bound.number(Math.round(ms / 8_640_000d) / 10d) + " d";
        }
        if (length >= 2 * 3_600_000d) {
            return Bound.number(Math.round(ms / 360_000d) / 10d) + " h";
        }
        if (length >= 120_000d) {
            return Bound.number(Math.round(ms / 6_000d) / 10d) + " min";
        }
        return length >= 1_000d ? Bound.number(Math.round(ms / 100d) / 10d) + " s" : Math.round(ms) + " ms";
    }
}
