package io.weir.kit.contract;

import io.weir.kit.contract.Promise.Metric;
import io.weir.kit.contract.Promise.Unit;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * The promises of a contract that no single row can break: ODCS's {@code quality} of type {@code library} and {@code slaProperties}, and quality of type {@code custom} for
 * the engine {@code weir}.
 */
final class PromiseReader {

    private static final List<String> OF_COLUMNS =
            List.of("mean", "minimum", "maximum", "quantile", "distinctValues", "psi", "ks");
    private static final List<String> OF_OBJECTS = List.of("volume");
    private static final Map<String, Duration> UNITS = Map.ofEntries(
            Map.entry("ms", Duration.ofMillis(1)),
            Map.entry("s", Duration.ofSeconds(1)),
            Map.entry("second", Duration.ofSeconds(1)),
            Map.entry("seconds", Duration.ofSeconds(1)),
            Map.entry("min", Duration.ofMinutes(1)),
            Map.entry("minute", Duration.ofMinutes(1)),
            Map.entry("minutes", Duration.ofMinutes(1)),
            Map.entry("h", Duration.ofHours(1)),
            Map.entry("hour", Duration.ofHours(1)),
            Map.entry("hours", Duration.ofHours(1)),
            Map.entry("d", Duration.ofDays(1)),
            Map.entry("day", Duration.ofDays(1)),
            Map.entry("days", Duration.ofDays(1)),
            Map.entry("y", Duration.ofDays(365)),
            Map.entry("yr", Duration.ofDays(365)),
            Map.entry("years", Duration.ofDays(365)));

    private final List<Promise> promises = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();

    List<Promise> promises() {
        return promises;
    }

    /** A rule of type {@code library}; one that names no operator is told elsewhere. */
    void library(
            Fields quality,
            String metric,
            @Nullable Column column,
            List<String> columns,
            Optional<RowRule> bad,
            Optional<DataProduct.OnViolation> onViolation) {
        Optional<Metric> known = Metric.of(metric.equals("validValues") ? "invalidValues" : metric);
        if (known.isEmpty()) {
            return;
        }
        Unit unit = "percent".equals(word(quality, "unit")) ? Unit.PERCENT : Unit.ROWS;
        add(quality, quality, known.get(), column, columns, 0, unit, bad, onViolation);
    }

    /** A rule of type {@code custom}: ours where its engine is {@code weir}. */
    void custom(Fields quality, @Nullable Column column, Optional<DataProduct.OnViolation> onViolation) {
        if (!"weir".equals(word(quality, "engine")) || !quality.has("implementation")) {
            return;
        }
        Fields rule = quality.objectOrNull("implementation");
        if (rule == null) {
            return;
        }
        String name = rule.text("metric");
        if (name == null) {
            return;
        }
        List<String> known = column == null ? OF_OBJECTS : OF_COLUMNS;
        if (!known.contains(name)) {
            rule.problem(
                    "metric",
                    "metric \"%s\" is not known to the engine weir for %s: write %s%s"
                            .formatted(
                                    name,
                                    column == null ? "an object" : "a column",
                                    String.join(", ", known),
                                    DidYouMean.hint(name, known)));
            return;
        }
        Metric metric = Metric.of(name).orElseThrow();
        if (column != null && metric != Metric.DISTINCT_VALUES && !column.type().isNumeric()) {
            rule.problem(
                    "metric",
                    "%s needs a column with numbers, this one is %s".formatted(name, TypeNames.sql(column.type())));
            return;
        }
        double argument = 0.5;
        if (metric == Metric.QUANTILE) {
            BigDecimal quantile = rule.number("quantile");
            if (quantile == null || quantile.signum() < 0 || quantile.compareTo(BigDecimal.ONE) > 0) {
                rule.problem("quantile", "quantile says which one, from 0 to 1: quantile: 0.95");
                return;
            }
            argument = quantile.doubleValue();
        }
        for (String field : rule.names()) {
            if (!List.of("metric", "quantile").contains(field)
                    && Bound.Operator.of(field).isEmpty()) {
                rule.problemAtName(field, "field \"%s\" is not known to the engine weir".formatted(field));
            }
        }
        Unit unit = metric == Metric.VOLUME ? Unit.PERCENT : Unit.VALUE;
        if (bound(rule).isEmpty()) {
            rule.problem("\"%s\" has no operator: mustBeLessThan, mustBeBetween ...".formatted(name));
            return;
        }
        add(quality, rule, metric, column, List.of(), argument, unit, Optional.empty(), onViolation);
    }

    /** A service level; one that nobody can measure here is for readers only. */
    void serviceLevel(Fields level, String object, List<Column> columns) {
        String property = word(level, "property");
        Optional<Metric> metric = property == null
                ? Optional.empty()
                : Metric.of(property).filter(one -> one.compareTo(Metric.RETENTION) <= 0);
        Node written = level.value("value");
        BigDecimal value = written != null && Fields.plain(written) instanceof Number number
                ? new BigDecimal(number.toString())
                : null;
        if (metric.isEmpty() || value == null) {
            return;
        }
        String unit = word(level, "unit");
        String element = word(level, "element");
        String column = (element == null ? object : element).split(",", 0)[0].strip();
        String field = column.startsWith(object + ".") ? column.substring(object.length() + 1) : null;
        Bound bound;
        if (metric.get() == Metric.AVAILABILITY) {
            bound = Bound.atLeast(value.doubleValue());
        } else {
            Duration length = unit == null ? null : UNITS.get(unit.toLowerCase(Locale.ROOT));
            if (length == null) {
                level.problem(
                        "unit",
                        "%s needs a unit of time: ms, s, min, h, d or y"
                                .formatted(metric.get().text()));
                return;
            }
            double ms = value.doubleValue() * length.toMillis();
            bound = metric.get() == Metric.RETENTION ? Bound.atLeast(ms) : Bound.atMost(ms);
        }
        promises.add(new Promise(
                id(level, field, metric.get()),
                metric.get(),
                columns.stream().anyMatch(one -> one.name().equals(field)) ? field : null,
                List.of(),
                0,
                bound,
                metric.get() == Metric.AVAILABILITY ? Unit.PERCENT : Unit.MILLISECONDS,
                Optional.empty(),
                "error",
                Optional.empty(),
                schedule(level)));
    }

    /** {@code unique: true} on a column. */
    void unique(Fields property, Column column, Optional<DataProduct.OnViolation> onViolation) {
        promises.add(new Promise(
                id(property, column.name(), "unique"),
                Metric.DUPLICATE_VALUES,
                column.name(),
                List.of(column.name()),
                0,
                new Bound(Bound.Operator.MUST_BE, 0, 0),
                Unit.ROWS,
                Optional.empty(),
                "error",
                onViolation,
                Optional.empty()));
    }

    private void add(
            Fields quality,
            Fields operators,
            Metric metric,
            @Nullable Column column,
            List<String> columns,
            double argument,
            Unit unit,
            Optional<RowRule> bad,
            Optional<DataProduct.OnViolation> onViolation) {
        bound(operators).ifPresent(bound -> {
            String field = column == null ? null : column.name();
            String severity = word(quality, "severity");
            promises.add(new Promise(
                    id(quality, field, metric),
                    metric,
                    field,
                    metric == Metric.DUPLICATE_VALUES && columns.isEmpty() && field != null ? List.of(field) : columns,
                    argument,
                    bound,
                    unit,
                    bad,
                    severity == null ? "error" : severity,
                    onViolation,
                    schedule(quality)));
        });
    }

    /** Empty for always, and where another scheduler than cron reads it; what is no schedule is told. */
    static Optional<Schedule> schedule(Fields at) {
        String schedule = word(at, "schedule");
        String scheduler = word(at, "scheduler");
        if (schedule == null || (scheduler != null && !scheduler.equals("cron"))) {
            return Optional.empty();
        }
        try {
            return Optional.of(Schedule.of(schedule));
        } catch (IllegalArgumentException unreadable) {
            at.problem(
                    "schedule",
                    ("schedule \"%s\" is no time table: %s; write minute, hour, day of the month, month, day of the week, "
                                    + "as in 0 20 * * 1-5 for 20:00 UTC on working days")
                            .formatted(schedule, unreadable.getMessage()));
            return Optional.empty();
        }
    }

    private static Optional<Bound> bound(Fields at) {
        for (Bound.Operator operator : Bound.Operator.values()) {
            Node node = at.value(operator.text());
            if (node == null) {
                continue;
            }
            List<Double> numbers = (Fields.plain(node) instanceof List<?> list ? list : List.of(Fields.plain(node)))
                    .stream()
                            .filter(Number.class::isInstance)
                            .map(number -> ((Number) number).doubleValue())
                            .toList();
            if (numbers.size() == (operator.isRange() ? 2 : 1)) {
                return Optional.of(new Bound(operator, numbers.getFirst(), numbers.getLast()));
            }
        }
        return Optional.empty();
    }

    private String id(Fields at, @Nullable String field, Metric metric) {
        String id = word(at, "id");
        String name = word(at, "name");
        return id(at, field, id != null ? id : name != null ? name : metric.text());
    }

    private String id(Fields at, @Nullable String field, String word) {
        String wanted = field == null || word(at, "id") != null ? word : field + "." + word;
        String id = wanted;
        for (int i = 2; !ids.add(id); i++) {
            id = wanted + "-" + i;
        }
        return id;
    }

    private static @Nullable String word(Fields fields, String name) {
        return fields.has(name) ? fields.textOr(name, null) : null;
    }
}
