package io.weir.kit.sql;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.fun.SqlAvgAggFunction;

/** {@code VAR_SAMP}, alias {@code VARIANCE}: null for a single row, which Calcite's own type denies. */
final class SampleVariance extends SqlAvgAggFunction {

    static final SampleVariance INSTANCE = new SampleVariance();

    private SampleVariance() {
        super(SqlKind.VAR_SAMP);
    }

    @Override
    public RelDataType inferReturnType(SqlOperatorBinding binding) {
        return binding.getTypeFactory().createTypeWithNullability(super.inferReturnType(binding), true);
    }
}
