package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.spi.ScalarFunction;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.CallImplementor;
import org.apache.calcite.adapter.enumerable.NullPolicy;
import org.apache.calcite.adapter.enumerable.RexImpTable;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.schema.Function;
import org.apache.calcite.schema.FunctionParameter;
import org.apache.calcite.schema.ImplementableFunction;
import org.apache.calcite.sql.validate.SqlUserDefinedFunction;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ScalarFunction} as generated code calls it: an object that the code finds by its key in its {@link DataContext}.
 *
 * @param key tells functions and their versions apart
 */
record BoundFunction(String key, ScalarFunction function) implements ImplementableFunction {

    /** The functions that expressions call, by key. */
    static Map<String, Object> in(List<RexNode> expressions) {
        Map<String, Object> found = new TreeMap<>();
        RexVisitorImpl<@Nullable Void> visitor = new RexVisitorImpl<>(true) {
            @Override
            public @Nullable Void visitCall(RexCall call) {
                if (call.getOperator() instanceof SqlUserDefinedFunction operator) {
                    Function implementation = operator.getFunction();
                    if (implementation instanceof BoundFunction bound) {
                        found.put(bound.key, new Calls(bound.function));
                    }
                }
                return super.visitCall(call);
            }
        };
        expressions.forEach(expression -> expression.accept(visitor));
        return found;
    }

    /** What generated code calls. Public because the code is loaded beside, not inside, this package. */
    public record Calls(ScalarFunction function) {

        public @Nullable Object call(@Nullable Object... arguments) {
            for (int i = 0; i < arguments.length; i++) {
                if (arguments[i] instanceof ByteString bytes) {
                    arguments[i] = bytes.getBytes();
                }
            }
            Object result = function.call(arguments);
            return result == null ? null : InputReader.inside(result);
        }
    }

    @Override
    public CallImplementor getImplementor() {
        return RexImpTable.createImplementor(
                (translator, call, operands) -> {
                    Expression bound = Expressions.convert_(
                            Expressions.call(DataContext.ROOT, "get", Expressions.constant(key)), Calls.class);
                    Expression arguments = Expressions.newArrayInit(
                            Object.class,
                            operands.stream().map(Expressions::box).toList());
                    return Expressions.convert_(
                            Expressions.call(bound, "call", arguments), javaClass(function.returns()));
                },
                function.isStrict() ? NullPolicy.SEMI_STRICT : NullPolicy.NONE,
                false);
    }

    private static Class<?> javaClass(DataType type) {
        return switch (type) {
            case DataType.Bool _ -> Boolean.class;
            case DataType.Int _, DataType.Date _, DataType.Time _ -> Integer.class;
            case DataType.BigInt _, DataType.Timestamp _ -> Long.class;
            case DataType.Real _ -> Float.class;
            case DataType.DoublePrecision _ -> Double.class;
            case DataType.Decimal _ -> java.math.BigDecimal.class;
            case DataType.Varchar _ -> String.class;
            case DataType.Varbinary _ -> ByteString.class;
            case DataType.Array _, DataType.Struct _ -> List.class;
            case DataType.Mapping _ -> Map.class;
        };
    }

    @Override
    public List<FunctionParameter> getParameters() {
        return List.of();
    }
}
