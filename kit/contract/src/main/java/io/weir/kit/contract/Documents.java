package io.weir.kit.contract;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a contract as maps and lists, where what is missing or otherwise than expected is empty. */
final class Documents {

    private Documents() {}

    /** The fields of a mapping; none where it is no mapping. */
    static Map<String, @Nullable Object> map(@Nullable Object value) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> found) {
            found.forEach((name, one) -> map.put(String.valueOf(name), one));
        }
        return map;
    }

    /** The mappings of a list. */
    static List<Map<String, @Nullable Object>> maps(@Nullable Object value) {
        List<Map<String, @Nullable Object>> maps = new ArrayList<>();
        list(value).forEach(one -> maps.add(map(one)));
        return maps;
    }

    /** The items of a list; one value is a list of one. */
    static List<@Nullable Object> list(@Nullable Object value) {
        return value instanceof List<?> list ? new ArrayList<>(list) : value == null ? List.of() : List.of(value);
    }

    /** A field as text; empty where it is missing. */
    static String text(Map<String, ? extends @Nullable Object> map, String name) {
        Object value = map.get(name);
        return value == null ? "" : value.toString();
    }

    /** The product's object in the schema of its contract. */
    static Map<String, @Nullable Object> object(DataProduct product) {
        return maps(product.document().get("schema")).stream().findFirst().orElseGet(LinkedHashMap::new);
    }

    /** The columns of a contract, by name, in its order. */
    static Map<String, Map<String, @Nullable Object>> columns(DataProduct product) {
        Map<String, Map<String, @Nullable Object>> columns = new LinkedHashMap<>();
        maps(object(product).get("properties")).forEach(column -> columns.put(text(column, "name"), column));
        return columns;
    }
}
