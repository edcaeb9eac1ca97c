package io.weir.kit.sql.change;

import io.weir.kit.sql.change.WindowFunctions.EdgeOfFrame;
import io.weir.kit.sql.change.WindowFunctions.Entry;
import io.weir.kit.sql.change.WindowFunctions.Neighbour;
import io.weir.kit.sql.change.WindowFunctions.Numbered;
import io.weir.kit.sql.change.WindowFunctions.Total;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Goes through a stretch of a partition once, from its start, and computes the results of its rows. The frames slide along. */
final class WindowCursor {

    /** The rows of the stretch and those behind it, read as they are asked for; an entry stands there once for each of its copies. */
    interface Entries {
        boolean has(int index);

        Entry get(int index);
    }

    /** What a frame holds at the moment: from {@code from} to before {@code to}. */
    private static final class Slide {
        private final Accumulator total;
        private int from;
        private int to;

        Slide(Total total) {
            this.total = RunningState.start(total);
        }
    }

    private final WindowFunctions.Spec spec;
    private final RunningState running;
    private final Entries rows;
    private final @Nullable Entry before;
    private final List<@Nullable Object> whole;
    private final SortedRows sorted;
    private final byte[] partition;
    private final @Nullable Slide[] slides;
    private final int[] starts;
    private final int[] ends;
    private int resultsAt = Integer.MIN_VALUE;
    private @Nullable Object[] resultsThere = {};
    private final ByteWriter scratch = new ByteWriter();

    /** {@code before} is the entry before the stretch, {@code whole} the results that all rows have alike. */
    WindowCursor(
            WindowFunctions.Spec spec,
            RunningState running,
            Entries rows,
            @Nullable Entry before,
            List<@Nullable Object> whole,
            SortedRows sorted,
            byte[] partition) {
        this.spec = spec;
        this.running = running;
        this.rows = rows;
        this.before = before;
        this.whole = whole;
        this.sorted = sorted;
        this.partition = partition;
        this.slides = new @Nullable Slide[spec.calls().size()];
        this.starts = new int[slides.length];
        this.ends = new int[slides.length];
        for (int i = 0; i < slides.length; i++) {
            if (spec.calls().get(i) instanceof Total total && !RunningState.runs(total)) {
                slides[i] = new Slide(total);
            }
        }
    }

    /** The results of the copies of an entry, one after the other; {@code index} is that of its first copy. */
    byte[] results(int index, RowFormat format) {
        scratch.reset();
        long copies = rows.get(index).weight();
        for (int copy = 0; copy < copies; copy++) {
            @Nullable Object[] results = new @Nullable Object[spec.calls().size()];
            for (int i = 0; i < results.length; i++) {
                results[i] = result(i, index + copy);
            }
            format.write(results, scratch);
        }
        return scratch.toBytes();
    }

    private @Nullable Object result(int call, int index) {
        return switch (spec.calls().get(call)) {
            case Numbered _ -> through(index)[call];
            case Neighbour neighbour -> {
                int at = index + neighbour.distance();
                if (at >= 0 && rows.has(at)) {
                    yield rows.get(at).row()[neighbour.argument()];
                }
                yield neighbour.fallback() < 0 ? null : rows.get(index).row()[neighbour.fallback()];
            }
            case EdgeOfFrame edge -> edge(call, edge, index);
            case Total total -> {
                if (total.frame().isWhole()) {
                    yield whole.get(call);
                }
                yield RunningState.runs(total)
                        ? through(end(call, total.frame(), index))[call]
                        : slide(call, total, index);
            }
        };
    }

    private @Nullable Object edge(int call, EdgeOfFrame edge, int index) {
        Frame frame = edge.frame();
        int end = end(call, frame, index);
        if (edge.first() && frame.start().isUnbounded()) {
            return end < 0 && before == null ? null : whole.get(call);
        }
        int start = start(call, frame, index);
        if (!edge.first() && frame.end().isUnbounded()) {
            return rows.has(start) ? whole.get(call) : null;
        }
        if (edge.first()) {
            return start <= end && rows.has(start) ? rows.get(start).row()[edge.argument()] : null;
        }
        if (end < 0) {
            return frame.start().isUnbounded() && before != null ? before.row()[edge.argument()] : null;
        }
        return start <= end ? rows.get(end).row()[edge.argument()] : null;
    }

    /** What the running functions give behind the row of an index, or before the stretch. */
    private @Nullable Object[] through(int index) {
        if (index != resultsAt) {
            resultsAt = index;
            resultsThere = running.results(index < 0 ? before == null ? new byte[0] : before.through() : passed(index));
        }
        return resultsThere;
    }

    private byte[] passed(int index) {
        Entry entry = rows.get(index);
        if (entry.weight() == 1) {
            return entry.through();
        }
        int first = index;
        while (first > 0 && rows.get(first - 1) == entry) {
            first--;
        }
        return running.after(first == 0 ? before : rows.get(first - 1)).pass(entry, index - first + 1L);
    }

    private @Nullable Object slide(int call, Total total, int index) {
        Slide slide = slides[call];
        if (slide == null) {
            throw new IllegalStateException("no frame of " + total);
        }
        int start = start(call, total.frame(), index);
        int end = end(call, total.frame(), index);
        while (slide.from < Math.min(start, slide.to)) {
            RunningState.add(slide.total, total.call(), rows.get(slide.from++).row(), -1);
        }
        if (slide.to < start) {
            slide.from = start;
            slide.to = start;
        }
        while (slide.to <= end) {
            RunningState.add(slide.total, total.call(), rows.get(slide.to++).row(), 1);
        }
        return slide.total.result();
    }

    /** The index of the frame's first row, if there is one. */
    private int start(int call, Frame frame, int index) {
        if (frame.start().isUnbounded()) {
            return 0;
        }
        if (frame.rows()) {
            return Math.max(0, index + frame.start().rows());
        }
        byte[] bound = bound(frame.start(), index);
        while (rows.has(starts[call]) && rows.get(starts[call]).compareOrder(bound, bound.length) < 0) {
            starts[call]++;
        }
        return starts[call];
    }

    /** The index of the frame's last row, if there is one; below 0 where it lies before the stretch. */
    private int end(int call, Frame frame, int index) {
        if (frame.end().isUnbounded()) {
            return Integer.MAX_VALUE;
        }
        if (frame.rows()) {
            int end = Math.max(-1, index + frame.end().rows());
            while (end > index && !rows.has(end)) {
                end--;
            }
            return end;
        }
        byte[] bound = bound(frame.end(), index);
        while (rows.has(ends[call]) && rows.get(ends[call]).compareOrder(bound, bound.length) <= 0) {
            ends[call]++;
        }
        return ends[call] - 1;
    }

    private byte[] bound(Frame.Bound bound, int index) {
        @Nullable Object[] row = rows.get(index).row();
        return sorted.peers(
                partition,
                bound.distance().signum() == 0
                        ? row
                        : WindowReach.shifted(row, spec.orders().getFirst(), bound.distance(), bound.months()));
    }
}
