package io.weir.kit.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.SqlUtil;
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

    private static final Set<String> EVENT_WINDOWS = Set.of("TUMBLE", "HOP", "SESSION");

    private Language() {}

    static void checkShape(SqlNode query) {
        switch (query) {
            case SqlOrderBy order -> checkOrder(order);
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

    /** ORDER BY and LIMIT have a meaning for a maintained result only together. */
    private static void checkOrder(SqlOrderBy order) {
        if (order.fetch == null) {
            throw new Refusal(
                    (order.orderList.isEmpty()
                                    ? order.offset == null ? order.query : order.offset
                                    : order.orderList.get(0))
                            .getParserPosition(),
                    order.offset != null
                            ? "OFFSET without LIMIT is not maintained; write LIMIT too, or keep what ROW_NUMBER() OVER (ORDER BY ...) numbers higher"
                            : "a product has no order, so ORDER BY means nothing here; leave it out");
        }
        if (order.orderList.isEmpty()) {
            throw new Refusal(
                    order.fetch.getParserPosition(),
                    "LIMIT without ORDER BY picks rows by chance, so its result cannot be maintained; write ORDER BY");
        }
        if (!(order.fetch instanceof SqlLiteral) || (order.offset != null && !(order.offset instanceof SqlLiteral))) {
            throw new Refusal(order.fetch.getParserPosition(), "LIMIT and OFFSET take a number");
        }
        checkShape(order.query);
    }

    private static void refuseQuery(SqlCall call) {
        switch (call.getKind()) {
            case VALUES ->
                throw new Refusal(
                        call.getParserPosition(),
                        "VALUES is not maintained; write the rows as a CASE, as reference/name.csv for CONFORM('name', x), or as a product");
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
                checkExpression(key);
            }
        }
        checkExpression(select.getQualify());
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
                    case COLLECTION_TABLE -> checkTableFunction(call);
                    case LATERAL ->
                        throw new Refusal(
                                call.getParserPosition(),
                                "LATERAL is not maintained; write a join with the condition behind ON, of the first rows of each with QUALIFY ROW_NUMBER() OVER (PARTITION BY ... ORDER BY ...) = 1");
                    case UNNEST -> {
                        if (call.operandCount() != 1 || !(call.operand(0) instanceof SqlIdentifier)) {
                            throw new Refusal(
                                    call.getParserPosition(),
                                    "UNNEST takes one array column of a relation before it; compute it in a subquery there");
                        }
                    }
                    case SNAPSHOT ->
                        throw new Refusal(
                                call.getParserPosition(),
                                "FOR SYSTEM_TIME AS OF stands at the right side of a JOIN whose left side has the time; join the product that keeps the versions");
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

    /** TUMBLE, HOP and SESSION over a product or a subquery. */
    private static void checkTableFunction(SqlCall table) {
        if (!(table.operand(0) instanceof SqlCall function)
                || !EVENT_WINDOWS.contains(function.getOperator().getName().toUpperCase(Locale.ROOT))
                || function.operandCount() == 0) {
            throw new Refusal(
                    table.getParserPosition(),
                    "of the table functions only TUMBLE, HOP and SESSION are maintained; write TABLE(TUMBLE(TABLE product, DESCRIPTOR(column), INTERVAL '1' HOUR))");
        }
        SqlNode of = function.operand(0);
        if (of instanceof SqlCall call && call.getKind() != SqlKind.EXPLICIT_TABLE) {
            checkShape(call);
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
            case ASOF, LEFT_ASOF -> {
                if (!(join instanceof TemporalJoins.Versions)) {
                    throw new Refusal(
                            position,
                            "ASOF JOIN is not maintained; write JOIN versions FOR SYSTEM_TIME AS OF the left side's time");
                }
            }
            default ->
                throw new Refusal(
                        position,
                        join.getJoinType().name().replace('_', ' ')
                                + " JOIN is not maintained; write JOIN, LEFT, RIGHT, FULL or CROSS JOIN");
        }
        if (isUnnest(join.getRight())
                && !(join.getConditionType() == JoinConditionType.NONE
                        || (join.getJoinType() == JoinType.LEFT && isTrue(join.getCondition())))) {
            throw new Refusal(
                    position,
                    "UNNEST stands behind CROSS JOIN, or LEFT JOIN ... ON TRUE for rows without elements, too; write further conditions behind WHERE");
        }
        checkFrom(join.getLeft());
        checkFrom(join.getRight());
        checkExpression(join.getCondition());
    }

    private static boolean isUnnest(SqlNode right) {
        return right.getKind() == SqlKind.UNNEST
                || (right.getKind() == SqlKind.AS && isUnnest(((SqlCall) right).operand(0)));
    }

    private static boolean isTrue(@Nullable SqlNode condition) {
        return condition instanceof SqlLiteral literal && Boolean.TRUE.equals(literal.getValue());
    }

    private static void checkExpression(@Nullable SqlNode expression) {
        if (expression != null) {
            expression.accept(new ShapeOfExpressions());
        }
    }

    /** Checks queries inside expressions. */
    private static final class ShapeOfExpressions extends SqlBasicVisitor<Void> {
        @Override
        public @Nullable Void visit(SqlCall call) {
            switch (call.getKind()) {
                case SELECT, WITH, ORDER_BY, UNION, INTERSECT, EXCEPT, VALUES -> {
                    checkShape(call);
                    return null;
                }
                case ARRAY_QUERY_CONSTRUCTOR, MULTISET_QUERY_CONSTRUCTOR, MAP_QUERY_CONSTRUCTOR, CURSOR ->
                    throw new Refusal(
                            call.getParserPosition(),
                            call.getOperator().getName()
                                    + " of a subquery is not maintained; aggregate in a subquery with GROUP BY and join it");
                case NOT_IN -> {
                    if (call.operand(1) instanceof SqlNodeList list
                            && list.stream().anyMatch(SqlUtil::isNull)) {
                        throw new Refusal(
                                call.getParserPosition(),
                                "NOT IN with NULL in its list is never true; leave NULL out, and write AND ... IS NOT NULL where it was meant");
                    }
                }
                default -> {
                    if (call.getOperator().getName().equalsIgnoreCase("mode")) {
                        throw new Refusal(
                                call.getParserPosition(),
                                "MODE is not maintained; count the values with GROUP BY, and keep the first with QUALIFY ROW_NUMBER() OVER (... ORDER BY n DESC, value) = 1");
                    }
                }
            }
            return super.visit(call);
        }
    }

    /** Where the query's condition stands; where the query does, if it has several or none. */
    static SqlParserPos onlyCondition(SqlNode query) {
        List<SqlNode> conditions = new ArrayList<>();
        query.accept(new SqlBasicVisitor<Void>() {
            @Override
            public @Nullable Void visit(SqlCall call) {
                if (call instanceof SqlSelect select) {
                    Stream.of(select.getWhere(), select.getHaving(), select.getQualify())
                            .filter(Objects::nonNull)
                            .forEach(conditions::add);
                } else if (call instanceof SqlJoin join && join.getCondition() != null) {
                    conditions.add(join.getCondition());
                }
                return super.visit(call);
            }
        });
        return (conditions.size() == 1 ? conditions.getFirst() : query).getParserPosition();
    }

    /** Where the first query inside an expression stands; nowhere if there is none. */
    static SqlParserPos firstSubQuery(SqlNode query) {
        SqlParserPos[] found = {SqlParserPos.ZERO};
        query.accept(new SqlBasicVisitor<Void>() {
            @Override
            public @Nullable Void visit(SqlCall call) {
                switch (call.getKind()) {
                    case EXISTS, SCALAR_QUERY, SOME, ALL -> found(call);
                    case IN, NOT_IN -> {
                        if (!(call.operand(1) instanceof SqlNodeList)) {
                            found(call);
                        }
                    }
                    default -> {}
                }
                return super.visit(call);
            }

            private void found(SqlCall call) {
                if (found[0].getLineNum() == 0) {
                    found[0] = call.getParserPosition();
                }
            }
        });
        return found[0];
    }
}
