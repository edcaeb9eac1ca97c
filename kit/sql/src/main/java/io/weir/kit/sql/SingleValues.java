package io.weir.kit.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/**
 * The value of a scalar subquery: the one row's, which is looked at where it is used, so that of a subquery with several rows the outer row goes to quarantine.
 *
 * <p>A group holds its least value and how many rows there are; above the join the value is taken if there is no more than one.
 */
final class SingleValues extends RelHomogeneousShuttle {

    private static final SqlFunction IS_ONLY = PostgresExpressions.function(
            "is_only_row", "isOnlyRow", org.apache.calcite.sql.type.ReturnTypes.BOOLEAN_NULLABLE);

    private final RexBuilder rexBuilder;

    SingleValues(RexBuilder rexBuilder) {
        this.rexBuilder = rexBuilder;
    }

    @Override
    public RelNode visit(RelNode other) {
        if (other instanceof LogicalJoin join && join.getJoinType().projectsRight() && isSingle(join.getRight())) {
            RelNode right = ((LogicalAggregate) join.getRight()).getInput().accept(this);
            LogicalAggregate aggregate =
                    (LogicalAggregate) join.getRight().copy(join.getRight().getTraitSet(), List.of(right));
            return isUnique(aggregate)
                    ? super.visit(other)
                    : checkedAbove(join, join.getLeft().accept(this), aggregate);
        }
        RelNode visited = super.visit(other);
        if (!isSingle(visited)) {
            return visited;
        }
        LogicalAggregate aggregate = (LogicalAggregate) visited;
        return isUnique(aggregate)
                ? onlyRow(aggregate)
                : checked(counted(aggregate), aggregate, 0, aggregate.getRowType());
    }

    private static boolean isSingle(@Nullable RelNode node) {
        return node instanceof LogicalAggregate aggregate
                && aggregate.getAggCallList().stream()
                        .anyMatch(call -> call.getAggregation().getKind() == SqlKind.SINGLE_VALUE);
    }

    private static boolean isUnique(LogicalAggregate aggregate) {
        return aggregate.getAggCallList().stream()
                        .allMatch(call -> call.getAggregation().getKind() == SqlKind.SINGLE_VALUE)
                && Boolean.TRUE.equals(aggregate
                        .getCluster()
                        .getMetadataQuery()
                        .areColumnsUnique(aggregate.getInput(), aggregate.getGroupSet()));
    }

    /** There is one row per group, and so its value. */
    private RelNode onlyRow(LogicalAggregate aggregate) {
        List<RexNode> columns = new ArrayList<>();
        RelDataType input = aggregate.getInput().getRowType();
        aggregate.getGroupSet().forEach(column -> columns.add(RexInputRef.of(column, input)));
        aggregate
                .getAggCallList()
                .forEach(call -> columns.add(RexInputRef.of(call.getArgList().getFirst(), input)));
        return LogicalProject.create(
                aggregate.getInput(),
                List.of(),
                typed(columns, aggregate.getRowType()),
                aggregate.getRowType().getFieldNames(),
                Set.of());
    }

    private RelNode checkedAbove(LogicalJoin join, RelNode left, LogicalAggregate aggregate) {
        int width = left.getRowType().getFieldCount();
        int values = width + aggregate.getGroupCount();
        List<RexNode> by = new ArrayList<>();
        List<RexNode> after = new ArrayList<>();
        for (RexNode conjunct : RelOptUtil.conjunctions(join.getCondition())) {
            (RelOptUtil.InputFinder.bits(conjunct).length() <= values ? by : after).add(conjunct);
        }
        if (!after.isEmpty() && join.getJoinType() != JoinRelType.INNER) {
            return join.copy(
                    join.getTraitSet(),
                    List.of(left, checked(counted(aggregate), aggregate, 0, aggregate.getRowType())));
        }
        RelNode joined = LogicalJoin.create(
                left,
                counted(aggregate),
                List.of(),
                RexUtil.composeConjunction(rexBuilder, by),
                Set.of(),
                join.getJoinType());
        RelNode checked = checked(joined, aggregate, width, join.getRowType());
        return after.isEmpty() ? checked : LogicalFilter.create(checked, RexUtil.composeConjunction(rexBuilder, after));
    }

    /** The aggregate with least values for single ones, and the number of rows behind. */
    private LogicalAggregate counted(LogicalAggregate aggregate) {
        List<AggregateCall> calls = new ArrayList<>();
        for (AggregateCall call : aggregate.getAggCallList()) {
            calls.add(
                    call.getAggregation().getKind() == SqlKind.SINGLE_VALUE
                            ? AggregateCall.create(
                                    SqlStdOperatorTable.MIN,
                                    false,
                                    false,
                                    false,
                                    List.of(),
                                    call.getArgList(),
                                    call.filterArg,
                                    null,
                                    RelCollations.EMPTY,
                                    call.getType(),
                                    call.getName())
                            : call);
        }
        calls.add(AggregateCall.create(
                SqlStdOperatorTable.COUNT,
                false,
                false,
                false,
                List.of(),
                List.of(),
                -1,
                null,
                RelCollations.EMPTY,
                rexBuilder.getTypeFactory().createSqlType(SqlTypeName.BIGINT),
                "subquery_rows"));
        return LogicalAggregate.create(
                aggregate.getInput(), List.of(), aggregate.getGroupSet(), aggregate.getGroupSets(), calls);
    }

    /** {@code rows} without its last column, the number of rows, and each single value only where that is 1. */
    private RelNode checked(RelNode rows, LogicalAggregate aggregate, int offset, RelDataType type) {
        int count = rows.getRowType().getFieldCount() - 1;
        RexNode only = rexBuilder.makeCall(IS_ONLY, rexBuilder.makeInputRef(rows, count));
        List<RexNode> columns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RexNode column = rexBuilder.makeInputRef(rows, i);
            int call = i - offset - aggregate.getGroupCount();
            boolean single = call >= 0
                    && aggregate.getAggCallList().get(call).getAggregation().getKind() == SqlKind.SINGLE_VALUE;
            columns.add(
                    single
                            ? rexBuilder.makeCall(
                                    SqlStdOperatorTable.CASE,
                                    only,
                                    column,
                                    rexBuilder.makeNullLiteral(column.getType()))
                            : column);
        }
        return LogicalProject.create(rows, List.of(), typed(columns, type), type.getFieldNames(), Set.of());
    }

    private List<RexNode> typed(List<RexNode> columns, RelDataType type) {
        List<RexNode> typed = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            RelDataType wanted = type.getFieldList().get(i).getType();
            RexNode column = columns.get(i);
            typed.add(column.getType().equals(wanted) ? column : rexBuilder.makeAbstractCast(wanted, column, false));
        }
        return typed;
    }
}
