package io.weir.kit.sql;

import io.weir.kit.contract.DataProduct;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexVisitorImpl;

/**
 * Which columns a query shows only as a digest of them. Pure.
 *
 * <p>Where it cannot be told (aggregates, windows, sets), a column counts as shown.
 */
final class Masking {

    private static final Set<String> DIGESTS = Set.of("MD5", "SHA256");

    private final Set<String> shown = new LinkedHashSet<>();
    private final Set<String> digested = new LinkedHashSet<>();
    private boolean unknown;

    private Masking() {}

    /** Output column -> the input columns, as {@code topic.column}, of which it holds nothing but a digest. */
    static Map<String, Set<String>> of(RelNode root, DataProduct output) {
        Map<String, Set<String>> masked = new LinkedHashMap<>();
        for (int i = 0; i < output.rowType().size(); i++) {
            Masking one = new Masking();
            one.look(root, i, false);
            one.digested.removeAll(one.shown);
            if (!one.unknown && !one.digested.isEmpty()) {
                masked.put(output.rowType().columns().get(i).name(), one.digested);
            }
        }
        return masked;
    }

    private void look(RelNode node, int column, boolean inDigest) {
        switch (node) {
            case TableScan scan ->
                (inDigest ? digested : shown)
                        .add("%s.%s"
                                .formatted(
                                        scan.getTable()
                                                .unwrapOrThrow(ProductTable.class)
                                                .product()
                                                .name()
                                                .topic(),
                                        scan.getRowType().getFieldNames().get(column)));
            case Project project -> look(project, project.getProjects().get(column), inDigest);
            case Filter filter -> look(filter.getInput(), column, inDigest);
            case Sort sort -> look(sort.getInput(), column, inDigest);
            case Join join -> {
                int left = join.getLeft().getRowType().getFieldCount();
                if (column < left) {
                    look(join.getLeft(), column, inDigest);
                } else {
                    look(join.getRight(), column - left, inDigest);
                }
            }
            default -> unknown = true;
        }
    }

    private void look(Project project, RexNode expression, boolean inDigest) {
        expression.accept(new RexVisitorImpl<Void>(true) {
            private boolean digest = inDigest;

            @Override
            public Void visitInputRef(RexInputRef ref) {
                look(project.getInput(), ref.getIndex(), digest);
                return null;
            }

            @Override
            public Void visitCall(RexCall call) {
                boolean outside = digest;
                digest |= DIGESTS.contains(call.getOperator().getName());
                super.visitCall(call);
                digest = outside;
                return null;
            }
        });
    }
}
