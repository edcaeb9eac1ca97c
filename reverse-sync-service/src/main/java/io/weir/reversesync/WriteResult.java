package io.weir.reversesync;

/** What became of one change at the destination. */
sealed interface WriteResult {

    /** The destination holds the row. */
    record Written() implements WriteResult {}

    /** The destination holds no row under the key any more. */
    record Deleted() implements WriteResult {}

    /** This very change had been written before: a replay. */
    record AlreadyApplied() implements WriteResult {}

    /** The destination already holds a later change of the key. */
    record SkippedStale() implements WriteResult {}

    /** A later change of the key was read in the same batch and stands for this one. */
    record Superseded() implements WriteResult {}

    /** The sync's mode leaves such a change out: an existing row under {@code insert}, a missing row under {@code update}, a deletion under both. */
    record SkippedByMode() implements WriteResult {}

    /**
     * The destination refuses the row for good.
     *
     * @param sqlState PostgreSQL's error code (appendix A of its manual)
     * @param place constraint, column or table that refused it; empty where PostgreSQL does not say. Never data.
     */
    record Refused(String sqlState, String place) implements WriteResult {}

    /** The word in the outcome topic. */
    default String word() {
        return switch (this) {
            case Written _ -> "written";
            case Deleted _ -> "deleted";
            case AlreadyApplied _ -> "already_applied";
            case SkippedStale _ -> "skipped_stale";
            case Superseded _ -> "superseded";
            case SkippedByMode _ -> "skipped_by_mode";
            case Refused _ -> "refused";
        };
    }
}
