package io.weir.kit.contract;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** ODCS's {@code relationships}: what a contract says that its columns refer to, held against the contracts of the same domain. */
final class References {

    private record Reference(Fields at, Node to, String object, String column) {}

    private final List<Reference> found = new ArrayList<>();

    /** Takes the {@code object.column} references at this object or column; those by id or into other files are somebody else's to follow. */
    void read(Fields at) {
        for (Fields relationship : at.objects("relationships")) {
            Node to = relationship.value("to");
            List<Node> all = to instanceof SequenceNode list ? list.getValue() : to == null ? List.of() : List.of(to);
            for (Node one : all) {
                String[] parts =
                        one instanceof ScalarNode text ? text.getValue().split("\\.", 0) : new String[0];
                if (parts.length == 2 && !parts[1].contains("/")) {
                    found.add(new Reference(relationship, one, parts[0], parts[1]));
                }
            }
        }
    }

    /** An object of that name may be of another domain, so only a near miss is told; its columns are known where it is one of these. */
    void check(Collection<DataProduct> products) {
        List<String> objects = products.stream().map(References::objectName).toList();
        for (Reference one : found) {
            Optional<DataProduct> target = products.stream()
                    .filter(product -> objectName(product).equals(one.object))
                    .findFirst();
            if (target.isEmpty()) {
                DidYouMean.of(one.object, objects)
                        .ifPresent(near -> one.at.problem(
                                one.to,
                                "\"%s\" is the name of no object in this domain (did you mean \"%s\"?)"
                                        .formatted(one.object, near)));
            } else if (products.stream()
                    .filter(product -> objectName(product).equals(one.object))
                    .noneMatch(product -> product.rowType().indexOf(one.column) >= 0)) {
                one.at.problem(
                        one.to,
                        "column \"%s\" is not in %s%s"
                                .formatted(
                                        one.column,
                                        target.get().name(),
                                        DidYouMean.hint(
                                                one.column,
                                                target.get().rowType().columns().stream()
                                                        .map(Column::name)
                                                        .toList())));
            }
        }
    }

    private static String objectName(DataProduct product) {
        return Documents.text(Documents.object(product), "name");
    }
}
