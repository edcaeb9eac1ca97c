package io.weir.reversesync;

import org.jspecify.annotations.Nullable;

/**
 * What became of one change at its destination: the value, as JSON, of a record on {@code outcome.<domain>.<sync>}. The record's key is the change's key, its
 * headers are the change's.
 *
 * @param sync {@code <domain>.<sync>}
 * @param input {@code topic-partition@offset} of the change
 * @param result {@code written}, {@code deleted}, {@code already_applied}, {@code skipped_stale}, {@code superseded}, {@code skipped_by_mode}, {@code refused}
 *     or {@code unreadable}
 * @param sqlState why it was refused; null otherwise
 * @param atMs when the destination had committed, ms since the epoch
 */
record Outcome(
        String sync, String input, String result, @Nullable String sqlState, long atMs) {}
