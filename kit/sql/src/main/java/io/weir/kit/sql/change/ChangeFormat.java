package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import java.util.ArrayList;
import java.util.List;

/** A change as bytes, for messages between operators. Not thread-safe. */
public final class ChangeFormat {

    private final RowFormat rows;
    private final ByteWriter scratch = new ByteWriter();

    public ChangeFormat(List<DataType> types) {
        this.rows = new RowFormat(types);
    }

    public byte[] encode(Change change) {
        scratch.reset();
        for (Delta delta : change.deltas()) {
            scratch.writeLong(delta.weight());
            rows.write(delta.row(), scratch);
        }
        return scratch.toBytes();
    }

    public Change decode(byte[] bytes) {
        List<Delta> deltas = new ArrayList<>(2);
        ByteReader in = new ByteReader(bytes);
        while (in.hasMore()) {
            long weight = in.readLong();
            deltas.add(new Delta(rows.read(in), weight));
        }
        return new Change(deltas);
    }
}
