package io.weir.kit.sql;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.Layer;
import io.weir.kit.contract.Model;
import io.weir.kit.contract.Problem;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.RowConditions;
import io.weir.kit.contract.RowType;
import io.weir.kit.contract.SqlRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Conditions of contracts, compiled as a model's expressions are: the condition becomes the last column of a query over the product alone. */
public final class SqlConditions implements RowConditions {

    private static final String VERDICT = "weir_verdict";

    @Override
    public Predicate<@Nullable Object[]> compile(DataProduct product, SqlRule rule) {
        // Nothing is known of a row that is not checked yet: any column may be null.
        List<Integer> key = product.key().isEmpty() ? List.of(0) : product.key();
        RowType rows = product.rowType().allNullable();
        DataProduct input = product(product.name(), rows, key, product);
        List<Column> columns = new ArrayList<>(rows.project(key).columns());
        String keys = columns.stream().map(column -> '"' + column.name() + '"').collect(Collectors.joining(", "));
        columns.add(new Column(VERDICT, new DataType.Bool(), true));
        ProductName name = new ProductName(Layer.GOLD, product.name().domain(), "weir-rule", 1);
        DataProduct output = product(
                name, new RowType(columns), key.stream().map(key::indexOf).toList(), product);
        String sql = "SELECT %s, (%s) IS TRUE AS %s FROM %s.\"%s\""
                .formatted(
                        keys,
                        rule.condition(),
                        VERDICT,
                        product.name().layer().text(),
                        product.name().product());
        ModelPlan plan = plan(product, rule, new Model(name, sql, product.file()), List.of(input, output));
        if (!(plan.root() instanceof Source source)) {
            throw problem(product, rule, "is about more than one row: write it over the columns of a row alone");
        }
        return predicate(source.columns(), plan.program(source), columns.size() - 1);
    }

    private static Predicate<@Nullable Object[]> predicate(
            List<Integer> columns, RowProgram.Compiled compiled, int verdict) {
        ThreadLocal<RowProgram> program = ThreadLocal.withInitial(compiled::program);
        int[] read = columns.stream().mapToInt(column -> column).toArray();
        return row -> {
            @Nullable Object[] in = new @Nullable Object[read.length];
            for (int i = 0; i < read.length; i++) {
                in[i] = row[read[i]];
            }
            try {
                @Nullable Object @Nullable [] out = program.get().run(in);
                return out != null && Boolean.TRUE.equals(out[verdict]);
            } catch (RowProgram.Failure failed) {
                return true;
            }
        };
    }

    private static ModelPlan plan(DataProduct product, SqlRule rule, Model model, List<DataProduct> products) {
        Domain domain = new Domain(
                Path.of(""),
                product.name().domain(),
                "",
                "",
                "",
                products.stream().collect(Collectors.toMap(DataProduct::name, one -> one)),
                List.of(),
                List.of(model),
                List.of());
        try {
            return SqlPlanner.plan(model, domain);
        } catch (ProblemsException e) {
            throw problem(product, rule, e.problems().getFirst().message());
        }
    }

    private static ProblemsException problem(DataProduct product, SqlRule rule, String message) {
        return new ProblemsException(List.of(new Problem(
                product.file().toString(),
                rule.line(),
                rule.column(),
                "quality rule \"%s\": %s".formatted(rule.name(), message))));
    }

    private static DataProduct product(ProductName name, RowType rows, List<Integer> key, DataProduct like) {
        return new DataProduct(
                name,
                like.version(),
                rows,
                key,
                DataProduct.Kind.TABLE,
                like.onViolation(),
                List.of(),
                like.partitions(),
                like.file(),
                Map.of());
    }
}
