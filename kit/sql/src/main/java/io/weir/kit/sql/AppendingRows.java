package io.weir.kit.sql;

import java.util.List;

/** An operator that gives the rows of its one input with further columns; they stay in the partition where they are. */
sealed interface AppendingRows extends Operator
        permits EventWindowRows, OnTimeRows, SessionRows, TimedRows, UnnestRows, WindowRows {

    Edge input();

    @Override
    default List<Edge> inputs() {
        return List.of(input());
    }

    @Override
    default Spread spread() {
        return input().spread().through(calc());
    }
}
