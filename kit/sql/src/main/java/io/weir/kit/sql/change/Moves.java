package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Changes that go to one partition, as the bytes of one record: most are of a row or two, and a record of its own costs each of them more than all that is done with it.
 *
 * <p>Not thread-safe.
 */
public final class Moves {

    /** A change under its partition key, and what else is true of it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Move(byte[] key, Change change, long timestampMs, byte[] headers) {}

    private final RowFormat rows;
    private final ByteWriter bytes = new ByteWriter();
    private byte[] lastHeaders = {};

    public Moves(List<DataType> types) {
        this.rows = new RowFormat(types);
    }

    public void add(Move move) {
        boolean sameHeaders = bytes.size() > 0 && Arrays.equals(move.headers(), lastHeaders);
        bytes.writeLong(sameHeaders ? -1 : move.headers().length);
        if (!sameHeaders) {
            bytes.writeBytes(move.headers());
            lastHeaders = move.headers();
        }
        bytes.writeLong(move.timestampMs());
        bytes.writeLong(move.key().length);
        bytes.writeBytes(move.key());
        List<Delta> deltas = move.change().deltas();
        bytes.writeLong(deltas.size());
        for (Delta delta : deltas) {
            bytes.writeLong(delta.weight());
            rows.write(delta.row(), bytes);
        }
    }

    public int sizeBytes() {
        return bytes.size();
    }

    /** All that was added; empty again. */
    public byte[] take() {
        byte[] all = bytes.toBytes();
        bytes.reset();
        return all;
    }

    /** In the order in which they were added. */
    public List<Move> read(byte[] all) {
        List<Move> moves = new ArrayList<>();
        ByteReader in = new ByteReader(all);
        byte[] headers = {};
        while (in.hasMore()) {
            int length = (int) in.readLong();
            headers = length < 0 ? headers : in.readBytes(length);
            long timestampMs = in.readLong();
            byte[] key = in.readBytes((int) in.readLong());
            int size = (int) in.readLong();
            List<Delta> deltas = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                long weight = in.readLong();
                deltas.add(new Delta(rows.read(in), weight));
            }
            moves.add(new Move(key, new Change(deltas), timestampMs, headers));
        }
        return moves;
    }
}
