package io.weir.kit.sql;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Domain;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlAsofJoin;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * {@code JOIN versions FOR SYSTEM_TIME AS OF l.t v ON v.k = l.k}: each left row with the version that was valid at its time.
 *
 * <p>A topic keeps one row per key, so versions are rows of their own: the product's primary key holds one date or timestamp, from which on a version is valid until
 * the next one of the same join key. What is joined is then a function of both tables, also when versions come late, are corrected or deleted; it is written as an
 * ASOF join, which Calcite knows.
 */
final class TemporalJoins extends SqlShuttle {

    /** A join that was written so. */
    static final class Versions extends SqlAsofJoin {
        Versions(
                SqlParserPos position,
                SqlNode left,
                SqlLiteral natural,
                SqlLiteral type,
                SqlNode right,
                SqlLiteral conditionType,
                @Nullable SqlNode condition,
                SqlNode match) {
            super(position, left, natural, type, right, conditionType, condition, match);
        }
    }

    private final Domain domain;

    TemporalJoins(Domain domain) {
        this.domain = domain;
    }

    SqlNode rewritten(SqlNode query) {
        SqlNode rewritten = query.accept(this);
        return rewritten == null ? query : rewritten;
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
        if (!(call instanceof SqlJoin join) || join instanceof SqlAsofJoin) {
            return super.visit(call);
        }
        SqlNode right = join.getRight();
        SqlNode versions = right.getKind() == SqlKind.AS ? ((SqlCall) right).operand(0) : right;
        if (versions.getKind() != SqlKind.SNAPSHOT) {
            return super.visit(call);
        }
        SqlNode left = join.getLeft().accept(this);
        SqlNode period = ((SqlCall) versions).operand(1);
        SqlParserPos position = period.getParserPosition();
        if (!(period instanceof SqlIdentifier)) {
            throw new Refusal(
                    position, "FOR SYSTEM_TIME AS OF takes a column of the left side; compute it in a subquery there");
        }
        JoinType type =
                switch (join.getJoinType()) {
                    case INNER -> JoinType.ASOF;
                    case LEFT -> JoinType.LEFT_ASOF;
                    default ->
                        throw new Refusal(
                                join.getJoinTypeNode().getParserPosition(),
                                "a temporal join is a JOIN or a LEFT JOIN; each row of the left side looks for its version");
                };
        if (join.getConditionType() != JoinConditionType.ON) {
            throw new Refusal(position, "a temporal join says behind ON whose version is meant: ON v.k = l.k");
        }
        SqlNode table = product(((SqlCall) versions).operand(0));
        SqlIdentifier time = time(table, alias(right, table));
        SqlNode match = SqlStdOperatorTable.GREATER_THAN_OR_EQUAL.createCall(position, period, time);
        SqlNode named = right.getKind() == SqlKind.AS
                ? new SqlBasicCall(SqlStdOperatorTable.AS, aliased(table, (SqlCall) right), right.getParserPosition())
                : table;
        return new Versions(
                join.getParserPosition(),
                left == null ? join.getLeft() : left,
                join.isNaturalNode(),
                type.symbol(join.getJoinTypeNode().getParserPosition()),
                named,
                join.getConditionTypeNode(),
                join.getCondition(),
                match);
    }

    private static List<SqlNode> aliased(SqlNode table, SqlCall as) {
        List<SqlNode> operands = new java.util.ArrayList<>(as.getOperandList());
        operands.set(0, table);
        return operands;
    }

    private static SqlNode product(SqlNode versioned) {
        if (versioned instanceof SqlIdentifier) {
            return versioned;
        }
        if (versioned.getKind() == SqlKind.TABLE_REF) {
            return ((SqlCall) versioned).operand(0);
        }
        throw new Refusal(
                versioned.getParserPosition(),
                "FOR SYSTEM_TIME AS OF follows the name of a product, whose contract says when a version begins");
    }

    private static SqlIdentifier alias(SqlNode right, SqlNode table) {
        SqlNode name = right.getKind() == SqlKind.AS ? ((SqlCall) right).operand(1) : table;
        SqlIdentifier identifier = (SqlIdentifier) name;
        return identifier.getComponent(identifier.names.size() - 1);
    }

    /** The column from which on a version is valid. */
    private SqlIdentifier time(SqlNode table, SqlIdentifier alias) {
        SqlIdentifier name = (SqlIdentifier) table;
        Optional<DataProduct> product = domain.find(String.join(".", name.names));
        if (product.isEmpty()) {
            return alias.plus(
                    "valid_from", alias.getParserPosition()); // the validator says that there is no such product
        }
        List<String> times = product.get().key().stream()
                .map(product.get().rowType().columns()::get)
                .filter(column -> column.type() instanceof DataType.Timestamp || column.type() instanceof DataType.Date)
                .map(column -> column.name())
                .toList();
        if (times.size() != 1) {
            throw new Refusal(
                    name.getParserPosition(),
                    "%s keeps no versions: its primary key has %s, and FOR SYSTEM_TIME AS OF needs one, from which on a row is valid; join the current rows, or a product whose key holds that time"
                            .formatted(
                                    product.get().name().localName(),
                                    times.isEmpty() ? "no date or timestamp" : "several dates or timestamps"));
        }
        return alias.plus(times.getFirst(), alias.getParserPosition());
    }
}
