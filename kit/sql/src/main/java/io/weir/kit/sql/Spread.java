package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How rows lie on partitions: by these values, in this order, over so many partitions.
 *
 * @param slots for each value the columns that hold it, any of which will do; none where no column holds it any more
 * @param types the values' types
 */
record Spread(List<Set<Integer>> slots, List<DataType> types, int partitions) {

    Spread {
        slots = slots.stream().map(Set::copyOf).toList();
        types = List.copyOf(types);
    }

    /** A column below 0 is held by no column. */
    static Spread of(List<Integer> columns, List<DataType> types, int partitions) {
        return new Spread(
                columns.stream()
                        .map(column -> column < 0 ? Set.<Integer>of() : Set.of(column))
                        .toList(),
                types,
                partitions);
    }

    /** By something that no column holds. */
    static Spread unknown(int partitions) {
        return new Spread(List.of(Set.of()), List.of(new DataType.Varbinary()), partitions);
    }

    Spread through(Calc calc) {
        List<Set<Integer>> after = new ArrayList<>();
        for (Set<Integer> slot : slots) {
            Set<Integer> carriers = new HashSet<>();
            for (int output = 0; output < calc.projections().size(); output++) {
                OptionalInt carried = calc.carried(output);
                if (carried.isPresent() && slot.contains(carried.getAsInt())) {
                    carriers.add(output);
                }
            }
            after.add(carriers);
        }
        return new Spread(after, types, partitions);
    }

    /** Whether all rows are on one partition, because nothing tells them apart. */
    boolean isSingle() {
        return slots.isEmpty() && partitions == 1;
    }

    /** Whether rows that agree in {@code columns} are on one partition. */
    boolean keepsTogether(Collection<Integer> columns) {
        return isSingle()
                || (!slots.isEmpty()
                        && slots.stream().allMatch(slot -> slot.stream().anyMatch(columns::contains)));
    }

    /** For each value the position in {@code columns} of a column that holds it; empty where one is missing. */
    List<Integer> positionsIn(List<Integer> columns) {
        List<Integer> positions = new ArrayList<>();
        for (Set<Integer> slot : slots) {
            int position = -1;
            for (int i = 0; i < columns.size() && position < 0; i++) {
                if (slot.contains(columns.get(i))) {
                    position = i;
                }
            }
            if (position < 0) {
                return List.of();
            }
            positions.add(position);
        }
        return positions;
    }
}
