package io.weir.kit.sql;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.util.SqlBasicVisitor;

/**
 * The part of SQL that is maintained. Whatever is not named here is refused, at its place, with what to write instead.
 *
 * <p>{@link #checkShape} looks at the query as written, {@link #checkCalls} at the validated one, whose functions are known.
 */
final class Language {

    private static final Set<SqlKind> AGGREGATES =
            Set.of(SqlKind.COUNT, SqlKind.SUM, SqlKind.AVG, SqlKind.MIN, SqlKind.MAX);

    private static final Set<SqlKind> MODIFIERS =
            Set.of(SqlKind.WITHIN_GROUP, SqlKind.WITHIN_DISTINCT, SqlKind.RESPECT_NULLS, SqlKind.IGNORE_NULLS);

    private Language() {}

    static void checkShape(SqlNode query) {
        switch (query) {
            case SqlOrderBy order -> refuseOrder(order);
            case SqlWith with -> {
                for (SqlNode item : with.withList) {
                    SqlWithItem named = (SqlWithItem) item;
                    if (named.recursive.booleanValue()) {
                        throw new Refusal(
                                named.name.getParserPosition(),
                                "WITH RECURSIVE is not maintained; write the levels that you need as joins");
                    }
                    checkShape(named.query);
                }
                checkShape(with.body);
            }
            case SqlSelect select -> checkSelect(select);
            case SqlCall call -> refuseQuery(call);
            default -> throw new Refusal(query.getParserPosition(), "a model is one SELECT");
        }
    }

    private static void refuseOrder(SqlOrderBy order) {
        SqlParserPos position = order.orderList.isEmpty()
                ? (order.fetch != null ? order.fetch : order.query).getParserPosition()
                : order.orderList.get(0).getParserPosition();
        throw new Refusal(
                position,
                order.fetch != null || order.offset != null
                        ? "ORDER BY with LIMIT or OFFSET is not maintained; for the first row of each group write "
                                + "ROW_NUMBER() OVER (PARTITION BY ... ORDER BY ...) in a subquery and keep its 1"
                        : "a product has no order, so ORDER BY means nothing here; leave it out");
    }

    private static void refuseQuery(SqlCall call) {
        switch (call.getKind()) {
            case UNION, INTERSECT, EXCEPT ->
                throw new Refusal(
                        call.getParserPosition(),
                        call.getOperator().getName()
                                + " is not maintained; write one model for each part, or a join where the parts share a key");
            case VALUES ->
                throw new Refusal(
                        call.getParserPosition(), "VALUES is not maintained; write the rows as a CASE or a product");
            default -> throw new Refusal(call.getParserPosition(), "a model is one SELECT");
        }
    }

    private static void checkSelect(SqlSelect select) {
        SqlNode from = select.getFrom();
        if (from == null) {
            throw new Refusal(
                    select.getParserPosition(), "a SELECT needs a FROM: without an input no change would ever arrive");
        }
        if (select.getHints() != null && !select.getHints().isEmpty()) {
            throw new Refusal(select.getHints().getParserPosition(), "hints are not read; leave them out");
        }
        if (select.isKeywordPresent(SqlSelectKeyword.STREAM)) {
            throw new Refusal(select.getParserPosition(), "every model is a stream; write SELECT without STREAM");
        }
        if (select.isDistinct()) {
            throw new Refusal(
                    select.getParserPosition(),
                    "SELECT DISTINCT is not maintained; write GROUP BY over the same columns");
        }
        checkFrom(from);
        for (SqlNode item : select.getSelectList()) {
            checkExpression(item);
        }
        checkExpression(select.getWhere());
        checkExpression(select.getHaving());
        if (select.getGroup() != null) {
            if (select.getGroup().isEmpty()) {
                throw globalAggregate(select.getGroup().getParserPosition());
            }
            for (SqlNode key : select.getGroup()) {
                switch (key.getKind()) {
                    case ROLLUP, CUBE, GROUPING_SETS ->
                        throw new Refusal(
                                key.getParserPosition(),
                                ((SqlCall) key).getOperator().getName()
                                        + " is not maintained; write one model for each grouping");
                    case ROW -> {
                        if (((SqlCall) key).operandCount() == 0) {
                            throw globalAggregate(key.getParserPosition());
                        }
                    }
                    default -> {}
                }
                if (key instanceof SqlNodeList none && none.isEmpty()) {
                    throw globalAggregate(key.getParserPosition());
                }
                checkExpression(key);
            }
        }
        if (!select.getWindowList().isEmpty()) {
            throw new Refusal(
                    select.getWindowList().getParserPosition(),
                    "WINDOW is not maintained; write the window behind OVER");
        }
        if (select.getQualify() != null) {
            throw new Refusal(
                    select.getQualify().getParserPosition(),
                    "QUALIFY is not maintained; name the ROW_NUMBER() in a subquery and write WHERE name = 1 around it");
        }
    }

    static Refusal globalAggregate(SqlParserPos position) {
        return new Refusal(
                position,
                "an aggregate over all rows is not maintained; write GROUP BY over the columns that are the product's key");
    }

    private static void checkFrom(SqlNode from) {
        switch (from) {
            case SqlIdentifier _ -> {}
            case SqlJoin join -> checkJoin(join);
            case SqlCall call when call.getKind() == SqlKind.AS -> checkFrom(call.operand(0));
            case SqlCall call
            when call.getKind() == SqlKind.TABLE_REF
                    && call.operandCount() <= 2
                    && ((SqlNodeList) call.operand(1)).isEmpty() -> checkFrom(call.operand(0));
            case SqlCall call -> {
                switch (call.getKind()) {
                    case SELECT, WITH, ORDER_BY, UNION, INTERSECT, EXCEPT, VALUES -> checkShape(call);
                    case LATERAL ->
                        throw new Refusal(
                                call.getParserPosition(),
                                "LATERAL is not maintained; write a join with the condition behind ON");
                    case UNNEST ->
                        throw new Refusal(call.getParserPosition(), "UNNEST is not maintained; rows hold no lists");
                    case SNAPSHOT ->
                        throw new Refusal(
                                call.getParserPosition(),
                                "FOR SYSTEM_TIME AS OF is not maintained; join the current rows");
                    case TABLESAMPLE ->
                        throw new Refusal(
                                call.getParserPosition(), "TABLESAMPLE is not maintained; filter by a hash of the key");
                    default ->
                        throw new Refusal(
                                call.getParserPosition(),
                                "%s in FROM is not maintained; name a product or write a subquery"
                                        .formatted(call.getOperator().getName()));
                }
            }
            default -> throw new Refusal(from.getParserPosition(), "FROM takes products and subqueries");
        }
    }

    private static void checkJoin(SqlJoin join) {
        if (join.isNatural()) {
            throw new Refusal(
                    join.getParserPosition(),
                    "NATURAL JOIN is not maintained: a new column would change the query; name the columns behind ON");
        }
        SqlParserPos position = join.getJoinTypeNode().getParserPosition();
        switch (join.getJoinType()) {
            case INNER, LEFT, COMMA -> {}
            case CROSS ->
                throw new Refusal(
                        position, "CROSS JOIN is not maintained; write JOIN ... ON with an equality between the two");
            case RIGHT -> throw new Refusal(position, "RIGHT JOIN is not maintained; swap the two and write LEFT JOIN");
            case FULL ->
                throw new Refusal(
                        position, "FULL JOIN is not maintained; write LEFT JOIN from the side that has every key");
            default ->
                throw new Refusal(
                        position,
                        join.getJoinType().name().replace('_', ' ')
                                + " JOIN is not maintained; write JOIN or LEFT JOIN");
        }
        checkFrom(join.getLeft());
        checkFrom(join.getRight());
        checkExpression(join.getCondition());
    }

    private static void checkExpression(@org.jspecify.annotations.Nullable SqlNode expression) {
        if (expression != null) {
            expression.accept(new ShapeOfExpressions());
        }
    }

    /** Refuses queries inside expressions. */
    private static final class ShapeOfExpressions extends SqlBasicVisitor<Void> {
        @Override
        public Void visit(SqlCall call) {
            switch (call.getKind()) {
                case SELECT, WITH, ORDER_BY, UNION, INTERSECT, EXCEPT, VALUES ->
                    throw new Refusal(
                            call.getParserPosition(),
                            "a subquery inside an expression is not maintained; write it as a join");
                case EXISTS, SOME, ALL, SCALAR_QUERY ->
                    throw new Refusal(
                            call.getParserPosition(),
                            call.getOperator().getName()
                                    + " with a subquery is not maintained; write a join with the subquery, grouped by its key");
                case IN, NOT_IN -> {
                    if (!(call.operand(1) instanceof SqlNodeList)) {
                        throw new Refusal(
                                call.getParserPosition(),
                                call.getOperator().getName()
                                        + " with a subquery is not maintained; write a join with the subquery, grouped by its key");
                    }
                }
                case ARRAY_QUERY_CONSTRUCTOR, MULTISET_QUERY_CONSTRUCTOR, MAP_QUERY_CONSTRUCTOR, CURSOR ->
                    throw new Refusal(
                            call.getParserPosition(),
                            "a subquery inside an expression is not maintained; write it as a join");
                default -> {}
            }
            return super.visit(call);
        }
    }

    /** Refuses calls that are not maintained: of functions that change by themselves, of other aggregates and windows. */
    static void checkCalls(SqlNode validated) {
        validated.accept(new Calls());
        new Groups().check(validated);
    }

    private static final class Calls extends SqlBasicVisitor<Void> {

        private final Set<SqlNode> windowed = new HashSet<>();

        @Override
        public Void visit(SqlCall call) {
            SqlOperator operator = call.getOperator();
            SqlParserPos position = call.getParserPosition();
            if (call.getKind() == SqlKind.OVER) {
                checkOver(call);
            } else if (call.getKind() == SqlKind.FILTER) {
                // its aggregate is visited by itself
            } else if (operator instanceof SqlAggFunction aggregate && !windowed.contains(call)) {
                checkAggregate(call, aggregate);
            } else if (MODIFIERS.contains(call.getKind())) {
                throw new Refusal(position, operator.getName() + " is not maintained; leave it out");
            } else if (operator.isDynamicFunction() || !operator.isDeterministic()) {
                throw timely(position, operator.getName());
            } else if (call.getKind() == SqlKind.CAST) {
                checkCast(call);
            }
            return super.visit(call);
        }

        private static Refusal timely(SqlParserPos position, String name) {
            return new Refusal(
                    position,
                    name
                            + " changes without any input changing, so its result cannot be maintained; use a timestamp column of the row");
        }

        private static void checkAggregate(SqlCall call, SqlAggFunction aggregate) {
            SqlParserPos position = call.getParserPosition();
            if (!AGGREGATES.contains(aggregate.getKind())) {
                throw new Refusal(
                        position,
                        aggregate.getName()
                                + " is not maintained; the aggregates are COUNT, SUM, AVG, MIN and MAX, each with FILTER (WHERE ...)");
            }
            SqlLiteral quantifier = call.getFunctionQuantifier();
            if (quantifier != null && quantifier.symbolValue(SqlSelectKeyword.class) == SqlSelectKeyword.DISTINCT) {
                throw new Refusal(
                        position,
                        aggregate.getName()
                                + "(DISTINCT ...) is not maintained; group by the column in a subquery and aggregate that");
            }
            if (call.operandCount() > 1) {
                throw new Refusal(
                        position,
                        aggregate.getName() + " of several columns is not maintained; write one column, or COUNT(*)");
            }
        }

        private void checkOver(SqlCall over) {
            SqlCall function = over.operand(0);
            windowed.add(function);
            SqlParserPos position = function.getParserPosition();
            if (function.getKind() != SqlKind.ROW_NUMBER) {
                throw new Refusal(
                        position,
                        function.getOperator().getName()
                                + " OVER is not maintained; of the window functions there is ROW_NUMBER() = 1");
            }
            if (over.operand(1) instanceof SqlWindow window) {
                if (window.getPartitionList().isEmpty()) {
                    throw new Refusal(
                            position,
                            "ROW_NUMBER() over all rows is not maintained; write PARTITION BY the columns of which each value has a first row");
                }
                if (window.getOrderList().isEmpty()) {
                    throw new Refusal(
                            position,
                            "ROW_NUMBER() without ORDER BY numbers the rows as it likes; write ORDER BY the column that says which is first");
                }
            }
        }

        private static void checkCast(SqlCall cast) {
            if (cast.operand(1) instanceof SqlDataTypeSpec spec
                    && spec.getTypeNameSpec() instanceof SqlBasicTypeNameSpec basic) {
                String name = basic.getTypeName().getSimple();
                if (SqlTypeName.get(name) == SqlTypeName.DECIMAL && basic.getPrecision() < 0) {
                    throw new Refusal(
                            spec.getParserPosition(),
                            "%s without digits is not maintained; say how many: %s(12, 2)".formatted(name, name));
                }
                if (SqlTypeName.get(name) == SqlTypeName.SMALLINT || SqlTypeName.get(name) == SqlTypeName.TINYINT) {
                    throw new Refusal(spec.getParserPosition(), name + " is not a type of products; write INTEGER");
                }
            }
        }
    }

    /** Refuses aggregates over all rows. */
    private static final class Groups extends SqlBasicVisitor<Void> {

        void check(SqlNode query) {
            query.accept(this);
        }

        @Override
        public Void visit(SqlCall call) {
            if (call instanceof SqlSelect select && select.getGroup() == null) {
                SqlNode aggregate = select.getHaving();
                for (SqlNode item : select.getSelectList()) {
                    if (aggregate == null) {
                        aggregate = item.accept(new FirstAggregate());
                    }
                }
                if (aggregate != null) {
                    throw globalAggregate(aggregate.getParserPosition());
                }
            }
            return super.visit(call);
        }
    }

    private static final class FirstAggregate extends SqlBasicVisitor<@org.jspecify.annotations.Nullable SqlNode> {
        @Override
        public @org.jspecify.annotations.Nullable SqlNode visit(SqlCall call) {
            if (call.getKind() == SqlKind.OVER || call instanceof SqlSelect) {
                return null;
            }
            if (call.getOperator() instanceof SqlAggFunction) {
                return call;
            }
            for (SqlNode operand : call.getOperandList()) {
                SqlNode found = operand == null ? null : operand.accept(this);
                if (found != null) {
                    return found;
                }
            }
            return null;
        }

        @Override
        public @org.jspecify.annotations.Nullable SqlNode visit(SqlNodeList nodes) {
            for (SqlNode node : List.copyOf(nodes.getList())) {
                SqlNode found = node.accept(this);
                if (found != null) {
                    return found;
                }
            }
            return null;
        }
    }
}
