package io.weir.kit.contract;

import io.weir.kit.contract.Settings.Setting;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * ODCS's {@code quality}: the promises that a single row can break become row rules, the others are checked for what they name.
 *
 * <p>A row can break a promise that allows no bad value at all: {@code nullValues}, {@code missingValues}, {@code invalidValues}, and a query that counts rows.
 */
final class QualityReader {

    private static final Map<String, List<String>> ARGUMENTS = Map.of(
            "nullValues", List.of(),
            "missingValues", List.of("missingValues"),
            "invalidValues", List.of("validValues", "pattern"),
            "duplicateValues", List.of("properties"),
            "rowCount", List.of());

    private static final Pattern COUNT = Pattern.compile(
            "\\s*SELECT\\s+COUNT\\s*\\(\\s*(?:\\*|1)\\s*\\)\\s+(?:AS\\s+\\w+\\s+)?FROM\\s+(\\S+)\\s+WHERE\\s+(.+?)\\s*;?\\s*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern VARIABLE = Pattern.compile("\\$?\\{\\s*(\\w+)\\s*\\}");

    private final List<RowRule> rules = new ArrayList<>();
    private final List<SqlRule> sqlRules = new ArrayList<>();
    private final PromiseReader promises = new PromiseReader();
    private final Set<String> tables;

    /** @param tables how queries may call the product: its object's name, its topic */
    QualityReader(Set<String> tables) {
        this.tables = tables;
    }

    List<RowRule> rules() {
        return rules;
    }

    List<SqlRule> sqlRules() {
        return sqlRules;
    }

    /** What is judged over many rows. */
    PromiseReader promises() {
        return promises;
    }

    /** The promises of one column, and of what is inside it. */
    void column(Fields property, Column column, int position, Optional<DataProduct.OnViolation> byDefault) {
        qualities(property, column, position, byDefault, UnaryOperator.identity());
        if (property.has("unique")
                && property.flag("unique")
                && !(property.has("primaryKey") && property.flag("primaryKey"))) {
            promises.unique(property, column, byDefault);
        }
        Inside.of(property, column).forEach(inside -> inside(inside, byDefault, rule -> inside.lift(rule, position)));
    }

    /** @param lift makes a rule about one of the values one about the row */
    private void inside(Inside inside, Optional<DataProduct.OnViolation> outer, UnaryOperator<RowRule> lift) {
        Optional<DataProduct.OnViolation> onViolation = inside.onViolation(outer);
        Fields declared = inside.declared();
        qualities(declared, inside.column(), 0, onViolation, lift);
        if (declared.has("unique") && declared.flag("unique")) {
            declared.problemAtName(
                    "unique",
                    "\"unique\" of \"%s\": whether rows repeat is known of whole columns alone; leave it out, or make it a column"
                            .formatted(inside.column().name()));
        }
        Inside.of(declared, inside.column())
                .forEach(inner -> inside(inner, onViolation, rule -> lift.apply(inner.lift(rule, 0))));
    }

    private void qualities(
            Fields property,
            Column column,
            int position,
            Optional<DataProduct.OnViolation> byDefault,
            UnaryOperator<RowRule> lift) {
        for (Fields quality : property.objects("quality")) {
            Optional<DataProduct.OnViolation> onViolation = onViolation(quality, byDefault);
            String metric = metric(quality);
            schedule(quality, metric);
            if (isInside(column) && !isMeasuredInside(quality, metric, column)) {
                continue;
            }
            Fields arguments = arguments(quality, metric);
            List<RowRule> ofValues =
                    switch (metric) {
                        case "nullValues" ->
                            List.of(new PresentRule("nullValues", column.name(), position, onViolation));
                        case "missingValues" -> missing(arguments, column, position, onViolation);
                        case "invalidValues", "validValues" ->
                            // v3.0.x has the values beside the rule.
                            valid(arguments == null ? quality : arguments, column, position, onViolation);
                        default -> List.of();
                    };
            List<RowRule> ofRows = ofValues.stream().map(lift).toList();
            if (allowsNone(quality)) {
                rules.addAll(ofRows);
                if (metric.equals("sql")) {
                    sql(quality, column.name(), onViolation);
                }
            }
            promises.library(quality, metric, column, List.of(), all(ofRows), onViolation);
            promises.custom(quality, column, onViolation);
        }
    }

    private static boolean isInside(Column column) {
        return column.name().contains(".") || column.name().contains("[]");
    }

    /** Whether the rule can be kept or judged of values inside a column; what cannot is told. Other tools' rules, and words for readers, are theirs. */
    private boolean isMeasuredInside(Fields quality, String metric, Column column) {
        String path = column.name();
        if (metric.equals("sql")) {
            Fields.Text query = quality.placed("query");
            if (query == null) {
                return false;
            }
            if (path.contains("[]") && !variables(query.value(), path).equals(variables(query.value(), null))) {
                quality.problem(
                        "query",
                        "\"%s\" is each of many values, and a query is about one: write the rule as metric invalidValues or with logicalTypeOptions, or at the object, over an element as %s[1]"
                                .formatted(path, path.substring(0, path.indexOf("[]"))));
                return false;
            }
            if (!allowsNone(quality) || !count(query.value(), path).matches()) {
                quality.problem(
                        "query",
                        "a query over many rows is not run of \"%s\": write SELECT COUNT(*) FROM ${object} WHERE <what no row may fulfil>, with mustBe: 0"
                                .formatted(path));
                return false;
            }
            return true;
        }
        boolean ours = "weir".equals(word(quality, "engine"));
        if (ours || List.of("duplicateValues", "rowCount").contains(metric)) {
            quality.problem(
                    ours ? "engine" : quality.has("metric") ? "metric" : "rule",
                    "%s is measured of whole columns, and \"%s\" is inside one: write nullValues, missingValues or invalidValues, or make it a column"
                            .formatted(ours ? "what the engine weir judges" : metric, path));
            return false;
        }
        return true;
    }

    /** One rule that holds where all of these do. */
    private static Optional<RowRule> all(List<RowRule> rules) {
        return rules.stream().reduce((a, b) -> new RowRule() {
            @Override
            public String name() {
                return a.name();
            }

            @Override
            public String field() {
                return a.field();
            }

            @Override
            public String demand() {
                return a.demand() + "; " + b.demand();
            }

            @Override
            public boolean holds(@Nullable Object[] row) {
                return a.holds(row) && b.holds(row);
            }
        });
    }

    /** The promises of the whole object; {@code columns} are those that it may name. */
    void object(Fields object, List<Column> columns) {
        List<String> names = columns.stream().map(Column::name).toList();
        for (Fields quality : object.objects("quality")) {
            Optional<DataProduct.OnViolation> onViolation = onViolation(quality, Optional.empty());
            String metric = metric(quality);
            schedule(quality, metric);
            if (List.of("nullValues", "missingValues", "invalidValues").contains(metric)) {
                quality.problem(
                        "metric",
                        "metric \"%s\" is about one column: write it in that column's quality".formatted(metric));
            }
            Fields arguments = arguments(quality, metric);
            if (arguments != null && arguments.has("properties")) {
                for (Fields.Text name : arguments.texts("properties")) {
                    if (!names.contains(name.value())) {
                        arguments.problem(
                                name.node(),
                                "column \"%s\" is not in this contract%s"
                                        .formatted(name.value(), DidYouMean.hint(name.value(), names)));
                    }
                }
            }
            if (metric.equals("sql") && allowsNone(quality)) {
                sql(quality, null, onViolation);
            }
            List<String> repeated = arguments == null || !arguments.has("properties")
                    ? List.of()
                    : arguments.texts("properties").stream()
                            .map(Fields.Text::value)
                            .toList();
            if (List.of("rowCount", "duplicateValues").contains(metric) && names.containsAll(repeated)) {
                promises.library(quality, metric, null, repeated, Optional.empty(), onViolation);
            }
            promises.custom(quality, null, onViolation);
        }
    }

    private static Optional<DataProduct.OnViolation> onViolation(
            Fields quality, Optional<DataProduct.OnViolation> byDefault) {
        Settings settings = new Settings(quality, Settings.Place.RULE);
        return settings.has(Setting.ON_VIOLATION)
                ? Optional.of(settings.oneOf(
                        Setting.ON_VIOLATION, DataProduct.OnViolation.class, DataProduct.OnViolation.QUARANTINE))
                : byDefault;
    }

    /** Also of a rule that the gate keeps at any time: what is written and cannot be read is told. What other engines and people read is theirs. */
    private static void schedule(Fields quality, String metric) {
        if (!metric.isEmpty() || "weir".equals(word(quality, "engine"))) {
            var _ = PromiseReader.schedule(quality);
        }
    }

    /** {@code sql}, or the metric as v3.1.0 calls it, or nothing. */
    private static String metric(Fields quality) {
        String type = word(quality, "type");
        if ("sql".equals(type)) {
            return "sql";
        }
        String metric = word(quality, "metric");
        String rule = word(quality, "rule");
        return metric != null ? metric : rule != null ? rule : "";
    }

    private static @Nullable Fields arguments(Fields quality, String metric) {
        Fields arguments = quality.has("arguments") ? quality.objectOrNull("arguments") : null;
        List<String> known = ARGUMENTS.get(metric);
        if (arguments != null && known != null) {
            for (String name : arguments.names()) {
                if (!known.contains(name)) {
                    arguments.problemAtName(
                            name,
                            "argument \"%s\" is not known to %s%s"
                                    .formatted(name, metric, DidYouMean.hint(name, known)));
                }
            }
        }
        if (metric.equals("invalidValues")
                && (arguments == null || !(arguments.has("validValues") || arguments.has("pattern")))) {
            quality.problem("invalidValues needs arguments: validValues or pattern say what is valid");
        }
        return arguments;
    }

    /** Whether the rule's operator lets no bad row pass, so that each row can be judged alone. */
    private static boolean allowsNone(Fields quality) {
        boolean percent = "percent".equals(word(quality, "unit"));
        return is(quality, "mustBe", 0, 0)
                || is(quality, "mustBeLessOrEqualTo", 0, 0)
                || (!percent && is(quality, "mustBeLessThan", 0, 1));
    }

    private static boolean is(Fields quality, String operator, int low, int high) {
        Node node = quality.value(operator);
        return node != null
                && Fields.plain(node) instanceof Number number
                && new BigDecimal(number.toString()).compareTo(BigDecimal.valueOf(low)) >= 0
                && new BigDecimal(number.toString()).compareTo(BigDecimal.valueOf(high)) <= 0;
    }

    private static @Nullable String word(Fields fields, String name) {
        return fields.has(name) ? fields.textOr(name, null) : null;
    }

    private static List<RowRule> missing(
            @Nullable Fields arguments, Column column, int position, Optional<DataProduct.OnViolation> onViolation) {
        List<RowRule> rules = new ArrayList<>();
        List<@Nullable Object> values = values(arguments, "missingValues");
        if (values.isEmpty() || values.contains(null)) {
            rules.add(new PresentRule("missingValues", column.name(), position, onViolation));
        }
        Set<String> missing = texts(values);
        if (!missing.isEmpty()) {
            Predicate<Object> isMissing = among(column, missing);
            rules.add(new ValueRule(
                    "missingValues",
                    column.name(),
                    "none of " + quoted(values),
                    position,
                    value -> !isMissing.test(value),
                    onViolation));
        }
        return rules;
    }

    private static List<RowRule> valid(
            Fields arguments, Column column, int position, Optional<DataProduct.OnViolation> onViolation) {
        List<RowRule> rules = new ArrayList<>();
        List<@Nullable Object> values = values(arguments, "validValues");
        if (!values.isEmpty()) {
            rules.add(new ValueRule(
                    "validValues",
                    column.name(),
                    "one of " + values.stream().map(String::valueOf).collect(Collectors.joining(", ")),
                    position,
                    among(column, texts(values)),
                    onViolation));
            if (!values.contains(null)) {
                return rules;
            }
        }
        String pattern = arguments.has("pattern") ? arguments.textOr("pattern", null) : null;
        if (pattern == null) {
            return rules;
        }
        if (column.type() instanceof DataType.Varchar) {
            RuleReader.pattern(arguments, "pattern", pattern)
                    .ifPresent(test -> rules.add(new ValueRule(
                            "pattern", column.name(), "the pattern " + pattern, position, test, onViolation)));
        } else {
            arguments.problem(
                    "pattern", "a pattern needs a string column, this one is " + TypeNames.sql(column.type()));
        }
        return rules;
    }

    private static Predicate<Object> among(Column column, Set<String> values) {
        return switch (column.type()) {
            case DataType.Varchar _ -> value -> values.contains(value);
            case DataType.Decimal _ ->
                value -> values.contains(
                        ((BigDecimal) value).stripTrailingZeros().toPlainString());
            default -> value -> values.contains(value.toString());
        };
    }

    private static List<@Nullable Object> values(@Nullable Fields arguments, String name) {
        List<@Nullable Object> values = new ArrayList<>();
        Node node = arguments == null ? null : arguments.value(name);
        if (node instanceof SequenceNode list) {
            list.getValue().forEach(item -> values.add(Fields.plain(item)));
        } else if (node != null && arguments != null) {
            arguments.problem(node, "\"%s\" needs a list, found %s".formatted(name, Fields.kind(node)));
        }
        return values;
    }

    private static Set<String> texts(List<@Nullable Object> values) {
        Set<String> texts = new HashSet<>();
        for (Object value : values) {
            if (value instanceof BigDecimal number) {
                texts.add(number.stripTrailingZeros().toPlainString());
            } else if (value != null) {
                texts.add(value.toString());
            }
        }
        return texts;
    }

    private static String quoted(List<@Nullable Object> values) {
        return values.stream()
                .filter(value -> value != null)
                .map("\"%s\""::formatted)
                .collect(Collectors.joining(", "));
    }

    /** A column, or a field inside a record, as SQL reads it. */
    private static String sqlName(String path) {
        String[] steps = path.split("\\.", 0);
        return steps.length == 1
                ? '"' + path + '"'
                : Stream.of(steps).skip(1).reduce("(\"%s\")".formatted(steps[0]), (outer, step) -> "%s.\"%s\""
                        .formatted(outer, step));
    }

    private void sql(Fields quality, @Nullable String column, Optional<DataProduct.OnViolation> onViolation) {
        Fields.Text query = quality.has("query") ? quality.placed("query") : null;
        if (query == null) {
            return;
        }
        Matcher count = count(query.value(), column);
        if (!count.matches()) {
            return; // A query over many rows is not a row's to break.
        }
        String id = word(quality, "id");
        String name = word(quality, "name");
        ModelTest.Place place = TestRows.place("", query.node());
        sqlRules.add(new SqlRule(
                id != null ? id : name != null ? name : "sql",
                column,
                count.group(2),
                onViolation,
                place.line(),
                place.column()));
    }

    /** Matches a query that counts rows of this product. */
    private Matcher count(String query, @Nullable String column) {
        Matcher count = COUNT.matcher(variables(query, column));
        return count.matches() && !tables.contains(count.group(1).replace("\"", "")) ? COUNT.matcher("") : count;
    }

    /** {@code ${object}}, {@code {table}} and the like are the product, {@code ${property}}, {@code {column}} the column. */
    private String variables(String query, @Nullable String column) {
        return VARIABLE.matcher(query).replaceAll(found -> {
            String name = found.group(1);
            if (List.of("object", "table", "model", "schema").contains(name)) {
                return tables.iterator().next();
            }
            return List.of("property", "column", "field").contains(name) && column != null
                    ? Matcher.quoteReplacement(sqlName(column))
                    : Matcher.quoteReplacement(found.group());
        });
    }
}
