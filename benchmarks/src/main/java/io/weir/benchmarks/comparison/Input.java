package io.weir.benchmarks.comparison;

import io.weir.kit.contract.DataProduct.Kind;
import java.util.function.LongFunction;

/**
 * A product that a workload reads.
 *
 * @param kind whether its rows are only added, or replace each other
 * @param columns {@code "bronze.orders id bigint key, note varchar null"}
 * @param row its i-th row, the same in each run
 * @param share how many of its rows stand for one row of the workload, so that inputs grow together
 */
record Input(Kind kind, String columns, LongFunction<Object[]> row, double share) {

    long rows(long workload) {
        return (long) (workload * share);
    }
}
