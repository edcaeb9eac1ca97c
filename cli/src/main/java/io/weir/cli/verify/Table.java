package io.weir.cli.verify;

import io.weir.kit.contract.RowType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows under their keys.
 *
 * @param key positions of the key's columns
 * @param twice keys of which there was more than one row
 * @param withoutKey rows with a null in their key
 */
record Table(
        RowType type,
        List<Integer> key,
        Map<List<Object>, @Nullable Object[]> rows,
        List<List<Object>> twice,
        int withoutKey) {

    /** @param rows in any order, each in the columns' order */
    static Table of(RowType type, List<Integer> key, Iterable<@Nullable Object[]> rows) {
        Map<List<Object>, @Nullable Object[]> byKey = new LinkedHashMap<>();
        List<List<Object>> twice = new ArrayList<>();
        int withoutKey = 0;
        for (@Nullable Object[] row : rows) {
            List<Object> its = keyOf(row, key);
            if (its.isEmpty()) {
                withoutKey++;
            } else if (byKey.putIfAbsent(its, row) != null) {
                twice.add(its);
            }
        }
        return new Table(type, key, byKey, twice, withoutKey);
    }

    /** The key in a form that can be looked up; empty where a part of it is null. */
    static List<Object> keyOf(@Nullable Object[] row, List<Integer> key) {
        List<Object> values = new ArrayList<>(key.size());
        for (int position : key) {
            Object value = row[position];
            if (value == null) {
                return List.of();
            }
            values.add(Values.canonical(value));
        }
        return values;
    }
}
