package io.weir.kit.sql;

import io.weir.kit.contract.OnError;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlTypeTransforms;

/** A function of one expression that says what comes in its place when it fails. {@link RowProgram} computes it apart. */
final class Guard extends SqlFunction {

    /** {@code TRY(expression)}, and what {@code TRY_CAST} means. */
    static final Guard TRY = new Guard("TRY", new OnError.Null(), "");

    private final OnError onError;
    private final String column;

    /** The policy of a column of the contract. */
    static Guard of(String column, OnError onError) {
        return new Guard(onError.getClass().getSimpleName() + " on error of " + column, onError, column);
    }

    private Guard(String name, OnError onError, String column) {
        super(
                name,
                SqlKind.OTHER_FUNCTION,
                onError instanceof OnError.Null
                        ? ReturnTypes.ARG0.andThen(SqlTypeTransforms.FORCE_NULLABLE)
                        : ReturnTypes.ARG0,
                null,
                OperandTypes.ANY,
                SqlFunctionCategory.USER_DEFINED_FUNCTION);
        this.onError = onError;
        this.column = column;
    }

    OnError onError() {
        return onError;
    }

    /** The column whose contract says so; empty where the query does. */
    String column() {
        return column;
    }
}
