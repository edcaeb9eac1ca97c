package io.weir.kit.sql;

import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/**
 * The part of SQL that is maintained, as a query is written. Whatever is not named here or in {@link LanguageCalls} is refused, at its place, with what to write
 * instead.
 */
final class Language {

    private static final Set<SqlKind> SET_OPERATIONS = Set.of(SqlKind.UNION, SqlKind.INTERSECT, SqlKind.EXCEPT);

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
            case SqlCall call
            when SET_OPERATIONS.contains(call.getKind()) ->
                call.getOperandList().forEach(Language::checkShape);
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
        checkFrom(from);
        for (SqlNode item : select.getSelectList()) {
            checkExpression(item);
        }
        checkExpression(select.getWhere());
        checkExpression(select.getHaving());
        if (select.getGroup() != null) {
            for (SqlNode key : select.getGroup()) {
                switch (key.getKind()) {
                    case ROLLUP, CUBE, GROUPING_SETS ->
                        throw new Refusal(
                                key.getParserPosition(),
                                ((SqlCall) key).getOperator().getName()
                                        + " is not maintained; write one model for each grouping");
                    default -> {}
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
            case INNER, LEFT, RIGHT, FULL, CROSS, COMMA -> {}
            default ->
                throw new Refusal(
                        position,
                        join.getJoinType().name().replace('_', ' ')
                                + " JOIN is not maintained; write JOIN, LEFT, RIGHT, FULL or CROSS JOIN");
        }
        checkFrom(join.getLeft());
        checkFrom(join.getRight());
        checkExpression(join.getCondition());
    }

    private static void checkExpression(@Nullable SqlNode expression) {
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
}
