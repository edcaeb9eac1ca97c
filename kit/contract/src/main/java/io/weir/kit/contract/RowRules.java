package io.weir.kit.contract;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that a single row of a product must keep: required columns first, then what the types demand, then the contract's own rules.
 *
 * <p>Immutable and thread-safe.
 */
public final class RowRules {

    private final List<RowRule> all;
    private final RowRule[] enforced;
    private final RowRule[] warning;
    private final DataProduct.OnViolation byDefault;

    private RowRules(List<RowRule> rules, DataProduct.OnViolation byDefault) {
        this.all = List.copyOf(rules);
        this.byDefault = byDefault;
        // What halts goes first: a row that breaks two rules has to stop the stage, whatever else it breaks.
        this.enforced = Stream.of(DataProduct.OnViolation.HALT, DataProduct.OnViolation.QUARANTINE)
                .flatMap(what -> rules.stream().filter(rule -> onViolation(rule) == what))
                .toArray(RowRule[]::new);
        this.warning = rules.stream()
                .filter(rule -> onViolation(rule) == DataProduct.OnViolation.WARN)
                .toArray(RowRule[]::new);
    }

    /** Compiles them; a {@link ProblemsException} tells a rule in SQL that does not fit the product. */
    public static RowRules of(DataProduct product) {
        List<RowRule> rules = new ArrayList<>();
        List<Column> columns = product.rowType().columns();
        for (int i = 0; i < columns.size(); i++) {
            if (!columns.get(i).nullable()) {
                rules.add(new PresentRule("required", columns.get(i).name(), i, onViolation(product, columns.get(i))));
            }
        }
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            int position = i;
            if (column.type().isNested() && demands(column.type())) {
                rules.add(new Condition(
                        "required",
                        column.name(),
                        "a value in each required field",
                        row -> lacks(column.type(), row[position]),
                        onViolation(product, column)));
            }
            if (columns.get(i).type() instanceof DataType.Decimal type) {
                rules.add(precision(columns.get(i).name(), i, type, onViolation(product, columns.get(i))));
            }
        }
        rules.addAll(product.rules());
        product.settings().sqlRules().forEach(rule -> rules.add(sql(product, rule)));
        return new RowRules(rules, product.onViolation());
    }

    private record Condition(
            String name,
            String field,
            String demand,
            Predicate<@Nullable Object[]> broken,
            Optional<DataProduct.OnViolation> onViolation)
            implements RowRule {
        @Override
        public boolean holds(@Nullable Object[] row) {
            return !broken.test(row);
        }
    }

    /** Whether a field somewhere inside is required. */
    private static boolean demands(DataType type) {
        return switch (type) {
            case DataType.Array(DataType element) -> demands(element);
            case DataType.Mapping(DataType value) -> demands(value);
            case DataType.Struct(List<Column> fields) ->
                fields.stream().anyMatch(field -> !field.nullable() || demands(field.type()));
            default -> false;
        };
    }

    /** Whether a required field inside has no value. */
    private static boolean lacks(DataType type, @Nullable Object value) {
        if (value == null) {
            return false;
        }
        return switch (type) {
            case DataType.Array(DataType element) -> ((List<?>) value).stream().anyMatch(one -> lacks(element, one));
            case DataType.Mapping(DataType of) ->
                ((Map<?, ?>) value).values().stream().anyMatch(one -> lacks(of, one));
            case DataType.Struct(List<Column> fields) ->
                IntStream.range(0, fields.size()).anyMatch(i -> {
                    Object field = ((List<?>) value).get(i);
                    return field == null
                            ? !fields.get(i).nullable()
                            : lacks(fields.get(i).type(), field);
                });
            default -> false;
        };
    }

    private static RowRule sql(DataProduct product, SqlRule rule) {
        RowConditions compiler = ServiceLoader.load(RowConditions.class, RowRules.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "%s has a rule in SQL, and kit/sql is not on the class path".formatted(product.name())));
        String field = rule.field();
        return new Condition(
                rule.name(),
                field == null ? "" : field,
                "not " + rule.condition(),
                compiler.compile(product, rule),
                rule.onViolation());
    }

    private static Optional<DataProduct.OnViolation> onViolation(DataProduct product, Column column) {
        return Optional.ofNullable(product.settings().onViolation().get(column.name()));
    }

    public List<RowRule> all() {
        return all;
    }

    /** What happens to a row that breaks this rule. */
    public DataProduct.OnViolation onViolation(RowRule rule) {
        return rule.onViolation().orElse(byDefault);
    }

    /** The first rule that the row breaks and may not break, in a fixed order; what only warns is not among them. */
    public Optional<RowRule> firstBroken(@Nullable Object[] row) {
        for (RowRule rule : enforced) {
            if (!rule.holds(row)) {
                return Optional.of(rule);
            }
        }
        return Optional.empty();
    }

    /** The rules of kind {@code WARN} that the row breaks. */
    public List<RowRule> warnings(@Nullable Object[] row) {
        List<RowRule> broken = List.of();
        for (RowRule rule : warning) {
            if (!rule.holds(row)) {
                broken = broken.isEmpty() ? new ArrayList<>() : broken;
                broken.add(rule);
            }
        }
        return broken;
    }

    private static RowRule precision(
            String field, int position, DataType.Decimal type, Optional<DataProduct.OnViolation> onViolation) {
        return new ValueRule(
                "precision",
                field,
                "at most %d digits, %d of them after the point".formatted(type.precision(), type.scale()),
                position,
                value -> {
                    BigDecimal number = (BigDecimal) value;
                    boolean whole = number.precision() - number.scale() <= type.precision() - type.scale();
                    return whole
                            && (number.scale() <= type.scale()
                                    || number.stripTrailingZeros().scale() <= type.scale());
                },
                onViolation);
    }
}
