package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlKind;

/**
 * Filters and projections that follow each other, as one step from an input row to an output row or none.
 *
 * @param input type of the rows that come
 * @param conditions all must be true; tried in this order, before any projection
 * @param projections the output's columns over the input's
 * @param names the output's column names
 */
record Calc(RelDataType input, List<RexNode> conditions, List<RexNode> projections, List<String> names) {

    Calc {
        conditions = List.copyOf(conditions);
        projections = List.copyOf(projections);
        names = List.copyOf(names);
    }

    static Calc identity(RelDataType input) {
        List<RexNode> columns = new ArrayList<>();
        for (int i = 0; i < input.getFieldCount(); i++) {
            columns.add(RexInputRef.of(i, input));
        }
        return new Calc(input, List.of(), columns, input.getFieldNames());
    }

    /** This, and then a filter over its output. */
    Calc filter(RexNode condition) {
        List<RexNode> all = new ArrayList<>(conditions);
        all.addAll(RelOptUtil.conjunctions(over(condition)));
        return new Calc(input, all, projections, names);
    }

    /** This, and then a projection of its output. */
    Calc project(List<RexNode> columns, List<String> columnNames) {
        return new Calc(input, conditions, columns.stream().map(this::over).toList(), columnNames);
    }

    /** An expression over the output as one over the input. */
    RexNode over(RexNode expression) {
        return expression.accept(new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef ref) {
                return projections.get(ref.getIndex());
            }
        });
    }

    boolean isIdentity() {
        if (!conditions.isEmpty() || projections.size() != input.getFieldCount()) {
            return false;
        }
        for (int i = 0; i < projections.size(); i++) {
            if (!(projections.get(i) instanceof RexInputRef ref) || ref.getIndex() != i) {
                return false;
            }
        }
        return true;
    }

    /** Whether anything is computed; copying a column never fails. */
    boolean canFail() {
        return !conditions.isEmpty() || !projections.stream().allMatch(RexInputRef.class::isInstance);
    }

    /** The input column that an output column carries, as it is or as a wider integer. */
    OptionalInt carried(int output) {
        RexNode projection = projections.get(output);
        if (projection instanceof RexInputRef ref) {
            return OptionalInt.of(ref.getIndex());
        }
        if (projection instanceof RexCall cast
                && cast.getKind() == SqlKind.CAST
                && cast.getOperands().getFirst() instanceof RexInputRef ref
                && Types.fromCalcite(cast.getType())
                        .filter(DataType.BigInt.class::isInstance)
                        .isPresent()
                && Types.fromCalcite(ref.getType()).filter(Types::isInteger).isPresent()) {
            return OptionalInt.of(ref.getIndex());
        }
        return OptionalInt.empty();
    }

    List<DataType> types() {
        return projections.stream()
                .map(projection -> Types.fromCalcite(projection.getType())
                        .orElseThrow(() -> new Refusal(
                                Positions.of(projection),
                                "a column cannot be %s; cast it to a type of products"
                                        .formatted(projection.getType()))))
                .toList();
    }

    /** For the fingerprint and for explaining. */
    String describe() {
        StringBuilder text = new StringBuilder();
        if (!conditions.isEmpty()) {
            text.append(" where ").append(conditions);
        }
        text.append(" give ").append(projections);
        return text.toString();
    }
}
