package io.weir.kit.sql;

import com.google.common.collect.ImmutableSet;
import java.util.HashMap;
import java.util.Map;
import org.apache.calcite.config.NullCollation;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.type.SqlTypeCoercionRule;
import org.apache.calcite.sql.type.SqlTypeMappingRule;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlValidatorCatalogReader;
import org.apache.calcite.sql.validate.SqlValidatorImpl;

/** Calcite's validator with PostgreSQL's rules: nulls are last ascending, and truth values and integers are cast to each other. */
final class PostgresValidator extends SqlValidatorImpl {

    private static final SqlTypeCoercionRule CASTS = casts();

    PostgresValidator(SqlOperatorTable operators, SqlValidatorCatalogReader reader, RelDataTypeFactory typeFactory) {
        super(
                operators,
                reader,
                typeFactory,
                Config.DEFAULT
                        .withConformance(PostgresConformance.INSTANCE)
                        .withDefaultNullCollation(NullCollation.HIGH)
                        .withIdentifierExpansion(true));
    }

    /** What SELECT calls so is meant only where ORDER BY is that name alone; inside an expression it is the column, as of {@code SUM(d) AS d ... ORDER BY SUM(d)}. */
    @Override
    public SqlNode expandOrderExpr(SqlSelect select, SqlNode order) {
        return order instanceof SqlCall ? order : super.expandOrderExpr(select, order);
    }

    private static SqlTypeCoercionRule casts() {
        Map<SqlTypeName, ImmutableSet<SqlTypeName>> from =
                new HashMap<>(SqlTypeCoercionRule.instance().getTypeMapping());
        add(from, SqlTypeName.INTEGER, SqlTypeName.BOOLEAN);
        add(from, SqlTypeName.BOOLEAN, SqlTypeName.INTEGER);
        return SqlTypeCoercionRule.instance(from);
    }

    private static void add(Map<SqlTypeName, ImmutableSet<SqlTypeName>> from, SqlTypeName to, SqlTypeName one) {
        from.merge(to, ImmutableSet.of(one), (some, more) -> ImmutableSet.<SqlTypeName>builder()
                .addAll(some)
                .addAll(more)
                .build());
    }

    @Override
    public SqlTypeMappingRule getTypeMappingRule() {
        return CASTS;
    }
}
