package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.SetOperation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.type.SqlTypeUtil;

/** Plans UNION, INTERSECT and EXCEPT. */
final class SetPlan {

    private final PlanBuilder plan;

    SetPlan(PlanBuilder plan) {
        this.plan = plan;
    }

    Operator of(SetOp query) {
        RelDataType type = query.getRowType();
        List<Operator> inputs = query.getInputs().stream()
                .map(input -> typed(plan.rows(input), type))
                .toList();
        return switch (query.kind) {
            case UNION -> query.all ? union(inputs, type) : set(SetOperation.Kind.UNION, inputs, type);
            case INTERSECT ->
                set(query.all ? SetOperation.Kind.INTERSECT_ALL : SetOperation.Kind.INTERSECT, inputs, type);
            case EXCEPT -> set(query.all ? SetOperation.Kind.EXCEPT_ALL : SetOperation.Kind.EXCEPT, inputs, type);
            default -> throw new IllegalStateException("no set operation: " + query.kind);
        };
    }

    private Operator union(List<Operator> inputs, RelDataType type) {
        List<Edge> edges = inputs.stream().map(Edge::direct).toList();
        return new UnionRows(plan.name("union"), edges, common(edges), Calc.identity(type));
    }

    private Operator set(SetOperation.Kind kind, List<Operator> inputs, RelDataType type) {
        String id = plan.name(kind.name().split("_", 2)[0].toLowerCase(java.util.Locale.ROOT));
        List<DataType> types = inputs.getFirst().types();
        List<Edge> edges = alike(id, inputs, types);
        return new SetRows(id, kind, edges, types, common(edges), Calc.identity(type));
    }

    /** The operator's rows in the types of the query, so that equal rows have equal bytes. */
    private Operator typed(Operator input, RelDataType type) {
        List<RexNode> columns = new ArrayList<>();
        for (int i = 0; i < type.getFieldCount(); i++) {
            RelDataType given = input.calc().projections().get(i).getType();
            RelDataTypeField field = type.getFieldList().get(i);
            RexNode column = new RexInputRef(i, given);
            columns.add(
                    SqlTypeUtil.equalSansNullability(plan.types(), given, field.getType())
                            ? column
                            : plan.rexBuilder()
                                    .makeCast(
                                            plan.types().createTypeWithNullability(field.getType(), given.isNullable()),
                                            column));
        }
        return input.withCalc(input.calc().project(columns, type.getFieldNames()));
    }

    /** Brings equal rows of all inputs to one partition: where one of them lies right already, the others follow it. */
    private static List<Edge> alike(String id, List<Operator> inputs, List<DataType> types) {
        List<Integer> all = IntStream.range(0, types.size()).boxed().toList();
        List<Integer> columns = all;
        int partitions = 1;
        for (Operator input : inputs) {
            partitions = Math.max(partitions, input.spread().partitions());
        }
        for (Operator input : inputs) {
            List<Integer> laid = input.spread().positionsIn(all);
            if (!laid.isEmpty()) {
                columns = laid;
                partitions = input.spread().partitions();
                break;
            }
        }
        List<Edge> edges = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            Operator input = inputs.get(i);
            edges.add(
                    liesBy(input.spread(), columns, types, partitions)
                            ? Edge.direct(input)
                            : Edge.moved("%s-input-%d".formatted(id, i + 1), input, columns, partitions));
        }
        return edges;
    }

    private static boolean liesBy(Spread spread, List<Integer> columns, List<DataType> types, int partitions) {
        if (spread.partitions() != partitions || spread.slots().size() != columns.size()) {
            return false;
        }
        for (int i = 0; i < columns.size(); i++) {
            if (!spread.slots().get(i).contains(columns.get(i))
                    || !Types.spreadAlike(spread.types().get(i), types.get(columns.get(i)))) {
                return false;
            }
        }
        return true;
    }

    /** How the rows of several inputs lie together: as each of them does, if all do alike. */
    private static Spread common(List<Edge> edges) {
        Spread first = edges.getFirst().spread();
        int partitions = first.partitions();
        List<Set<Integer>> slots =
                new ArrayList<>(first.slots().stream().map(HashSet::new).toList());
        boolean alike = true;
        for (Edge edge : edges) {
            Spread spread = edge.spread();
            alike &= spread.partitions() == first.partitions() && Types.spreadAlike(spread.types(), first.types());
            partitions = Math.max(partitions, spread.partitions());
            for (int i = 0; i < slots.size() && alike; i++) {
                slots.get(i).retainAll(spread.slots().get(i));
            }
        }
        return alike ? new Spread(slots, first.types(), partitions) : Spread.unknown(partitions);
    }
}
