package io.weir.kit.sql;

import org.apache.calcite.sql.fun.SqlLibrary;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.sql.validate.SqlDelegatingConformance;

/**
 * What PostgreSQL's SQL allows beyond the standard.
 *
 * <p>An alias in GROUP BY is not allowed: where it is also a column's name, PostgreSQL means the column and Calcite the alias.
 */
final class PostgresConformance extends SqlDelegatingConformance {

    static final PostgresConformance INSTANCE = new PostgresConformance();

    private PostgresConformance() {
        super(SqlConformanceEnum.DEFAULT);
    }

    @Override
    public boolean isGroupByOrdinal() {
        return true;
    }

    @Override
    public boolean isBangEqualAllowed() {
        return true;
    }

    @Override
    public boolean isPercentRemainderAllowed() {
        return true;
    }

    @Override
    public boolean allowExtendedTrim() {
        return true;
    }

    @Override
    public boolean allowPluralTimeUnits() {
        return true;
    }

    @Override
    public boolean checkedArithmetic() {
        return true;
    }

    @Override
    public SqlLibrary semantics() {
        return SqlLibrary.POSTGRESQL;
    }
}
