package io.weir.kit.sql;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import java.util.BitSet;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.util.ImmutableBitSet;

/** Which columns of a query are approximate; and its text with the exact aggregates in their place, for an engine that would approximate otherwise. */
final class Approximations {

    private static final Pattern COUNT = Pattern.compile("\\bAPPROX_COUNT_DISTINCT\\s*\\(", Pattern.CASE_INSENSITIVE);
    private static final Pattern QUANTILE =
            Pattern.compile("\\bAPPROX_(QUANTILE|PERCENTILE)\\s*\\(", Pattern.CASE_INSENSITIVE);

    private Approximations() {}

    static String exactly(String sql) {
        return QUANTILE.matcher(COUNT.matcher(sql).replaceAll("COUNT(DISTINCT "))
                .replaceAll("QUANTILE_DISC(");
    }

    /** The names of the approximate columns: all, where rows are chosen or put together by one. */
    static Set<String> columns(RelNode root, DataProduct output) {
        return of(root).stream()
                .mapToObj(output.rowType().columns()::get)
                .map(Column::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static BitSet of(RelNode rel) {
        return switch (rel) {
            case Project project -> {
                BitSet below = of(project.getInput());
                yield where(
                        project.getRowType().getFieldCount(),
                        i -> uses(project.getProjects().get(i), below));
            }
            case Filter filter -> {
                BitSet below = of(filter.getInput());
                yield uses(filter.getCondition(), below) ? all(rel) : below;
            }
            case Aggregate aggregate -> {
                BitSet below = of(aggregate.getInput());
                ImmutableBitSet keys = aggregate.getGroupSet();
                yield keys.stream().anyMatch(below::get)
                        ? all(rel)
                        : where(
                                rel.getRowType().getFieldCount(),
                                i -> i >= keys.cardinality()
                                        && isApproximate(
                                                aggregate.getAggCallList().get(i - keys.cardinality()), below));
            }
            default -> rel.getInputs().stream().allMatch(input -> of(input).isEmpty()) ? new BitSet() : all(rel);
        };
    }

    private static boolean isApproximate(AggregateCall call, BitSet below) {
        return call.isApproximate()
                || call.getArgList().stream().anyMatch(below::get)
                || call.getCollation().getFieldCollations().stream()
                        .anyMatch(order -> below.get(order.getFieldIndex()));
    }

    private static boolean uses(RexNode expression, BitSet below) {
        return RelOptUtil.InputFinder.bits(expression).stream().anyMatch(below::get)
                || RexUtil.findOperatorCall(ApproximateQuantile.VALUE, expression) != null;
    }

    private static BitSet all(RelNode rel) {
        return where(rel.getRowType().getFieldCount(), _ -> true);
    }

    private static BitSet where(int size, IntPredicate condition) {
        return IntStream.range(0, size).filter(condition).collect(BitSet::new, BitSet::set, BitSet::or);
    }
}
