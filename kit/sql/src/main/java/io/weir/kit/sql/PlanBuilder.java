package io.weir.kit.sql;

import io.weir.kit.contract.ProductSettings.Emit;
import java.util.HashMap;
import java.util.Map;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalAsofJoin;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.logical.LogicalSort;
import org.apache.calcite.rel.logical.LogicalTableFunctionScan;
import org.apache.calcite.rel.logical.LogicalTableScan;
import org.apache.calcite.rel.logical.LogicalValues;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Turns Calcite's relational algebra into operators over changes; each kind of operator has a class that plans it. */
final class PlanBuilder {

    private final RexBuilder rexBuilder;
    private final Emit emit;
    private final SqlParserPos condition;
    private final Map<String, Integer> numbers = new HashMap<>();

    /** {@code condition} is the place of the query's condition, for what is wrong with one of which no more is known. */
    PlanBuilder(RexBuilder rexBuilder, Emit emit, SqlParserPos condition) {
        this.rexBuilder = rexBuilder;
        this.emit = emit;
        this.condition = condition;
    }

    /** When windows of event time that close are written. */
    Emit emit() {
        return emit;
    }

    RexBuilder rexBuilder() {
        return rexBuilder;
    }

    RelDataTypeFactory types() {
        return rexBuilder.getTypeFactory();
    }

    /** The operator that gives the rows of {@code rel}, with all that follows it. */
    Operator rows(RelNode rel) {
        return sealed(visit(rel));
    }

    private Building visit(RelNode rel) {
        return switch (rel) {
            case LogicalTableScan scan -> Building.of(new SourcePlan(this).of(scan));
            case LogicalProject project -> {
                Building below = visit(project.getInput());
                if (RexOver.containsOver(project.getProjects(), null)) {
                    below = new WindowPlan(this).settled(below);
                }
                yield new Building(
                        below.operator(),
                        below.calc()
                                .project(
                                        project.getProjects(),
                                        project.getRowType().getFieldNames()),
                        below.late());
            }
            case LogicalFilter filter -> new WindowPlan(this).filter(visit(filter.getInput()), filter.getCondition());
            case LogicalJoin join -> Building.of(new JoinPlan(this).of(join));
            case LogicalAsofJoin join -> Building.of(new AsOfPlan(this).of(join));
            case LogicalAggregate aggregate -> Building.of(new AggregatePlan(this).of(aggregate));
            case SetOp query -> Building.of(new SetPlan(this).of(query));
            case LogicalSort sort -> new WindowPlan(this).limited(sort, visit(sort.getInput()));
            case Unnest unnest ->
                Building.of(new UnnestRows(
                        name("unnest"),
                        Edge.direct(rows(unnest.getInput())),
                        unnest.spec(),
                        Calc.identity(unnest.getRowType())));
            case LogicalTableFunctionScan scan -> Building.of(new EventWindowPlan(this).of(scan));
            case LogicalValues _ ->
                throw new Refusal(
                        condition,
                        "a condition of this query is never true (such as IS NULL on a required column), so a part of it never has a row; leave the condition or the part out");
            default ->
                throw new Refusal(
                        SqlParserPos.ZERO,
                        "%s is not maintained; write it with joins, GROUP BY and ROW_NUMBER() = 1"
                                .formatted(rel.getRelTypeName().replace("Logical", "")));
        };
    }

    /** The operator with all that follows it. */
    Operator sealed(Building unsettled) {
        Building building = new TimePlan(this).settled(new WindowPlan(this).settled(unsettled));
        Operator sealed = building.operator().withCalc(building.calc());
        sealed.types(); // refuses columns that no row can hold
        return sealed instanceof Source source ? new SourcePlan(this).pruned(source) : sealed;
    }

    /** The next name of a kind: stable for one query. */
    String name(String kind) {
        return kind + "-" + numbers.merge(kind, 1, Integer::sum);
    }
}
