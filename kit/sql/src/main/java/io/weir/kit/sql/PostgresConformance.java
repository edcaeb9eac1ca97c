package io.weir.kit.sql;

import org.apache.calcite.sql.fun.SqlLibrary;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.sql.validate.SqlDelegatingConformance;

/** What PostgreSQL's SQL allows beyond the standard. */
final class PostgresConformance extends SqlDelegatingConformance {

    static final PostgresConformance INSTANCE = new PostgresConformance();

    private PostgresConformance() {
        super(SqlConformanceEnum.DEFAULT);
    }

    /** Where it is also a column's name, the column is meant. */
    @Override
    public boolean isGroupByAlias() {
        return true;
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
