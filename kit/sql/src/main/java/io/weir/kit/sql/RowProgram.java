package io.weir.kit.sql;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.OnError;
import io.weir.kit.sql.function.ValueException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Calc}, compiled: from an input row to an output row, or none.
 *
 * <p>Pure and deterministic: the same row always passes, is filtered, or fails in the same way, so that what came in can be taken out again. One per thread.
 */
final class RowProgram {

    /**
     * An expression that failed on a row: where it stands in the SQL, the output column (empty for a filter), and why, without data; {@code isFatal} where the
     * contract has the stage stop.
     */
    static final class Failure extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient SqlParserPos position;
        private final String column;
        private final boolean fatal;

        Failure(SqlParserPos position, String column, String reason) {
            this(position, column, reason, false);
        }

        private Failure(SqlParserPos position, String column, String reason, boolean fatal) {
            super(reason, null, false, false);
            this.position = position;
            this.column = column;
            this.fatal = fatal;
        }

        SqlParserPos position() {
            return position;
        }

        String column() {
            return column;
        }

        boolean isFatal() {
            return fatal;
        }
    }

    /** The compiled code, from which each thread makes its program. */
    static final class Compiled {
        private final Calc calc;
        private final Guarded guarded;
        private final ExpressionCompiler compiler;
        private final List<String> names;
        private final List<DataType> types;
        private final List<Supplier<Evaluator>> guards = new ArrayList<>();
        private final List<DataType> guardTypes = new ArrayList<>();
        private final List<Supplier<Evaluator>> conditions = new ArrayList<>();
        private final @Nullable Supplier<Evaluator> projection;
        private final int @Nullable [] copied;
        /** Compiled when they are first blamed. */
        private final Map<RexNode, Supplier<Evaluator>> parts = new ConcurrentHashMap<>();

        Compiled(Calc calc, ExpressionCompiler compiler) {
            this.calc = calc;
            this.guarded = Guarded.of(calc);
            this.compiler = compiler;
            this.names = calc.names();
            this.types = calc.types();
            for (Guarded.Expression guard : guarded.guards()) {
                guards.add(compile(List.of(guard.expression())));
                guardTypes.add(Types.fromCalcite(guard.expression().getType()).orElseThrow());
            }
            for (RexNode condition : guarded.conditions()) {
                conditions.add(compile(List.of(condition)));
            }
            List<RexNode> projections = guarded.projections();
            boolean copies = projections.stream().allMatch(RexInputRef.class::isInstance);
            this.copied = copies
                    ? projections.stream()
                            .mapToInt(projection -> ((RexInputRef) projection).getIndex())
                            .toArray()
                    : null;
            this.projection = copies ? null : compile(projections);
        }

        private Supplier<Evaluator> compile(List<RexNode> expressions) {
            try {
                return compiler.compile(expressions, guarded.input());
            } catch (Refusal e) {
                throw e;
            } catch (RuntimeException e) {
                if (expressions.size() > 1) {
                    expressions.forEach(expression -> compile(List.of(expression)));
                }
                throw new Refusal(
                        Positions.of(expressions.getFirst()),
                        "this expression is not maintained: there is no implementation of it (%s); write it with other functions"
                                .formatted(firstLine(e)));
            }
        }

        private Supplier<Evaluator> part(RexNode expression) {
            return parts.computeIfAbsent(expression, part -> compiler.compile(List.of(part), guarded.input()));
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
    private final Evaluator[] guards;
    private final Evaluator[] conditions;
    private final @Nullable Evaluator projection;
    private final @Nullable Object[] verdict = new @Nullable Object[1];

    private RowProgram(Compiled compiled) {
        this.compiled = compiled;
        this.guards = compiled.guards.stream().map(Supplier::get).toArray(Evaluator[]::new);
        this.conditions = compiled.conditions.stream().map(Supplier::get).toArray(Evaluator[]::new);
        this.projection = compiled.projection == null ? null : compiled.projection.get();
    }

    /** The output row; null where a filter holds the row back. */
    @Nullable
    Object @Nullable [] run(@Nullable Object[] input) throws Failure {
        @Nullable Object[] in = guards.length == 0 ? input : Arrays.copyOf(input, input.length + guards.length);
        int early = compiled.guarded.early();
        guard(in, input.length, 0, early);
        for (int i = 0; i < conditions.length; i++) {
            try {
                conditions[i].evaluate(in, verdict);
            } catch (RuntimeException e) {
                throw blame(compiled.guarded.conditions().get(i), "", in, e);
            }
            if (!Boolean.TRUE.equals(verdict[0])) {
                return null;
            }
        }
        guard(in, input.length, early, guards.length);
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
                try {
                    out[i] = canonical(compiled.types.get(i), value);
                } catch (ValueException e) {
                    throw failure(Positions.of(compiled.guarded.projections().get(i)), compiled.names.get(i), e);
                }
            }
        }
        return out;
    }

    private void guard(@Nullable Object[] in, int offset, int from, int to) throws Failure {
        for (int i = from; i < to; i++) {
            Guarded.Expression guard = compiled.guarded.guards().get(i);
            try {
                guards[i].evaluate(in, verdict);
                Object value = verdict[0];
                in[offset + i] = value == null ? null : canonical(compiled.guardTypes.get(i), value);
            } catch (RuntimeException e) {
                in[offset + i] = switch (guard.onError()) {
                    case OnError.Null _ -> null;
                    case OnError.Default(Object value) -> InputReader.inside(value);
                    case OnError.Fail _ -> {
                        Failure failure = blame(guard.expression(), guard.column(), in, e);
                        throw new Failure(
                                failure.position(), guard.column(), String.valueOf(failure.getMessage()), true);
                    }
                    case OnError.Quarantine _ -> throw blame(guard.expression(), guard.column(), in, e);
                };
            }
        }
    }

    /** Finds the column that failed, by running each alone. */
    private Failure locate(@Nullable Object[] in, RuntimeException failed) {
        List<RexNode> projections = compiled.guarded.projections();
        for (int i = 0; i < projections.size(); i++) {
            if (projections.get(i) instanceof RexCall call) {
                RuntimeException e = failureOf(call, in);
                if (e != null) {
                    return blame(call, compiled.names.get(i), in, e);
                }
            }
        }
        return failure(SqlParserPos.ZERO, "", failed);
    }

    /** Finds the innermost part that fails; of a CASE, one that was reached. */
    private Failure blame(RexNode expression, String column, @Nullable Object[] in, RuntimeException failed) {
        SqlParserPos position = Positions.of(expression);
        RexNode at = expression;
        RuntimeException why = failed;
        for (RexNode part = expression; part != null; part = failingPart(at, in)) {
            at = part;
            if (part instanceof RexCall call && call.getParserPosition().getLineNum() > 0) {
                position = call.getParserPosition();
            }
            RuntimeException e = failureOf(part, in);
            why = e == null ? why : e;
        }
        return failure(position, column, why);
    }

    private @Nullable RexNode failingPart(RexNode expression, @Nullable Object[] in) {
        if (!(expression instanceof RexCall call)) {
            return null;
        }
        List<RexNode> operands = call.getOperands();
        boolean isCase = call.getKind() == SqlKind.CASE;
        for (int i = 0; i < operands.size(); i++) {
            RexNode operand = operands.get(i);
            if (failureOf(operand, in) != null) {
                return operand;
            }
            if (isCase && i % 2 == 0 && i + 1 < operands.size()) {
                if (Boolean.TRUE.equals(verdict[0])) {
                    return failureOf(operands.get(i + 1), in) == null ? null : operands.get(i + 1);
                }
                i++;
            }
        }
        return null;
    }

    /** Null where the expression does not fail; its value is the verdict then. */
    private @Nullable RuntimeException failureOf(RexNode expression, @Nullable Object[] in) {
        if (!(expression instanceof RexCall)) {
            return null;
        }
        try {
            compiled.part(expression).get().evaluate(in, verdict);
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    /** One form for equal values: decimals at their column's scale, integers at their width, no negative zero. */
    private static Object canonical(DataType type, Object value) {
        return switch (type) {
            case DataType.Decimal(int precision, int scale) -> {
                BigDecimal decimal = ((BigDecimal) value).setScale(scale, RoundingMode.HALF_UP);
                if (decimal.precision() > precision) {
                    throw new ValueException(
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
            case DataType.Array(DataType element) -> {
                List<@Nullable Object> array = new ArrayList<>();
                for (Object one : (List<?>) value) {
                    array.add(one == null ? null : canonical(element, one));
                }
                yield Collections.unmodifiableList(array);
            }
            case DataType.Struct(List<Column> fields) -> {
                // Calcite has a record as a list where it is a column, and as an array where ROW makes it.
                List<?> values = value instanceof Object[] made ? Arrays.asList(made) : (List<?>) value;
                List<@Nullable Object> struct = new ArrayList<>();
                for (int i = 0; i < fields.size(); i++) {
                    Object one = values.get(i);
                    struct.add(one == null ? null : canonical(fields.get(i).type(), one));
                }
                yield Collections.unmodifiableList(struct);
            }
            case DataType.Mapping(DataType of) -> {
                Map<String, @Nullable Object> map = new TreeMap<>();
                ((Map<?, ?>) value).forEach((key, one) -> {
                    if (key == null) {
                        throw new ValueException("a map has no null keys");
                    }
                    map.put((String) key, one == null ? null : canonical(of, one));
                });
                yield Collections.unmodifiableMap(map);
            }
            case DataType.Bool _,
                    DataType.Varchar _,
                    DataType.Date _,
                    DataType.Time _,
                    DataType.Timestamp _,
                    DataType.Varbinary _ -> value;
        };
    }

    private static Failure failure(SqlParserPos position, String column, RuntimeException e) {
        return new Failure(position, column, reason(e));
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
