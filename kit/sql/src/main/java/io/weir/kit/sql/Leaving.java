package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import java.util.List;

/**
 * The way of rows that leave an operator for another partition.
 *
 * @param store the {@link io.weir.kit.stream.PreCommit} that holds them until the commit
 * @param partitions of the repartition topic; 0 where they stay in the task, and go on by themselves
 */
record Leaving(String store, List<DataType> types, int partitions) {}
