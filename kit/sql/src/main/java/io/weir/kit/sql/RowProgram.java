package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.function.ValueException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Calc}, compiled: from an input row to an output row, or none.
 *
 * <p>Pure and deterministic: the same row always passes, is filtered, or fails in the same way, so that what came in can be taken out again. One per thread.
 */
final class RowProgram {

    /** An expression that failed on a row: where it stands in the SQL, the output column (empty for a filter), and why, without data. */
    static final class Failure extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient SqlParserPos position;
        private final String column;

        Failure(SqlParserPos position, String column, String reason) {
            super(reason, null, false, false);
            this.position = position;
            this.column = column;
        }

        SqlParserPos position() {
            return position;
        }

        String column() {
            return column;
        }
    }

    /** The compiled code, from which each thread makes its program. */
    static final class Compiled {
        private final Calc calc;
        private final ExpressionCompiler compiler;
        private final List<DataType> types;
        private final List<Supplier<Evaluator>> conditions = new ArrayList<>();
        private final @Nullable Supplier<Evaluator> projection;
        private final int @Nullable [] copied;

        Compiled(Calc calc, ExpressionCompiler compiler) {
            this.calc = calc;
            this.compiler = compiler;
            this.types = calc.types();
            for (RexNode condition : calc.conditions()) {
                conditions.add(compile(condition));
            }
            boolean copies = calc.projections().stream().allMatch(RexInputRef.class::isInstance);
            this.copied = copies
                    ? calc.projections().stream()
                            .mapToInt(projection -> ((RexInputRef) projection).getIndex())
                            .toArray()
                    : null;
            if (copies) {
                this.projection = null;
            } else {
                for (RexNode expression : calc.projections()) {
                    if (!(expression instanceof RexInputRef)) {
                        compile(expression);
                    }
                }
                this.projection = compiler.compile(calc.projections(), calc.input());
            }
        }

        private Supplier<Evaluator> compile(RexNode expression) {
            try {
                return compiler.compile(List.of(expression), calc.input());
            } catch (RuntimeException e) {
                throw new Refusal(
                        Positions.of(expression),
                        "this expression is not maintained: there is no implementation of it (%s); write it with other functions"
                                .formatted(firstLine(e)));
            }
        }

        private static String firstLine(RuntimeException e) {
            String message = String.valueOf(e.getMessage());
            int end = message.indexOf('\n');
            return end < 0 ? message : message.substring(0, end);
        }

        Calc calc() {
            return calc;
        }

        RowProgram program() {
            return new RowProgram(this);
        }
    }

    private final Compiled compiled;
    private final Evaluator[] conditions;
    private final @Nullable Evaluator projection;
    private final @Nullable Object[] verdict = new @Nullable Object[1];

    private RowProgram(Compiled compiled) {
        this.compiled = compiled;
        this.conditions = compiled.conditions.stream().map(Supplier::get).toArray(Evaluator[]::new);
        this.projection = compiled.projection == null ? null : compiled.projection.get();
    }

    /** The output row; null where a filter holds the row back. */
    @Nullable
    Object @Nullable [] run(@Nullable Object[] in) throws Failure {
        for (int i = 0; i < conditions.length; i++) {
            try {
                conditions[i].evaluate(in, verdict);
            } catch (RuntimeException e) {
                throw failure(compiled.calc.conditions().get(i), "", e);
            }
            if (!Boolean.TRUE.equals(verdict[0])) {
                return null;
            }
        }
        int[] copied = compiled.copied;
        @Nullable Object[] out = new @Nullable Object[compiled.types.size()];
        if (copied != null) {
            for (int i = 0; i < copied.length; i++) {
                out[i] = in[copied[i]];
            }
            return out;
        }
        if (projection != null) {
            try {
                projection.evaluate(in, out);
            } catch (RuntimeException e) {
                throw locate(in, e);
            }
        }
        for (int i = 0; i < out.length; i++) {
            Object value = out[i];
            if (value != null) {
                out[i] = canonical(i, value);
            }
        }
        return out;
    }

    /** Finds the expression that failed, by running each alone. */
    private Failure locate(@Nullable Object[] in, RuntimeException failed) {
        for (int i = 0; i < compiled.calc.projections().size(); i++) {
            RexNode expression = compiled.calc.projections().get(i);
            try {
                compiled.compiler
                        .compile(List.of(expression), compiled.calc.input())
                        .get()
                        .evaluate(in, verdict);
            } catch (RuntimeException e) {
                return failure(expression, compiled.calc.names().get(i), e);
            }
        }
        return failure(compiled.calc.projections().getFirst(), "", failed);
    }

    /** One form for equal values: decimals at their column's scale, integers at their width, no negative zero. */
    private Object canonical(int column, Object value) throws Failure {
        return switch (compiled.types.get(column)) {
            case DataType.Decimal(int precision, int scale) -> {
                BigDecimal decimal = ((BigDecimal) value).setScale(scale, RoundingMode.HALF_UP);
                if (decimal.precision() > precision) {
                    throw new Failure(
                            Positions.of(compiled.calc.projections().get(column)),
                            compiled.calc.names().get(column),
                            "numeric overflow: more than %d digits before the point".formatted(precision - scale));
                }
                yield decimal;
            }
            case DataType.Int _ -> value instanceof Integer ? value : (Object) ((Number) value).intValue();
            case DataType.BigInt _ -> value instanceof Long ? value : (Object) ((Number) value).longValue();
            case DataType.DoublePrecision _ ->
                value instanceof Double number && number != 0 ? value : (Object) (((Number) value).doubleValue() + 0.0);
            case DataType.Real _ ->
                value instanceof Float number && number != 0 ? value : (Object) (((Number) value).floatValue() + 0.0f);
            case DataType.Bool _,
                    DataType.Varchar _,
                    DataType.Date _,
                    DataType.Time _,
                    DataType.Timestamp _,
                    DataType.Varbinary _ -> value;
        };
    }

    private static Failure failure(RexNode expression, String column, RuntimeException e) {
        return new Failure(Positions.of(expression), column, reason(e));
    }

    /** Messages of exceptions may quote data, so only those known to hold none are passed on. */
    private static String reason(RuntimeException e) {
        String message = String.valueOf(e.getMessage());
        if (e instanceof ArithmeticException) {
            return message.contains("/ by zero")
                            || message.contains("ivision by zero")
                            || message.contains("ivision undefined")
                    ? "division by zero"
                    : "numeric overflow";
        }
        if (e instanceof ValueException) {
            return message;
        }
        if (e instanceof NumberFormatException) {
            return "the text is not a number";
        }
        if (e instanceof NullPointerException) {
            return "null where the contract of the input says that there is none";
        }
        return message.contains("out of range") || message.contains("overflow")
                ? "numeric overflow"
                : "the value does not fit the expression";
    }
}
