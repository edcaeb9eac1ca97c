package io.weir.kit.contract;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Row rules about how many elements arrays, maps and records have, and about each value inside them. */
final class NestedRules {

    private final Column column;
    private final int position;
    private final Optional<DataProduct.OnViolation> onViolation;
    private final List<RowRule> rules = new ArrayList<>();

    private NestedRules(Column column, int position, Optional<DataProduct.OnViolation> onViolation) {
        this.column = column;
        this.position = position;
        this.onViolation = onViolation;
    }

    /** The rules of one property; mistakes become problems of {@code property}. */
    static List<RowRule> read(
            Fields property, Column column, int position, Optional<DataProduct.OnViolation> onViolation) {
        NestedRules nested = new NestedRules(column, position, onViolation);
        Fields options = property.objectOrNull("logicalTypeOptions");
        if (options != null) {
            nested.size(options);
        }
        Inside.of(property, column).forEach(nested::inside);
        return nested.rules;
    }

    private void size(Fields options) {
        if (column.type() instanceof DataType.Array) {
            options.allow("minItems", "maxItems", "uniqueItems");
            count(options, "minItems", "elements", value -> ((List<?>) value).size());
            count(options, "maxItems", "elements", value -> ((List<?>) value).size());
            if (options.flag("uniqueItems")) {
                add(
                        "uniqueItems",
                        "elements that differ from each other",
                        value -> new HashSet<>((List<?>) value).size() == ((List<?>) value).size());
            }
            return;
        }
        options.allow("minProperties", "maxProperties", "required");
        Function<Object, Integer> size = value -> (int) values(value).count();
        count(options, "minProperties", "fields with a value", size);
        count(options, "maxProperties", "fields with a value", size);
        if (options.has("required")) {
            options.texts("required").forEach(name -> required(options, name.value()));
        }
    }

    private void count(Fields options, String name, String of, Function<Object, Integer> size) {
        if (!options.has(name)) {
            return;
        }
        int limit = options.count(name, 0);
        boolean least = name.startsWith("min");
        add(
                name,
                (least ? "at least %d %s" : "at most %d %s").formatted(limit, of),
                value -> least ? size.apply(value) >= limit : size.apply(value) <= limit);
    }

    private void required(Fields options, String name) {
        if (!(column.type() instanceof DataType.Struct(List<Column> fields))) {
            add("required", "a value of \"%s\"".formatted(name), value -> ((Map<?, ?>) value).get(name) != null);
            return;
        }
        List<String> names = fields.stream().map(Column::name).toList();
        int field = names.indexOf(name);
        if (field < 0) {
            options.problem("required", "\"%s\" is no field of it%s".formatted(name, DidYouMean.hint(name, names)));
        } else {
            add("required", "a value of \"%s\"".formatted(name), value -> ((List<?>) value).get(field) != null);
        }
    }

    private static Stream<?> values(Object value) {
        return (value instanceof Map<?, ?> map ? map.values() : (List<?>) value)
                .stream().filter(Objects::nonNull);
    }

    /** What is declared of a value inside holds for each that is there. */
    private void inside(Inside inside) {
        String physical = inside.declared().textOr("physicalType", null);
        TypeNames.Named named = physical == null ? null : TypeNames.physical(physical);
        RuleReader.read(
                        inside.declared(),
                        inside.column(),
                        0,
                        named == null ? -1 : named.maxLength(),
                        inside.onViolation(onViolation))
                .forEach(rule -> rules.add(inside.lift(rule, position)));
    }

    private void add(String name, String demand, Predicate<Object> test) {
        rules.add(new ValueRule(name, column.name(), demand, position, test, onViolation));
    }
}
