package io.weir.kit.sql;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.OnError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSetOperator;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.util.Litmus;
import org.jspecify.annotations.Nullable;

/**
 * Puts the policies that a contract has for its columns ({@link OnError}) around the expressions that compute them: those of the SELECT list, and where that only
 * names a column of a subquery or WITH, those there.
 */
final class ErrorPolicies {

    private final List<Guard> guards = new ArrayList<>();

    private ErrorPolicies() {}

    /** Changes the query; what comes back are the functions that it calls then. */
    static List<Guard> apply(SqlNode query, DataProduct output) {
        ErrorPolicies policies = new ErrorPolicies();
        for (Column column : output.rowType().columns()) {
            if (!column.onError().equals(OnError.UNSAID)) {
                Guard guard = Guard.of(column.name(), column.onError());
                policies.guards.add(guard);
                policies.guardColumn(query, column.name(), -1, guard, Map.of());
            }
        }
        return policies.guards;
    }

    /** Guards a column by its name or, in the further parts of a UNION, by its position. */
    private void guardColumn(SqlNode query, String name, int position, Guard guard, Map<String, SqlNode> named) {
        switch (query) {
            case SqlWith with -> {
                Map<String, SqlNode> all = new HashMap<>(named);
                with.withList.forEach(
                        item -> all.put(((SqlWithItem) item).name.getSimple(), ((SqlWithItem) item).query));
                guardColumn(with.body, name, position, guard, all);
            }
            case SqlOrderBy order -> guardColumn(order.query, name, position, guard, named);
            case SqlSelect select -> guardItem(select, name, position, guard, named);
            case SqlCall call
            when call.getOperator() instanceof SqlSetOperator -> {
                int at = position >= 0 ? position : positionOf(call.operand(0), name);
                for (SqlNode part : call.getOperandList()) {
                    guardColumn(part, name, at, guard, named);
                }
            }
            default -> {}
        }
    }

    private static int positionOf(SqlNode query, String name) {
        if (query instanceof SqlSelect select) {
            for (int i = 0; i < select.getSelectList().size(); i++) {
                if (name.equals(nameOf(select.getSelectList().get(i)))) {
                    return i;
                }
            }
        }
        return query instanceof SqlCall call && call.getOperator() instanceof SqlSetOperator
                ? positionOf(call.operand(0), name)
                : -1;
    }

    private static String nameOf(SqlNode item) {
        if (item.getKind() == SqlKind.AS) {
            return ((SqlIdentifier) ((SqlCall) item).operand(1)).getSimple();
        }
        return item instanceof SqlIdentifier identifier && !identifier.isStar() ? identifier.names.getLast() : "";
    }

    private void guardItem(SqlSelect select, String name, int position, Guard guard, Map<String, SqlNode> named) {
        SqlNodeList items = select.getSelectList();
        for (int i = 0; i < items.size(); i++) {
            SqlNode item = items.get(i);
            if (item instanceof SqlIdentifier star && star.isStar()) {
                guardSource(select.getFrom(), "", name, guard, named);
            } else if (position >= 0 ? i == position : name.equals(nameOf(item))) {
                SqlNode expression = item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(0) : item;
                if (expression instanceof SqlIdentifier column) {
                    String table = column.names.size() > 1 ? column.names.get(column.names.size() - 2) : "";
                    guardSource(select.getFrom(), table, column.names.getLast(), guard, named);
                } else if (item.getKind() == SqlKind.AS && expression instanceof SqlCall call) {
                    SqlNode guarded = guarded(call, guard);
                    items.set(
                            i,
                            SqlStdOperatorTable.AS.createCall(
                                    item.getParserPosition(), guarded, ((SqlCall) item).operand(1)));
                    guardGroup(select.getGroup(), call, guard);
                }
            }
        }
    }

    private static SqlNode guarded(SqlNode expression, Guard guard) {
        return guard.createCall(expression.getParserPosition(), DomainFunctions.demanding(expression));
    }

    private static void guardGroup(@Nullable SqlNodeList keys, SqlNode expression, Guard guard) {
        if (keys != null) {
            for (int i = 0; i < keys.size(); i++) {
                if (keys.get(i).equalsDeep(expression, Litmus.IGNORE)) {
                    keys.set(i, guarded(keys.get(i), guard));
                }
            }
        }
    }

    /** Guards a column of what stands in FROM; {@code table} is empty where the column stands alone. */
    private void guardSource(
            @Nullable SqlNode from, String table, String name, Guard guard, Map<String, SqlNode> named) {
        switch (from) {
            case SqlJoin join -> {
                guardSource(join.getLeft(), table, name, guard, named);
                guardSource(join.getRight(), table, name, guard, named);
            }
            case SqlCall call
            when call.getKind() == SqlKind.AS -> {
                String alias = ((SqlIdentifier) call.operand(1)).getSimple();
                if (table.isEmpty() || table.equals(alias)) {
                    guardSource(call.operand(0), "", name, guard, named);
                }
            }
            case SqlCall call
            when call.getKind() == SqlKind.TABLE_REF -> guardSource(call.operand(0), table, name, guard, named);
            case SqlIdentifier identifier -> {
                SqlNode query = identifier.isSimple() ? named.get(identifier.getSimple()) : null;
                if (query != null && (table.isEmpty() || table.equals(identifier.getSimple()))) {
                    guardColumn(query, name, -1, guard, named);
                }
            }
            case SqlCall call -> guardColumn(call, name, -1, guard, named);
            case null, default -> {}
        }
    }
}
