package io.weir.kit.stream;

import java.util.Map;
import java.util.Set;

/**
 * From which columns a stage's rows come.
 *
 * @param direct output column -> the columns whose values go into it
 * @param masked of these, the columns of which it holds nothing but a digest
 * @param indirect columns that decide which rows there are, by how: {@code FILTER}, {@code JOIN} or {@code GROUP_BY}
 */
public record Lineage(
        Map<String, Set<ColumnOf>> direct, Map<String, Set<ColumnOf>> masked, Map<String, Set<ColumnOf>> indirect) {

    /** Where nothing is known of columns. */
    public static final Lineage UNKNOWN = new Lineage(Map.of(), Map.of(), Map.of());

    /** A column of a topic. */
    public record ColumnOf(String topic, String column) {}
}
