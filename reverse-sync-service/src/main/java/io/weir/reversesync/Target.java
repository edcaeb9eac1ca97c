package io.weir.reversesync;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Sync;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where a sync's values go: the table, and for each key and field the product's column and the destination's.
 *
 * @param schema the destination table's schema
 * @param table its name without the schema
 */
record Target(String schema, String table, Sync.Mode mode, List<Cell> key, List<Cell> fields) {

    /**
     * One value on its way.
     *
     * @param position in the product's key (of a key cell) or in its row (of a field)
     */
    record Cell(String column, int position, String destinationColumn, DataType type) {}

    Target {
        key = List.copyOf(key);
        fields = List.copyOf(fields);
    }

    /** The sync must have passed {@link SyncApproval}: every column that it names is the product's. */
    static Target of(Sync sync, DataProduct product) {
        int dot = sync.table().indexOf('.');
        List<Cell> key = new ArrayList<>();
        List<Column> keyColumns = product.keyType().columns();
        for (int i = 0; i < keyColumns.size(); i++) {
            Column column = keyColumns.get(i);
            key.add(new Cell(column.name(), i, sync.key().getOrDefault(column.name(), column.name()), column.type()));
        }
        List<Cell> fields = new ArrayList<>();
        for (Map.Entry<String, String> field : sync.fields().entrySet()) {
            int position = product.rowType().indexOf(field.getKey());
            Column column = product.rowType().columns().get(position);
            fields.add(new Cell(column.name(), position, field.getValue(), column.type()));
        }
        return new Target(
                dot < 0 ? "public" : sync.table().substring(0, dot),
                sync.table().substring(dot + 1),
                sync.mode(),
                key,
                fields);
    }

    String name() {
        return schema + "." + table;
    }

    /** Key cells, then fields: the order of the values in every statement. */
    List<Cell> cells() {
        List<Cell> cells = new ArrayList<>(key);
        cells.addAll(fields);
        return cells;
    }

    /** Changes whenever what a row becomes at the destination changes, so that rows which were written under another shape are written again. */
    String shape() {
        return "%08x".formatted(toString().hashCode());
    }
}
