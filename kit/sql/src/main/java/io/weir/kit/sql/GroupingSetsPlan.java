package io.weir.kit.sql;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/** Plans ROLLUP, CUBE and GROUPING SETS: the rows once for each set, grouped by the set's number too, from which GROUPING(...) is read. */
final class GroupingSetsPlan {

    private final PlanBuilder plan;
    private final LogicalAggregate aggregate;
    private final List<Integer> keys;
    private final List<Set<Integer>> sets;

    GroupingSetsPlan(PlanBuilder plan, LogicalAggregate aggregate) {
        this.plan = plan;
        this.aggregate = aggregate;
        this.keys = aggregate.getGroupSet().asList();
        this.sets = aggregate.getGroupSets().stream()
                .map(set -> set.asList().stream().map(keys::indexOf).collect(Collectors.toSet()))
                .toList();
    }

    /** The input's rows, once for each set. */
    ExpandRows expanded(Operator input) {
        RelDataType row = aggregate.getInput().getRowType();
        RelDataTypeFactory.Builder type = plan.types().builder();
        for (int key : keys) {
            RelDataTypeField field = row.getFieldList().get(key);
            type.add("key$" + field.getName(), plan.types().createTypeWithNullability(field.getType(), true));
        }
        type.add("set$", plan.types().createSqlType(SqlTypeName.INTEGER));
        row.getFieldList().forEach(type::add);
        return new ExpandRows(plan.name("expand"), Edge.direct(input), keys, sets, Calc.identity(type.build()));
    }

    /** By what the expanded rows are grouped. */
    List<Integer> expandedKeys() {
        List<Integer> columns = new ArrayList<>();
        for (int i = 0; i <= keys.size(); i++) {
            columns.add(i);
        }
        return columns;
    }

    /** How far the input's columns are to the right in the expanded rows. */
    int shift() {
        return keys.size() + 1;
    }

    /** The key of the group of all rows; null where no set is empty. */
    @Nullable
    List<@Nullable Object> always() {
        for (int set = 0; set < sets.size(); set++) {
            if (sets.get(set).isEmpty()) {
                List<@Nullable Object> key = new ArrayList<>();
                keys.forEach(_ -> key.add(null));
                key.add(set);
                return key;
            }
        }
        return null;
    }

    /** The query's columns over the grouped ones: keys, set, calls other than GROUPING. */
    Calc calc(List<AggregateCall> computed) {
        RexBuilder rex = plan.rexBuilder();
        List<RelDataTypeField> fields = aggregate.getRowType().getFieldList();
        RelDataTypeFactory.Builder type = plan.types().builder();
        for (int i = 0; i < keys.size(); i++) {
            type.add(
                    fields.get(i).getName(),
                    plan.types().createTypeWithNullability(fields.get(i).getType(), true));
        }
        RelDataType number = plan.types().createSqlType(SqlTypeName.INTEGER);
        type.add("set$", number);
        for (AggregateCall call : computed) {
            type.add("call$" + type.getFieldCount(), call.getType());
        }
        RelDataType grouped = type.build();
        List<RexNode> columns = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            columns.add(RexInputRef.of(i, grouped));
        }
        for (AggregateCall call : aggregate.getAggCallList()) {
            int position = computed.indexOf(call);
            columns.add(
                    position >= 0
                            ? RexInputRef.of(shift() + position, grouped)
                            : grouping(call, RexInputRef.of(keys.size(), grouped), rex));
        }
        return new Calc(grouped, List.of(), columns, aggregate.getRowType().getFieldNames());
    }

    /** A bit for each argument, the first one highest, set where the grouping set leaves it out. */
    private RexNode grouping(AggregateCall call, RexNode set, RexBuilder rex) {
        List<RexNode> cases = new ArrayList<>();
        for (int i = 0; i < sets.size(); i++) {
            long bits = 0;
            for (int argument : call.getArgList()) {
                bits = (bits << 1) | (sets.get(i).contains(keys.indexOf(argument)) ? 0 : 1);
            }
            if (i < sets.size() - 1) {
                cases.add(rex.makeCall(
                        SqlStdOperatorTable.EQUALS, set, rex.makeExactLiteral(BigDecimal.valueOf(i), set.getType())));
            }
            cases.add(rex.makeExactLiteral(BigDecimal.valueOf(bits), call.getType()));
        }
        return cases.size() == 1 ? cases.getFirst() : rex.makeCall(call.getType(), SqlStdOperatorTable.CASE, cases);
    }
}
