package io.weir.kit.sql;

import io.weir.kit.contract.Connection;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.Model;
import io.weir.kit.contract.Problem;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.ReferenceFile;
import io.weir.kit.contract.Sync;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/**
 * Which models of a domain read which, and which captured tables syncs write: there must be no circle, or a change would go round for ever. One through a sync may be
 * wanted; the sync says why.
 */
public final class ModelGraph {

    private final Map<ProductName, Model> models = new LinkedHashMap<>();
    private final Map<ProductName, Set<ProductName>> inputs = new LinkedHashMap<>();
    /** Captured products whose table a sync writes. */
    private final Map<ProductName, Sync> written = new LinkedHashMap<>();

    private final List<Problem> problems = new ArrayList<>();
    private final Set<ProductName> done = new HashSet<>();

    private ModelGraph(Domain domain) {
        for (Model model : domain.models()) {
            models.put(model.product(), model);
            inputs.put(model.product(), inputs(model, domain));
        }
        for (var source : domain.sources()) {
            for (var table : source.tables()) {
                domain.syncs().stream()
                        .filter(sync -> sync.loop().isEmpty() && writes(sync, source.connection(), table.table()))
                        .forEach(sync -> {
                            written.put(table.product(), sync);
                            inputs.put(table.product(), Set.of(sync.from()));
                        });
            }
        }
    }

    private static boolean writes(Sync sync, Optional<Connection> captured, String table) {
        return sync.table().equals(table)
                && captured.filter(connection ->
                                connection.jdbcUrl().equals(sync.to().jdbcUrl()))
                        .isPresent();
    }

    /** One problem for each circle, which names its path; none where a model's syntax is wrong, which is the planner's to tell. */
    public static List<Problem> circles(Domain domain) {
        ModelGraph graph = new ModelGraph(domain);
        graph.inputs.keySet().forEach(product -> graph.follow(product, new ArrayList<>()));
        return graph.problems;
    }

    private void follow(ProductName product, List<ProductName> path) {
        int before = path.indexOf(product);
        if (before >= 0) {
            List<ProductName> circle = new ArrayList<>(path.subList(before, path.size()));
            circle.add(product);
            problems.add(problem(circle));
            return;
        }
        if (done.contains(product)) {
            return;
        }
        path.add(product);
        inputs.getOrDefault(product, Set.of()).forEach(input -> follow(input, path));
        path.removeLast();
        done.add(product);
    }

    private Problem problem(List<ProductName> circle) {
        String path = circle.stream().map(ProductName::localName).collect(Collectors.joining(" reads "));
        Sync sync = circle.stream()
                .map(written::get)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        if (sync != null) {
            return new Problem(
                    sync.file().toString(),
                    0,
                    0,
                    "what sync \"%s\" writes into %s is captured, and comes back to it: %s; write another table, or say why it is wanted: loop: <reason>"
                            .formatted(sync.name(), sync.table(), path));
        }
        Model first = models.get(circle.getFirst());
        return new Problem(
                first == null ? circle.getFirst().localName() : first.file().toString(),
                0,
                0,
                "models read each other in a circle: %s; let one of them read something else".formatted(path));
    }

    /** The products that a model names. */
    private static Set<ProductName> inputs(Model model, Domain domain) {
        Set<ProductName> named = new LinkedHashSet<>();
        try {
            SqlPlanner.parse(model.sql()).accept(new SqlBasicVisitor<@Nullable Void>() {
                @Override
                public @Nullable Void visit(SqlCall call) {
                    DomainFunctions.conformsBy(call)
                            .filter(name ->
                                    !ReferenceFile.names(domain.folder()).contains(name))
                            .flatMap(name -> Reference.find(domain, name, SqlParserPos.ZERO))
                            .ifPresent(
                                    reference -> named.add(reference.product().name()));
                    return super.visit(call);
                }

                @Override
                public @Nullable Void visit(SqlIdentifier identifier) {
                    domain.find(String.join(".", identifier.names))
                            .map(DataProduct::name)
                            .ifPresent(named::add);
                    return null;
                }
            });
        } catch (SqlParseException | Refusal e) {
            return Set.of();
        }
        return named;
    }
}
