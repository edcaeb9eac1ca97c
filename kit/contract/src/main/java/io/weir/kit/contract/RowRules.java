package io.weir.kit.contract;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that a single row of a product must keep: required columns first, then what the types demand, then the contract's own rules.
 *
 * <p>Immutable and thread-safe.
 */
public final class RowRules {

    /** A column that may not be null. */
    private record Required(String field, int position) implements RowRule {
        @Override
        public String name() {
            return "required";
        }

        @Override
        public String demand() {
            return "a value";
        }

        @Override
        public boolean holds(@Nullable Object[] row) {
            return row[position] != null;
        }
    }

    private final RowRule[] rules;

    private RowRules(List<RowRule> rules) {
        this.rules = rules.toArray(RowRule[]::new);
    }

    public static RowRules of(DataProduct product) {
        List<RowRule> rules = new ArrayList<>();
        List<Column> columns = product.rowType().columns();
        for (int i = 0; i < columns.size(); i++) {
            if (!columns.get(i).nullable()) {
                rules.add(new Required(columns.get(i).name(), i));
            }
        }
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).type() instanceof DataType.Decimal type) {
                rules.add(precision(columns.get(i).name(), i, type));
            }
        }
        rules.addAll(product.rules());
        return new RowRules(rules);
    }

    public List<RowRule> all() {
        return List.of(rules);
    }

    /** The first rule that the row breaks, in a fixed order. */
    public Optional<RowRule> firstBroken(@Nullable Object[] row) {
        for (RowRule rule : rules) {
            if (!rule.holds(row)) {
                return Optional.of(rule);
            }
        }
        return Optional.empty();
    }

    private static RowRule precision(String field, int position, DataType.Decimal type) {
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
                });
    }
}
