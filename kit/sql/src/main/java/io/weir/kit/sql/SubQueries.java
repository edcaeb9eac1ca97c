package io.weir.kit.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptRule;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.RelRule;
import org.apache.calcite.plan.hep.HepPlanner;
import org.apache.calcite.plan.hep.HepProgram;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.rules.CoreRules;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql2rel.TopDownGeneralDecorrelator;
import org.apache.calcite.tools.RelBuilder;
import org.apache.calcite.tools.RelBuilderFactory;

/**
 * Turns the queries inside a query's expressions into joins: IN, EXISTS, SOME and ALL into joins that say whether a row has a partner ({@link MarkJoins}), scalar
 * queries into left joins; what depends on the outer row moves into the join's condition.
 *
 * <p>Sources: Neumann, Kemper, "Unnesting Arbitrary Queries", BTW 2015; Neumann, Leis, Kemper, "The Complete Story of Joins (in HyPer)", BTW 2017.
 */
final class SubQueries {

    /** Correlation inside what another correlation made takes another round. */
    private static final int ROUNDS = 8;

    private final RelBuilderFactory builders;
    private final RelBuilder builder;
    private final SqlParserPos first;

    /** {@code first} is where the query's first subquery stands. */
    SubQueries(RelBuilderFactory builders, RelBuilder builder, SqlParserPos first) {
        this.builders = builders;
        this.builder = builder;
        this.first = first;
    }

    RelNode remove(RelNode query) {
        if (!has(query)) {
            return query;
        }
        RelNode plain = run(
                query.accept(new OutOfJoins()),
                CoreRules.FILTER_SUB_QUERY_TO_MARK_CORRELATE,
                CoreRules.PROJECT_SUB_QUERY_TO_MARK_CORRELATE);
        refuseOuterRecords(plain);
        RexBuilder rexBuilder = builder.getRexBuilder();
        for (int round = 0; round < ROUNDS && isCorrelated(plain); round++) {
            plain = decorrelated(
                    plain.accept(new CorrelatedFilters(rexBuilder)).accept(new OuterEqualities(rexBuilder)));
        }
        if (isCorrelated(plain) || has(plain)) {
            throw dependent();
        }
        return plain.accept(new SingleValues(rexBuilder)).accept(new MarkJoins(rexBuilder));
    }

    private RelNode decorrelated(RelNode query) {
        try {
            return TopDownGeneralDecorrelator.decorrelateQuery(query, builder);
        } catch (RuntimeException | AssertionError _) { // what it does not know, it finds out late
            throw dependent();
        }
    }

    /**
     * What a scalar query takes of the row around it, Calcite's decorrelation joins with again: a record by its fields as columns, of which two nulls are not equal;
     * in records they are.
     */
    private void refuseOuterRecords(RelNode query) {
        if (query instanceof Correlate correlate && correlate.getJoinType() != JoinRelType.LEFT_MARK) {
            RexShuttle records = new RexShuttle() {
                @Override
                public RexNode visitFieldAccess(RexFieldAccess column) {
                    if (column.getType().isStruct()
                            && column.getReferenceExpr() instanceof RexCorrelVariable outer
                            && outer.id.equals(correlate.getCorrelationId())) {
                        throw new Refusal(
                                first,
                                "a subquery of one value that takes a whole record of the row around it is not maintained; compare the fields: a.record.x = b.record.x");
                    }
                    return column;
                }
            };
            correlate.getRight().accept(new RelHomogeneousShuttle() {
                @Override
                public RelNode visit(RelNode other) {
                    return super.visit(other.accept(records));
                }
            });
        }
        query.getInputs().forEach(this::refuseOuterRecords);
    }

    private Refusal dependent() {
        return new Refusal(
                first,
                "this subquery depends on the row around it in a way that no join can express; write a join with the subquery, grouped by its key");
    }

    private RelNode run(RelNode query, RelOptRule... rules) {
        HepProgram program = HepProgram.builder()
                .addRuleCollection(java.util.Arrays.stream(rules)
                        .<RelOptRule>map(rule -> ((RelRule<?>) rule)
                                .config
                                .withRelBuilderFactory(builders)
                                .toRule())
                        .toList())
                .build();
        // Equal subqueries of different rows must not become one node.
        HepPlanner planner = new HepPlanner(program, null, true, null, org.apache.calcite.plan.RelOptCostImpl.FACTORY);
        planner.setRoot(query);
        return planner.findBestExp();
    }

    private static boolean isCorrelated(RelNode query) {
        return query instanceof Correlate || query.getInputs().stream().anyMatch(SubQueries::isCorrelated);
    }

    private static boolean has(RelNode query) {
        boolean[] found = new boolean[1];
        query.accept(new RelHomogeneousShuttle() {
            @Override
            public RelNode visit(RelNode other) {
                other.accept(new RexShuttle() {
                    @Override
                    public RexNode visitSubQuery(RexSubQuery subQuery) {
                        found[0] = true;
                        return subQuery;
                    }
                });
                return super.visit(other);
            }
        });
        return found[0];
    }

    static boolean has(RexNode expression) {
        boolean[] found = new boolean[1];
        expression.accept(new RexVisitorImpl<Void>(true) {
            @Override
            public Void visitSubQuery(RexSubQuery subQuery) {
                found[0] = true;
                return null;
            }
        });
        return found[0];
    }

    /** A condition of an inner join that holds a query is a filter over the join. */
    private final class OutOfJoins extends RelHomogeneousShuttle {
        @Override
        public RelNode visit(RelNode other) {
            RelNode visited = super.visit(other);
            if (!(visited instanceof LogicalJoin join) || !has(join.getCondition())) {
                return visited;
            }
            if (join.getJoinType() != JoinRelType.INNER) {
                throw new Refusal(
                        first,
                        "a subquery behind ON of an outer join is not maintained; join with the subquery itself, grouped by its key");
            }
            List<RexNode> with = new ArrayList<>();
            List<RexNode> without = new ArrayList<>();
            for (RexNode conjunct : RelOptUtil.conjunctions(join.getCondition())) {
                (has(conjunct) ? with : without).add(conjunct);
            }
            RexBuilder rexBuilder = builder.getRexBuilder();
            RelNode joined = LogicalJoin.create(
                    join.getLeft(),
                    join.getRight(),
                    join.getHints(),
                    RexUtil.composeConjunction(rexBuilder, without),
                    Set.of(),
                    JoinRelType.INNER);
            return LogicalFilter.create(
                    joined,
                    RexUtil.composeConjunction(rexBuilder, with),
                    com.google.common.collect.ImmutableSet.copyOf(join.getVariablesSet()));
        }
    }
}
