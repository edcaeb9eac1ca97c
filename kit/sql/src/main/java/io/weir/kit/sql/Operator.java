package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.Collector;
import io.weir.kit.sql.change.State;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A node of a plan: what it keeps, what it does with a change, and the {@link Calc} through which its rows go out. */
sealed interface Operator
        permits Source, JoinRows, AsOfRows, AggregateRows, FirstRows, AppendingRows, ExpandRows, UnionRows, SetRows {

    /** Opens the state of a name. */
    @FunctionalInterface
    interface Stores extends Function<String, State> {}

    /** What an operator does with a change of one input. */
    @FunctionalInterface
    interface Step {
        void apply(Change change, Collector out);

        /** Gives the rows that are there before any input; called when the operator starts, after each restart again. */
        default void start(Collector out) {}

        /** Moves the operator's time on, and gives what changes by that; called once a second, and before a change where a second has passed. */
        default void tick(long nowMs, Collector out) {}

        /** Event time has come so far in a partition of the input. */
        default void watermark(int from, long time, Collector out) {}
    }

    /** Stable and unique in the plan: the name of its processor and the start of its stores' names. */
    String id();

    Calc calc();

    /** How the rows that go out are spread over partitions. */
    Spread spread();

    /** The operators before it. */
    List<Edge> inputs();

    Operator withCalc(Calc calc);

    /** What the operator keeps and works by, for the fingerprint and for explaining. */
    String describe();

    /** What it is, what it keeps and what a change costs it, for people. */
    String keeps();

    /** The name of the processor of each input. */
    default List<String> arms() {
        return List.of(id());
    }

    /** The names of its stores. */
    default List<String> stores() {
        return List.of();
    }

    /** For each input what is done with its changes; state is shared between them. */
    default List<Step> steps(Stores stores) {
        return List.of();
    }

    /** Whether rows change as time goes on. */
    default boolean isTimed() {
        return false;
    }

    /** Whether {@link Step#tick} is to be called. */
    default boolean hasTicks() {
        return isTimed();
    }

    /** Whether some of its rows may go to quarantine instead. */
    default boolean canReject() {
        return calc().canFail();
    }

    /** Whether it needs to know how far event time has come. */
    default boolean hearsWatermarks() {
        return false;
    }

    /** The columns, before {@link #calc}, of which each combination has one row, both sides of an update in one change; empty where there is no such promise. */
    default Optional<List<Integer>> told() {
        return Optional.empty();
    }

    /** The partition key of the rows that are there before any input; empty where there are none. */
    default Optional<byte[]> startsAt() {
        return Optional.empty();
    }

    /** Whether its rows are only ever added, none taken back. */
    default boolean isAppendOnly() {
        return false;
    }

    default List<DataType> types() {
        return calc().types();
    }
}
