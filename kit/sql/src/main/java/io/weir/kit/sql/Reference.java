package io.weir.kit.sql;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Domain;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * A product by which values conform, as by {@code reference/<name>.csv}: its one key column says what a value is called elsewhere, another what it is called here.
 *
 * @param name as CONFORM has it: {@code silver.country_name}, or {@code country_name} where only one layer has a product of that name
 * @param from the key column, which is compared without blanks around it and regardless of case
 * @param to the column for the value here, which also stands for itself: the only other text column, or the one that is called {@code to}
 */
public record Reference(String name, DataProduct product, String from, String to) {

    /** What a value is called here. Names with a colon cannot be those of a model. */
    static final String HERE = "weir:here";

    private static final String FORM = "weir:form";

    private static final String LOOKUP = """
            SELECT "weir:form", COALESCE(MIN("weir:given"), MIN("weir:own")) AS "weir:here" FROM (
                SELECT UPPER(BTRIM("%2$s")) AS "weir:form", "%3$s" AS "weir:given", CAST(NULL AS VARCHAR) AS "weir:own" FROM %1$s
                UNION ALL SELECT UPPER(BTRIM("%3$s")), CAST(NULL AS VARCHAR), "%3$s" FROM %1$s) AS "weir:names"
            GROUP BY "weir:form\"""".replaceAll("\\s+", " ");

    /** Empty where no product has the name; a {@link Refusal} where one has that cannot be used so. */
    static Optional<Reference> find(Domain domain, String name, SqlParserPos at) {
        List<DataProduct> found = domain.products().values().stream()
                .filter(product -> name.equals(product.name().product()))
                .map(product -> domain.find(product.name().localName()).orElse(product))
                .distinct()
                .toList();
        if (found.size() > 1) {
            throw new Refusal(
                    at,
                    "several layers have a product %s: write '%s'"
                            .formatted(name, found.getFirst().name().localName()));
        }
        return domain.find(name).or(() -> found.stream().findFirst()).map(product -> of(name, product, at));
    }

    private static Reference of(String name, DataProduct product, SqlParserPos at) {
        List<Column> columns = product.rowType().columns();
        Column key = product.key().size() == 1 ? columns.get(product.key().getFirst()) : null;
        List<Column> others = columns.stream()
                .filter(column -> column.type() instanceof DataType.Varchar && !column.equals(key))
                .toList();
        Optional<Column> to = others.size() == 1
                ? Optional.of(others.getFirst())
                : others.stream().filter(column -> column.name().equals("to")).findFirst();
        if (key == null
                || !(key.type() instanceof DataType.Varchar)
                || to.isEmpty()
                || product.kind() == DataProduct.Kind.EVENTS) {
            throw new Refusal(
                    at,
                    "%s is no reference: it needs a primary key of one text column, what a value is called elsewhere, and one other text column (or one called \"to\"), what it is called here"
                            .formatted(product.name().localName()));
        }
        return new Reference(name, product, key.name(), to.get().name());
    }

    /** What stands in FROM, and for each of its rows what a value is called here ({@code alias.HERE}, null where it is not known). */
    SqlNode joined(SqlNode from, SqlNode value, String alias, SqlParserPos at) {
        SqlNode known = value instanceof SqlIdentifier ? value : PostgresSyntax.function("try", at, value);
        return new SqlJoin(
                at,
                from,
                SqlLiteral.createBoolean(false, at),
                JoinType.LEFT.symbol(at),
                SqlStdOperatorTable.AS.createCall(at, names(at), new SqlIdentifier(alias, at)),
                JoinConditionType.ON.symbol(at),
                SqlStdOperatorTable.EQUALS.createCall(
                        at,
                        new SqlIdentifier(List.of(alias, FORM), at),
                        PostgresSyntax.function("upper", at, PostgresSyntax.function("btrim", at, known))));
    }

    /** Placed where the call is, for messages. */
    private SqlNode names(SqlParserPos at) {
        String table = "%s.%s.\"%s\""
                .formatted(
                        product.name().layer().text(),
                        product.name().domain(),
                        product.name().product());
        String place = "\n".repeat(Math.max(0, at.getLineNum() - 1)) + " ".repeat(Math.max(0, at.getColumnNum() - 1));
        try {
            return SqlPlanner.parse(place + LOOKUP.formatted(table, from, to));
        } catch (SqlParseException e) {
            throw new IllegalStateException("a query of ours", e);
        }
    }
}
