package io.weir.ingest;

import io.weir.kit.stream.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one event, and what is remembered afterwards.
 *
 * @param verdict what becomes of the event's own key
 * @param position the event's place in the log, as replays are judged by it
 * @param key what to remember of the event's key; null: as before
 * @param table what to remember of the table
 * @param sweep where set, every other row whose last change is before it is gone, after the event itself
 */
record Decision(
        Verdict verdict,
        Position position,
        @Nullable KeyState key,
        TableState table,
        @Nullable Position sweep) {

    /** What becomes of an event. */
    sealed interface Verdict {}

    /** The row now stands under its key. */
    record Write(@Nullable Object[] row) implements Verdict {}

    /** The key's row is gone. */
    record Erase() implements Verdict {}

    /** The event changes nothing downstream, rightly. */
    record Stop(Kind kind) implements Verdict {}

    /** The event cannot become a row. */
    record Reject(ReasonCode reason, @Nullable String rule, String field, String detail) implements Verdict {}

    /** The event is about the whole table: see the sweep. */
    record WholeTable() implements Verdict {}

    /** Why an event goes no further. */
    enum Kind {
        /** It was seen before, or a newer version of the row was. */
        REPLAY("replay"),
        /** The product holds just this row, or no row where the key is deleted. */
        UNCHANGED("unchanged"),
        /** It is the trace of a write that Weir itself made. */
        ECHO("echo");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** As metrics name it. */
        String text() {
            return text;
        }
    }
}
