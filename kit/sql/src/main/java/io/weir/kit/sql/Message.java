package io.weir.kit.sql;

import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.Moves.Move;
import io.weir.kit.stream.Output;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one processor of a topology gives to the next. */
sealed interface Message {

    /** Rows that come and go. */
    record Rows(Change change) implements Message {}

    /** Rows on their way to another partition, as {@link io.weir.kit.sql.change.Moves} writes them. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Moving(int partition, byte[] moves) implements Message {}

    /** Rows that came from other partitions. */
    record Moved(List<Move> moves) implements Message {}

    /** Rows of a product, and the bytes of the record that brought the new one, if there is one. */
    record Read(Change change, byte @Nullable [] value) implements Message {}

    /** Event time has come so far in a partition of the operator before; {@link Long#MAX_VALUE}: nothing comes there for now. */
    record Watermark(int from, long time) implements Message {}

    /** A row that goes no further; on its way to quarantine. */
    record Rejection(Output.Rejected rejected) implements Message {}
}
