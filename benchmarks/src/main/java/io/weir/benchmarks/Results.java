package io.weir.benchmarks;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was measured. Null parts were not asked for.
 *
 * @param processors of the machine, which source, broker, mesh and this program share
 */
record Results(
        int processors,
        @Nullable Sustained sustained,
        @Nullable CatchUp catchUp) {

    /**
     * A steady load.
     *
     * @param askedPerSecond changes a second that were asked for
     * @param writtenPerSecond changes a second that the source database committed
     * @param freshness source commit to destination commit of every row written back
     * @param captureBehindBytes write-ahead log of the source that capture had not confirmed, at the end
     * @param drainSeconds from the end of the load until every stage had read everything; -1 where it had not after a minute
     */
    record Sustained(
            double askedPerSecond,
            double writtenPerSecond,
            double seconds,
            Percentiles freshness,
            long captureBehindBytes,
            double drainSeconds,
            List<StageLoad> stages) {}

    /**
     * One stage under it.
     *
     * @param lagFirstQuarter mean records not yet read, over the first quarter of the time; {@code lagLastQuarter} over the last
     * @param slopePerSecond by how many records the lag grew each second (least squares)
     */
    record StageLoad(
            String stage,
            double readPerSecond,
            double lagFirstQuarter,
            double lagLastQuarter,
            long lagMax,
            double slopePerSecond) {}

    /**
     * A backlog, taken up by one service after the other, so that none waits for the one before it.
     *
     * @param changes that were written into the source while the services were paused
     */
    record CatchUp(long changes, double sourcePerSecond, double capturePerSecond, List<StageCatchUp> stages) {}

    /**
     * One stage, beside the other stages of its service.
     *
     * @param records in its inputs (and repartition topics) that it had to read
     */
    record StageCatchUp(String stage, long records, double seconds, double recordsPerSecond) {}
}
