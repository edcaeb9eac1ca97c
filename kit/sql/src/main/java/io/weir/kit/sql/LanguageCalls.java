package io.weir.kit.sql;

import static java.util.Objects.requireNonNull;

import io.weir.kit.contract.DataType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.validate.SqlValidator;
import org.jspecify.annotations.Nullable;

/** The calls that are maintained, of a validated query, whose functions are known. */
final class LanguageCalls {

    /** The aggregates, each with the number of its arguments. */
    private static final Map<SqlKind, Integer> AGGREGATES = Map.ofEntries(
            Map.entry(SqlKind.COUNT, 1),
            Map.entry(SqlKind.SUM, 1),
            Map.entry(SqlKind.AVG, 1),
            Map.entry(SqlKind.MIN, 1),
            Map.entry(SqlKind.MAX, 1),
            Map.entry(SqlKind.VAR_POP, 1),
            Map.entry(SqlKind.VAR_SAMP, 1),
            Map.entry(SqlKind.STDDEV_POP, 1),
            Map.entry(SqlKind.STDDEV_SAMP, 1),
            Map.entry(SqlKind.ARG_MIN, 2),
            Map.entry(SqlKind.ARG_MAX, 2),
            Map.entry(SqlKind.STRING_AGG, 3),
            Map.entry(SqlKind.LISTAGG, 3),
            Map.entry(SqlKind.ARRAY_AGG, 2),
            Map.entry(SqlKind.GROUPING, 31),
            Map.entry(SqlKind.PERCENTILE_CONT, 1),
            Map.entry(SqlKind.PERCENTILE_DISC, 1));

    private static final Set<SqlKind> WINDOW_AGGREGATES = Set.of(
            SqlKind.COUNT,
            SqlKind.SUM,
            SqlKind.AVG,
            SqlKind.MIN,
            SqlKind.MAX,
            SqlKind.VAR_POP,
            SqlKind.VAR_SAMP,
            SqlKind.STDDEV_POP,
            SqlKind.STDDEV_SAMP);

    private static final Set<SqlKind> MODIFIERS =
            Set.of(SqlKind.WITHIN_DISTINCT, SqlKind.RESPECT_NULLS, SqlKind.IGNORE_NULLS);

    private static final Set<SqlKind> WINDOW_FUNCTIONS = Set.of(
            SqlKind.ROW_NUMBER,
            SqlKind.RANK,
            SqlKind.DENSE_RANK,
            SqlKind.LAG,
            SqlKind.LEAD,
            SqlKind.FIRST_VALUE,
            SqlKind.LAST_VALUE);

    private LanguageCalls() {}

    /** Refuses calls that are not maintained: of functions that change by themselves, of other aggregates and windows. */
    static void check(SqlNode validated, SqlValidator validator) {
        validated.accept(new Calls(validator));
    }

    private static final class Calls extends SqlBasicVisitor<Void> {

        private final Set<SqlNode> windowed = new HashSet<>();
        private Map<String, SqlWindow> named = Map.of();
        private final SqlValidator validator;

        Calls(SqlValidator validator) {
            this.validator = validator;
        }

        @Override
        public Void visit(SqlCall call) {
            if (call instanceof SqlSelect select) {
                Map<String, SqlWindow> outer = named;
                named = select.getWindowList().stream()
                        .map(SqlWindow.class::cast)
                        .collect(Collectors.toMap(
                                window -> requireNonNull(window.getDeclName()).getSimple(), window -> window));
                super.visit(call);
                named = outer;
                return null;
            }
            SqlOperator operator = call.getOperator();
            SqlParserPos position = call.getParserPosition();
            if (call.getKind() == SqlKind.OVER) {
                checkOver(call);
            } else if (call.getKind() == SqlKind.FILTER) {
                // its aggregate is visited by itself
            } else if (operator instanceof SqlAggFunction aggregate && !windowed.contains(call)) {
                checkAggregate(call, aggregate);
            } else if (MODIFIERS.contains(call.getKind())) {
                throw new Refusal(position, operator.getName() + " is not maintained; leave it out");
            } else if (!TimePlan.isClock(operator) && (operator.isDynamicFunction() || !operator.isDeterministic())) {
                throw timely(position, operator.getName());
            } else if (call.getKind() == SqlKind.CAST) {
                checkCast(call);
            } else if (call.getKind() == SqlKind.ARRAY_VALUE_CONSTRUCTOR && call.operandCount() > 0) {
                checkElement(call, "ARRAY[ROW(x)]");
            }
            return super.visit(call);
        }

        private static Refusal timely(SqlParserPos position, String name) {
            return new Refusal(
                    position,
                    name
                            + " changes without any input changing, so its result cannot be maintained; use a timestamp column of the row");
        }

        private void checkAggregate(SqlCall call, SqlAggFunction aggregate) {
            SqlParserPos position = call.getParserPosition();
            Integer arguments = AGGREGATES.get(aggregate.getKind());
            if (aggregate.getKind() == SqlKind.ANY_VALUE) {
                throw new Refusal(
                        position,
                        "ANY_VALUE takes a row by chance, so its result cannot be maintained; write MIN or MAX");
            }
            if (arguments == null) {
                throw new Refusal(
                        position,
                        aggregate.getName()
                                + " is not maintained; there are COUNT, SUM, AVG, MIN, MAX, STDDEV, VARIANCE, BOOL_AND, BOOL_OR, ARG_MIN, ARG_MAX, STRING_AGG, ARRAY_AGG, PERCENTILE_CONT and _DISC, APPROX_COUNT_DISTINCT and APPROX_QUANTILE, each with FILTER (WHERE ...)");
            }
            if (call.operandCount() > arguments) {
                throw new Refusal(
                        position,
                        aggregate.getName() + " of several columns is not maintained; write one column, or COUNT(*)");
            }
            if (aggregate.getKind() == SqlKind.ARRAY_AGG) {
                checkElement(call, "ARRAY_AGG(ROW(x))");
            }
        }

        private void checkElement(SqlCall array, String instead) {
            RelDataType element = validator.getValidatedNodeTypeIfKnown(array.operand(0));
            if (element != null
                    && !Types.fromCalcite(element).filter(DataType.Array::holds).isPresent()) {
                throw new Refusal(
                        array.getParserPosition(),
                        "there are no arrays of %s; gather records that hold them: %s"
                                .formatted(Types.sql(element), instead));
            }
        }

        private void checkOver(SqlCall over) {
            SqlCall function = over.operand(0);
            windowed.add(function);
            SqlParserPos position = function.getParserPosition();
            if (MODIFIERS.contains(function.getKind())) {
                throw new Refusal(
                        position,
                        function.getOperator().getName()
                                + " is not maintained, as in PostgreSQL; COUNT(x) OVER (ORDER BY ...) is the same from one value to the next: FIRST_VALUE(x) OVER (PARTITION BY that count ORDER BY ...) in a query around it");
            }
            if (SqlStdOperatorTable.APPROX_COUNT_DISTINCT.equals(function.getOperator())
                    || !(WINDOW_FUNCTIONS.contains(function.getKind())
                            || WINDOW_AGGREGATES.contains(function.getKind()))) {
                throw new Refusal(
                        position,
                        function.getOperator().getName()
                                + " OVER is not maintained; the window functions are ROW_NUMBER, RANK, DENSE_RANK, LAG, LEAD, FIRST_VALUE, LAST_VALUE, COUNT, SUM, AVG, MIN, MAX, STDDEV, VARIANCE, BOOL_AND and BOOL_OR");
            }
            List<SqlWindow> windows = windows(over.operand(1));
            if (windows.stream().allMatch(window -> window.getOrderList().isEmpty())) {
                if (WINDOW_FUNCTIONS.contains(function.getKind())) {
                    throw new Refusal(
                            position,
                            function.getOperator().getName()
                                    + "() without ORDER BY takes the rows as it likes; write ORDER BY the column that says which is first");
                }
                if (windows.stream().anyMatch(SqlWindow::isRows)) {
                    throw new Refusal(
                            position,
                            "ROWS without ORDER BY takes the rows as it likes; write ORDER BY, or leave ROWS out");
                }
            }
        }

        /** What stands behind OVER, and the windows of the WINDOW clause that it builds on. */
        private List<SqlWindow> windows(@Nullable SqlNode over) {
            List<SqlWindow> windows = new ArrayList<>();
            SqlNode next = over;
            while (next != null) {
                SqlWindow window = next instanceof SqlIdentifier name ? named.get(name.getSimple()) : (SqlWindow) next;
                if (window == null) {
                    break;
                }
                windows.add(window);
                next = window.getRefName();
            }
            return windows;
        }

        private static void checkCast(SqlCall cast) {
            if (cast.operand(1) instanceof SqlDataTypeSpec spec
                    && spec.getTypeNameSpec() instanceof SqlBasicTypeNameSpec basic) {
                String name = basic.getTypeName().getSimple();
                if (SqlTypeName.get(name) == SqlTypeName.DECIMAL && basic.getPrecision() < 0) {
                    throw new Refusal(
                            spec.getParserPosition(),
                            "%s without digits is not maintained; say how many: %s(12, 2)".formatted(name, name));
                }
                if (SqlTypeName.get(name) == SqlTypeName.SMALLINT || SqlTypeName.get(name) == SqlTypeName.TINYINT) {
                    throw new Refusal(spec.getParserPosition(), name + " is not a type of products; write INTEGER");
                }
            }
        }
    }
}
