package io.weir.kit.contract;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The columns of a row, in order. A row is an {@code Object[]} of the same length and order. */
public record RowType(List<Column> columns) {

    public RowType {
        columns = List.copyOf(columns);
        Set<String> seen = new HashSet<>();
        for (Column column : columns) {
            if (!seen.add(column.name())) {
                throw new IllegalArgumentException("column \"%s\" appears twice".formatted(column.name()));
            }
        }
    }

    public int size() {
        return columns.size();
    }

    /** The position of the named column, from 0; -1 where there is none. */
    public int indexOf(String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** The row type of the columns at these positions, in this order. */
    public RowType project(List<Integer> positions) {
        return new RowType(positions.stream().map(columns::get).toList());
    }

    /** The same columns, each of them nullable. */
    public RowType allNullable() {
        return new RowType(columns.stream()
                .map(column -> new Column(column.name(), column.type(), true))
                .toList());
    }
}
