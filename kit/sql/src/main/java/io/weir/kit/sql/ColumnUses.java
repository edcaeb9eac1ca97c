package io.weir.kit.sql;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.Consumer.Role;
import io.weir.kit.contract.Consumer.Use;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.ProductName;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.calcite.plan.RelOptTable;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.metadata.RelColumnOrigin;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.NlsString;
import org.apache.calcite.util.Sarg;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of which products a query uses, for what, and with which values it compares them. The query is optimised: what it does not need is gone.
 *
 * <p>Origins are Calcite's ({@link RelMetadataQuery#getColumnOrigins}): a column behind a join, a group or an expression is still that column.
 */
final class ColumnUses {

    private static final Set<SqlKind> COMPARISONS = EnumSet.of(
            SqlKind.EQUALS,
            SqlKind.NOT_EQUALS,
            SqlKind.LESS_THAN,
            SqlKind.LESS_THAN_OR_EQUAL,
            SqlKind.GREATER_THAN,
            SqlKind.GREATER_THAN_OR_EQUAL,
            SqlKind.IS_DISTINCT_FROM,
            SqlKind.IS_NOT_DISTINCT_FROM,
            SqlKind.LIKE,
            SqlKind.SEARCH);

    private static final class Found {
        final Set<Role> roles = EnumSet.noneOf(Role.class);
        final Set<String> matches = new LinkedHashSet<>();
        final Set<String> looseMatches = new LinkedHashSet<>();
        final Set<String> copiedTo = new LinkedHashSet<>();
        boolean feedsRequired;

        Use use() {
            return new Use(roles, matches, looseMatches, List.copyOf(copiedTo), feedsRequired);
        }
    }

    private final RelMetadataQuery metadata;
    private final Map<ProductName, Map<String, Found>> found = new TreeMap<>();

    private ColumnUses(RelMetadataQuery metadata) {
        this.metadata = metadata;
    }

    static Map<ProductName, Map<String, Use>> of(RelNode query, DataProduct output) {
        ColumnUses uses = new ColumnUses(query.getCluster().getMetadataQuery());
        uses.visit(query);
        uses.outputs(query, output);
        Map<ProductName, Map<String, Use>> all = new TreeMap<>();
        uses.found.forEach((product, columns) -> {
            Map<String, Use> each = new TreeMap<>();
            columns.forEach((column, one) -> each.put(column, one.use()));
            all.put(product, each);
        });
        return all;
    }

    private void visit(RelNode node) {
        node.getInputs().forEach(this::visit);
        switch (node) {
            case Filter filter -> expression(node, filter.getCondition(), Role.FILTER);
            case Join join -> join(join);
            case Project project ->
                project.getProjects().forEach(expression -> expression(node, expression, Role.VALUE));
            case Aggregate aggregate -> {
                aggregate.getGroupSet().forEach(column -> used(aggregate.getInput(), column, Role.GROUP));
                for (AggregateCall call : aggregate.getAggCallList()) {
                    call.getArgList().forEach(column -> used(aggregate.getInput(), column, Role.VALUE));
                    if (call.filterArg >= 0) {
                        used(aggregate.getInput(), call.filterArg, Role.FILTER);
                    }
                    call.getCollation().getKeys().forEach(column -> used(aggregate.getInput(), column, Role.GROUP));
                }
            }
            case Sort sort ->
                sort.getCollation().getKeys().forEach(column -> used(sort.getInput(), column, Role.GROUP));
            default -> {}
        }
    }

    /** Of which side a column is, the join's own metadata would tell only for inner joins. */
    private void join(Join join) {
        int left = join.getLeft().getRowType().getFieldCount();
        join.getCondition().accept(new RexVisitorImpl<Void>(true) {
            @Override
            public Void visitInputRef(RexInputRef ref) {
                used(side(ref.getIndex()), place(ref.getIndex()), Role.JOIN);
                return null;
            }

            @Override
            public Void visitCall(RexCall call) {
                compared(call, index -> origins(side(index), place(index)));
                return super.visitCall(call);
            }

            private RelNode side(int index) {
                return index < left ? join.getLeft() : join.getRight();
            }

            private int place(int index) {
                return index < left ? index : index - left;
            }
        });
    }

    private void expression(RelNode node, RexNode expression, Role role) {
        RelNode input = node.getInput(0);
        expression.accept(new RexVisitorImpl<Void>(true) {
            @Override
            public Void visitInputRef(RexInputRef ref) {
                used(input, ref.getIndex(), role);
                return null;
            }

            @Override
            public Void visitCall(RexCall call) {
                compared(call, index -> origins(input, index));
                return super.visitCall(call);
            }

            @Override
            public Void visitOver(RexOver over) {
                over.getWindow().partitionKeys.forEach(key -> expression(node, key, Role.GROUP));
                over.getWindow().orderKeys.forEach(key -> expression(node, key.left, Role.GROUP));
                return super.visitOver(over);
            }
        });
    }

    private interface Origins {
        Set<RelColumnOrigin> of(int index);
    }

    /** A column, or an expression over columns, beside literals. */
    private void compared(RexCall call, Origins origins) {
        if (!COMPARISONS.contains(call.getKind())) {
            return;
        }
        Set<String> values = new LinkedHashSet<>();
        List<RexNode> others = new ArrayList<>();
        for (RexNode operand : call.getOperands()) {
            RexNode bare = bare(operand);
            if (bare instanceof RexLiteral literal) {
                literals(literal, values);
            } else {
                others.add(bare);
            }
        }
        for (RexNode other : others) {
            boolean column = other instanceof RexInputRef;
            other.accept(new RexVisitorImpl<Void>(true) {
                @Override
                public Void visitInputRef(RexInputRef ref) {
                    for (RelColumnOrigin origin : origins.of(ref.getIndex())) {
                        Found one = found(origin);
                        (column && !origin.isDerived() ? one.matches : one.looseMatches).addAll(values);
                    }
                    return null;
                }
            });
        }
    }

    private static RexNode bare(RexNode expression) {
        return expression instanceof RexCall call && call.getKind() == SqlKind.CAST
                ? bare(call.getOperands().getFirst())
                : expression;
    }

    private static void literals(RexLiteral literal, Set<String> into) {
        Object value = literal.getValue();
        if (value instanceof Sarg<?> sarg) {
            sarg.rangeSet.asRanges().forEach(range -> {
                if (range.hasLowerBound()) {
                    text(range.lowerEndpoint(), into);
                }
                if (range.hasUpperBound()) {
                    text(range.upperEndpoint(), into);
                }
            });
        } else {
            text(value, into);
        }
    }

    private static void text(@Nullable Object value, Set<String> into) {
        switch (value) {
            case null -> {}
            // Blanks at the end are CHAR's padding, where literals of several lengths meet.
            case NlsString text -> into.add(text.getValue().stripTrailing());
            default -> into.add(value.toString());
        }
    }

    private void outputs(RelNode root, DataProduct output) {
        for (int i = 0; i < output.rowType().size(); i++) {
            Column column = output.rowType().columns().get(i);
            for (RelColumnOrigin origin : origins(root, i)) {
                Found one = found(origin);
                one.roles.add(Role.VALUE);
                if (!origin.isDerived()) {
                    one.copiedTo.add(column.name());
                }
                one.feedsRequired |= !column.nullable();
            }
        }
    }

    private void used(RelNode input, int column, Role role) {
        origins(input, column).forEach(origin -> found(origin).roles.add(role));
    }

    private Set<RelColumnOrigin> origins(RelNode node, int column) {
        Set<RelColumnOrigin> origins = metadata.getColumnOrigins(node, column);
        return origins == null ? Set.of() : origins;
    }

    private Found found(RelColumnOrigin origin) {
        RelOptTable table = origin.getOriginTable();
        return found.computeIfAbsent(
                        table.unwrapOrThrow(ProductTable.class).product().name(), _ -> new TreeMap<>())
                .computeIfAbsent(
                        table.getRowType().getFieldNames().get(origin.getOriginColumnOrdinal()), _ -> new Found());
    }
}
