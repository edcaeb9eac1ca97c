package io.weir.kit.sql;

import io.weir.kit.sql.change.Change;
import io.weir.kit.stream.Output;

/** What one processor of a topology gives to the next. */
sealed interface Message {

    /** Rows that come and go. */
    record Rows(Change change) implements Message {}

    /** A row that goes no further; on its way to quarantine. */
    record Rejection(Output.Rejected rejected) implements Message {}
}
