package io.weir.kit.sql;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.ProductSettings;
import io.weir.kit.contract.ProductSettings.Emit;
import io.weir.kit.sql.change.ClosingGroups;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Which windows of event time close, and when: those of a time whose lateness a contract declares. */
final class WindowClosing {

    private WindowClosing() {}

    /** How late a row may come, by the contract of the product that the column comes from, unchanged; empty where none says. */
    static Optional<Duration> lateness(Operator operator, int column) {
        OptionalInt carried = operator.calc().carried(column);
        if (carried.isEmpty()) {
            return Optional.empty();
        }
        int at = carried.getAsInt();
        return switch (operator) {
            case Source source -> {
                ProductSettings settings = source.product().settings();
                String name = source.read().columns().get(at).name();
                yield settings.eventTime().filter(name::equals).flatMap(_ -> settings.lateness());
            }
            case JoinRows join -> {
                int left = join.left().from().types().size();
                yield at < left
                        ? lateness(join.left().from(), at)
                        : lateness(join.right().from(), at - left);
            }
            case AppendingRows appending ->
                at < appending.input().from().types().size()
                        ? lateness(appending.input().from(), at)
                        : Optional.empty();
            case FirstRows first -> lateness(first.input().from(), at);
            case AggregateRows aggregate ->
                at < aggregate.spec().groupKeys().size()
                        ? lateness(
                                aggregate.input().from(),
                                aggregate.spec().groupKeys().get(at))
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** Whether the windows that an operator puts rows in close. */
    static boolean close(Operator windows) {
        return (windows instanceof EventWindowRows || windows instanceof SessionRows)
                && windows.inputs().getFirst().from() instanceof OnTimeRows;
    }

    /** When the groups of a GROUP BY right behind windows are done; empty where they never are. */
    static Optional<ClosingGroups.Spec> groups(Edge input, List<Integer> groupKeys) {
        Operator windows = input.from();
        if (!close(windows) || !(windows.inputs().getFirst().from() instanceof OnTimeRows onTime)) {
            return Optional.empty();
        }
        int start = onTime.types().size();
        int end = start + 1;
        ClosingGroups.Spec spec = null;
        for (int key : groupKeys) {
            OptionalInt carried = windows.calc().carried(key);
            if (carried.isEmpty()) {
                continue;
            }
            long added = -1;
            if (windows instanceof EventWindowRows fixed) {
                added = carried.getAsInt() == end
                        ? 0
                        : carried.getAsInt() == start ? fixed.spec().sizeMs() : -1;
            } else if (carried.getAsInt() == end) {
                added = 1; // a row at a session's end still belongs to it
            }
            if (added >= 0) {
                spec = new ClosingGroups.Spec(key, added, onTime.emit() == Emit.CLOSED, partitions(input));
            }
        }
        return Optional.ofNullable(spec);
    }

    /** How many partitions of the operator before send their rows over an edge. */
    static int partitions(Edge edge) {
        return edge.repartition().isPresent() ? edge.from().spread().partitions() : 1;
    }

    /** Refuses a contract that wants windows written when they close, where one never does. */
    static void check(Operator plan, DataProduct output) {
        if (output.settings().emit() == Emit.CLOSED
                && (count(plan, false) == 0 || count(plan, false) != count(plan, true))) {
            throw new Refusal(
                    SqlParserPos.ZERO,
                    "the contract of %s says emit: closed, and %s; put TUMBLE, HOP or SESSION right under a GROUP BY of window_end, and say eventTime and lateness in the contract of the product that the event time comes from"
                            .formatted(
                                    output.name().localName(),
                                    count(plan, false) == 0
                                            ? "the query has no windows of event time"
                                            : "a window of event time here never closes"));
        }
    }

    /** Operators that put rows in windows, or those that are done with them. */
    private static long count(Operator operator, boolean done) {
        boolean counts = done
                ? operator instanceof AggregateRows aggregate
                        && aggregate.closing().isPresent()
                : operator instanceof EventWindowRows || operator instanceof SessionRows;
        return (counts ? 1 : 0)
                + operator.inputs().stream()
                        .mapToLong(edge -> count(edge.from(), done))
                        .sum();
    }
}
