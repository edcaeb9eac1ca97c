package io.weir.kit.sql;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Domain;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/**
 * Records as PostgreSQL has them, where Calcite has them otherwise.
 *
 * <p>A field needs no table before its column: {@code address.city}, PostgreSQL's {@code (address).city}; a table or alias of that name comes first. A field in the
 * SELECT list has its own name. {@code ROW(a, b) = ROW(c, d)} and the other comparisons of such rows compare field by field, with nulls that are unknown; records
 * in columns are compared as they are, with nulls that are equal.
 */
final class RecordSyntax extends SqlShuttle {

    private final Set<String> tables = new HashSet<>();
    private final Set<String> records = new HashSet<>();

    private RecordSyntax() {}

    static SqlNode in(SqlNode query, Domain domain) {
        RecordSyntax syntax = new RecordSyntax();
        domain.products().values().stream()
                .flatMap(product -> product.rowType().columns().stream())
                .filter(column -> column.type() instanceof DataType.Struct)
                .map(Column::name)
                .forEach(syntax.records::add);
        query.accept(syntax.new Names());
        SqlNode rewritten = query.accept(syntax);
        return rewritten == null ? query : rewritten;
    }

    /** What stands before a point: tables and their aliases; and what a subquery may call a record. */
    private final class Names extends SqlBasicVisitor<Void> {
        @Override
        public @Nullable Void visit(SqlCall call) {
            if (call instanceof SqlSelect select && select.getFrom() != null) {
                from(select.getFrom());
            }
            if (call.getKind() == SqlKind.AS && call.operand(1) instanceof SqlIdentifier name) {
                records.add(name.getSimple());
            }
            return super.visit(call);
        }

        private void from(SqlNode from) {
            switch (from) {
                case SqlIdentifier table -> tables.addAll(table.names);
                case SqlJoin join -> {
                    from(join.getLeft());
                    from(join.getRight());
                }
                case SqlCall call -> {
                    if (call.getKind() == SqlKind.AS) {
                        from(call.operand(1));
                    }
                    if (call.operandCount() > 0
                            && (call.getKind() == SqlKind.AS
                                    || call.getKind() == SqlKind.TABLE_REF
                                    || call.getKind() == SqlKind.SNAPSHOT)) {
                        from(call.operand(0));
                    }
                }
                default -> {}
            }
        }
    }

    @Override
    public @Nullable SqlNode visit(SqlIdentifier name) {
        String first = name.names.getFirst();
        if (name.isSimple() || name.isStar() || tables.contains(first) || !records.contains(first)) {
            return name;
        }
        SqlNode field = name.getComponent(0);
        for (int i = 1; i < name.names.size(); i++) {
            field = SqlStdOperatorTable.DOT.createCall(name.getParserPosition(), field, name.getComponent(i));
        }
        return field;
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
        SqlNode visited = super.visit(call);
        if (visited instanceof SqlSelect select) {
            select.getSelectList().replaceAll(RecordSyntax::named);
            return select;
        }
        return visited instanceof SqlCall comparison
                        && comparison.operandCount() == 2
                        && comparison.operand(0) instanceof SqlCall a
                        && comparison.operand(1) instanceof SqlCall b
                        && a.getKind() == SqlKind.ROW
                        && b.getKind() == SqlKind.ROW
                        && a.operandCount() == b.operandCount()
                ? compared(comparison, a.getOperandList(), b.getOperandList())
                : visited;
    }

    private static SqlNode named(SqlNode item) {
        return item instanceof SqlCall field
                        && field.getKind() == SqlKind.DOT
                        && field.operand(1) instanceof SqlIdentifier name
                ? SqlStdOperatorTable.AS.createCall(item.getParserPosition(), item, name)
                : item;
    }

    private static SqlNode compared(SqlCall comparison, List<SqlNode> a, List<SqlNode> b) {
        SqlParserPos position = comparison.getParserPosition();
        return switch (comparison.getKind()) {
            case EQUALS, IS_NOT_DISTINCT_FROM -> joined(SqlStdOperatorTable.AND, each(comparison, a, b), position);
            case NOT_EQUALS, IS_DISTINCT_FROM -> joined(SqlStdOperatorTable.OR, each(comparison, a, b), position);
            case LESS_THAN, LESS_THAN_OR_EQUAL -> ordered(comparison, SqlStdOperatorTable.LESS_THAN, a, b);
            case GREATER_THAN, GREATER_THAN_OR_EQUAL -> ordered(comparison, SqlStdOperatorTable.GREATER_THAN, a, b);
            default -> comparison;
        };
    }

    private static List<SqlNode> each(SqlCall comparison, List<SqlNode> a, List<SqlNode> b) {
        List<SqlNode> each = new ArrayList<>();
        for (int i = 0; i < a.size(); i++) {
            each.add(comparison.getOperator().createCall(comparison.getParserPosition(), a.get(i), b.get(i)));
        }
        return each;
    }

    private static SqlNode joined(SqlBinaryOperator operator, List<SqlNode> conditions, SqlParserPos position) {
        return conditions.stream()
                .reduce((x, y) -> operator.createCall(position, x, y))
                .orElseThrow();
    }

    /** The first fields that differ decide. */
    private static SqlNode ordered(SqlCall comparison, SqlOperator strict, List<SqlNode> a, List<SqlNode> b) {
        SqlParserPos position = comparison.getParserPosition();
        int last = a.size() - 1;
        SqlNode ordered = comparison.getOperator().createCall(position, a.get(last), b.get(last));
        for (int i = last - 1; i >= 0; i--) {
            ordered = SqlStdOperatorTable.OR.createCall(
                    position,
                    strict.createCall(position, a.get(i), b.get(i)),
                    SqlStdOperatorTable.AND.createCall(
                            position, SqlStdOperatorTable.EQUALS.createCall(position, a.get(i), b.get(i)), ordered));
        }
        return ordered;
    }
}
