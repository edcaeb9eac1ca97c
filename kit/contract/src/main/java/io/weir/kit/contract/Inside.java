package io.weir.kit.contract;

import io.weir.kit.contract.Settings.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a contract declares of the values inside a column: the {@code items} of an array, each of the {@code properties} of a record.
 *
 * @param declared the item or property
 * @param column its path as name, {@code address.city} or {@code tags[]}, and its type
 * @param values the values, nulls among them, of one value of the column that it is inside of
 */
record Inside(Fields declared, Column column, Function<Object, Stream<?>> values) {

    static List<Inside> of(Fields property, Column column) {
        List<Inside> inside = new ArrayList<>();
        switch (column.type()) {
            case DataType.Array(DataType element) -> {
                Fields items = property.objectOrNull("items");
                if (items != null) {
                    inside.add(new Inside(
                            items, new Column(column.name() + "[]", element, true), value -> ((List<?>) value)
                                    .stream()));
                }
            }
            case DataType.Struct(List<Column> fields) -> {
                List<String> names = fields.stream().map(Column::name).toList();
                for (Fields one : property.objects("properties")) {
                    int field = names.indexOf(one.textOr("name", ""));
                    if (field >= 0) {
                        inside.add(new Inside(
                                one,
                                new Column(
                                        column.name() + "." + names.get(field),
                                        fields.get(field).type(),
                                        true),
                                value -> Stream.of(value).map(record -> ((List<?>) record).get(field))));
                    }
                }
            }
            default -> {}
        }
        return inside;
    }

    /** The word of this place, else that of what it is inside of. */
    Optional<DataProduct.OnViolation> onViolation(Optional<DataProduct.OnViolation> byDefault) {
        Settings settings = new Settings(declared, Settings.Place.COLUMN);
        return settings.has(Setting.ON_VIOLATION)
                ? Optional.of(settings.oneOf(
                        Setting.ON_VIOLATION, DataProduct.OnViolation.class, DataProduct.OnViolation.QUARANTINE))
                : byDefault;
    }

    /** A rule about one of the values, which is the whole row to it, as a rule about each of them where the outer column stands at {@code position}. */
    RowRule lift(RowRule rule, int position) {
        return new ValueRule(
                rule.name(),
                rule.field(),
                rule.demand(),
                position,
                value -> values.apply(value).allMatch(one -> rule.holds(new @Nullable Object[] {one})),
                rule.onViolation());
    }
}
