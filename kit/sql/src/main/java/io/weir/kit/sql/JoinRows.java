package io.weir.kit.sql;

import io.weir.kit.sql.change.Collector;
import io.weir.kit.sql.change.Join;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.rel.type.RelDataType;
import org.jspecify.annotations.Nullable;

/** Rows of two inputs that match, or rows of the left one that do or do not. */
record JoinRows(String id, Edge left, Edge right, Join.Spec spec, On on, Spread joined, Calc calc) implements Operator {

    /** Conditions besides the keys; null where there is none. */
    record On(
            RowProgram.@Nullable Compiled left,
            RowProgram.@Nullable Compiled right,
            RowProgram.@Nullable Compiled both) {

        boolean isEmpty() {
            return left == null && right == null && both == null;
        }

        String describe() {
            return describe(left) + describe(right) + describe(both);
        }

        private static String describe(RowProgram.@Nullable Compiled condition) {
            return condition == null ? "" : " and " + condition.calc().conditions();
        }
    }

    /** A condition that failed, and the columns that it was tried on. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        private final RowProgram.Failure failure;
        private final transient RelDataType columns;

        Failed(RowProgram.Failure failure, RelDataType columns) {
            super(failure.getMessage(), failure, false, false);
            this.failure = failure;
            this.columns = columns;
        }

        RowProgram.Failure failure() {
            return failure;
        }

        RelDataType columns() {
            return columns;
        }
    }

    @Override
    public Spread spread() {
        return joined.through(calc);
    }

    @Override
    public List<Edge> inputs() {
        return List.of(left, right);
    }

    @Override
    public Operator withCalc(Calc changed) {
        return new JoinRows(id, left, right, spec, on, joined, changed);
    }

    @Override
    public String describe() {
        return "%s join on %s%s = %s%s %s %s%s%s"
                .formatted(
                        name(),
                        spec.leftKeys(),
                        spec.oneLeft() ? " (one)" : "",
                        spec.rightKeys(),
                        spec.oneRight() ? " (one)" : "",
                        spec.keyTypes(),
                        spec.nullsMatch(),
                        spec.within() == null ? "" : " " + spec.within(),
                        on.describe());
    }

    @Override
    public String keeps() {
        List<String> text = new ArrayList<>();
        text.add(spec.type() == Join.Type.INNER ? "join" : name() + " join");
        if (!on.isEmpty()) {
            text.add("on" + on.describe().substring(" and".length()));
        }
        if (spec.leftKeys().isEmpty()) {
            text.add(
                    "there is no equality to join by: all rows come to one partition, and each change is compared with every row of the other side");
        } else {
            text.add("keeps both sides by join key, O(log n) and the partners of the key"
                    + (spec.within() == null ? "" : " within the range"));
        }
        return String.join("; ", text);
    }

    private String name() {
        return spec.type().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public List<String> arms() {
        return List.of(id + "-left", id + "-right");
    }

    @Override
    public List<String> stores() {
        return arms();
    }

    @Override
    public List<Step> steps(Stores stores) {
        Join both = new Join(
                spec,
                new Join.On(condition(on.left), condition(on.right), condition(on.both)),
                stores.apply(id + "-left"),
                stores.apply(id + "-right"));
        return List.of(both::left, both::right);
    }

    private static Join.@Nullable Condition condition(RowProgram.@Nullable Compiled compiled) {
        if (compiled == null) {
            return null;
        }
        RowProgram program = compiled.program();
        return (row, comes, out) -> holds(program, compiled, row, comes, out);
    }

    private static boolean holds(
            RowProgram program, RowProgram.Compiled compiled, @Nullable Object[] row, boolean comes, Collector out) {
        try {
            return program.run(row) != null;
        } catch (RowProgram.Failure failure) {
            if (comes) {
                out.failed(row, new Failed(failure, compiled.calc().input()));
            }
            return false;
        }
    }
}
