package io.weir.kit.contract;

import io.weir.kit.contract.Settings.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** ODCS's {@code relationships}: what a contract says that its columns refer to, held against the contracts of the same domain. */
public final class References {

    /** How long a row waits for the row that it names, where the contract does not say. */
    private static final Duration WAIT = Duration.ofSeconds(10);

    /** {@code object.column} as it stands in the file. */
    private record Place(Node at, String object, String column) {
        Name name() {
            return new Name(object, column);
        }
    }

    private record Name(String object, String column) {}

    private record Reference(
            Fields at,
            @Nullable ProductName product,
            List<String> from,
            List<Place> to,
            Duration patience,
            Optional<DataProduct.OnViolation> onViolation) {}

    private final List<Reference> found = new ArrayList<>();

    References() {}

    /** Takes the {@code object.column} references of an object and its columns; those by id or into other files are somebody else's to follow. */
    void read(Fields object, @Nullable ProductName product, Optional<Duration> wait) {
        for (Fields relationship : object.objects("relationships")) {
            List<String> from = places(relationship.value("from")).stream()
                    .map(Place::column)
                    .toList();
            read(relationship, product, from, wait);
        }
        for (Fields column : object.objects("properties")) {
            for (Fields relationship : column.objects("relationships")) {
                read(relationship, product, List.of(column.textOr("name", "")), wait);
            }
        }
    }

    private void read(Fields relationship, @Nullable ProductName product, List<String> from, Optional<Duration> wait) {
        Settings settings = new Settings(relationship, Settings.Place.RELATIONSHIP);
        Optional<DataProduct.OnViolation> onViolation = settings.has(Setting.ON_VIOLATION)
                ? Optional.of(settings.oneOf(
                        Setting.ON_VIOLATION, DataProduct.OnViolation.class, DataProduct.OnViolation.QUARANTINE))
                : Optional.empty();
        found.add(new Reference(
                relationship, product, from, places(relationship.value("to")), wait.orElse(WAIT), onViolation));
    }

    private static List<Place> places(@Nullable Node node) {
        List<Node> all = node instanceof SequenceNode list ? list.getValue() : node == null ? List.of() : List.of(node);
        List<Place> places = new ArrayList<>();
        for (Node one : all) {
            String[] parts = one instanceof ScalarNode text ? text.getValue().split("\\.", 0) : new String[0];
            if (parts.length == 2 && !parts[1].contains("/")) {
                places.add(new Place(one, parts[0], parts[1]));
            }
        }
        return places;
    }

    /** An object of that name may be of another domain, so only a near miss is told; its columns are known where it is one of these. */
    void check(Collection<DataProduct> products) {
        List<String> objects = products.stream().map(References::objectName).toList();
        for (Reference reference : found) {
            for (Place to : reference.to) {
                check(reference, to, products, objects);
            }
        }
    }

    private static void check(Reference reference, Place to, Collection<DataProduct> products, List<String> objects) {
        List<DataProduct> targets = products.stream()
                .filter(product -> objectName(product).equals(to.object))
                .toList();
        if (targets.isEmpty()) {
            DidYouMean.of(to.object, objects)
                    .ifPresent(near -> reference.at.problem(
                            to.at,
                            "\"%s\" is the name of no object in this domain (did you mean \"%s\"?)"
                                    .formatted(to.object, near)));
        } else if (targets.stream().noneMatch(product -> product.rowType().indexOf(to.column) >= 0)) {
            reference.at.problem(
                    to.at,
                    "column \"%s\" is not in %s%s"
                            .formatted(
                                    to.column,
                                    targets.getFirst().name(),
                                    DidYouMean.hint(
                                            to.column,
                                            targets.getFirst().rowType().columns().stream()
                                                    .map(Column::name)
                                                    .toList())));
        }
    }

    /** The references of a product that a stage can check: to the primary key of a product of the same domain. */
    List<Relationship> of(ProductName name, Map<ProductName, DataProduct> products) {
        return found.stream()
                .filter(reference -> name.equals(reference.product) && reference.from.size() == reference.to.size())
                .flatMap(reference -> of(reference, name, products).stream())
                .toList();
    }

    private static Optional<Relationship> of(
            Reference reference, ProductName name, Map<ProductName, DataProduct> products) {
        DataProduct from = products.get(name);
        DataProduct to = target(reference, name, products.values()).orElse(null);
        if (from == null || to == null) {
            return Optional.empty();
        }
        List<String> named = reference.to.stream().map(Place::column).toList();
        List<Column> key = to.key().stream().map(to.rowType().columns()::get).toList();
        if (key.size() != named.size() || !key.stream().map(Column::name).allMatch(named::contains)) {
            reference.at.problem(
                    reference.to.getFirst().at,
                    "%s is not the primary key of %s: a stage keeps keys only, and checks references to them; write %s"
                            .formatted(
                                    String.join(", ", named),
                                    to.name(),
                                    key.isEmpty()
                                            ? "no relationship"
                                            : String.join(
                                                    ", ",
                                                    key.stream()
                                                            .map(column -> objectName(to) + "." + column.name())
                                                            .toList())));
            return Optional.empty();
        }
        List<String> columns = new ArrayList<>();
        for (Column keyColumn : key) {
            String column = reference.from.get(named.indexOf(keyColumn.name()));
            int position = from.rowType().indexOf(column);
            if (position < 0) {
                return Optional.empty();
            }
            DataType type = from.rowType().columns().get(position).type();
            if (!type.equals(keyColumn.type())) {
                reference.at.problem(
                        reference.to.getFirst().at,
                        "\"%s\" is %s, but %s of %s is %s: what refers has the type of what it refers to"
                                .formatted(
                                        column,
                                        TypeNames.sql(type),
                                        keyColumn.name(),
                                        to.name(),
                                        TypeNames.sql(keyColumn.type())));
                return Optional.empty();
            }
            columns.add(column);
        }
        return Optional.of(
                new Relationship(columns, to.name(), to.keyType(), reference.patience, reference.onViolation));
    }

    /** The products that a contract's relationships name, by any of their columns; itself is none of them. */
    public static List<DataProduct> named(DataProduct product, Collection<DataProduct> products) {
        Map<String, @Nullable Object> object = Documents.object(product);
        return Stream.concat(Stream.of(object), Documents.maps(object.get("properties")).stream())
                .flatMap(at -> Documents.maps(at.get("relationships")).stream())
                .map(relationship -> Documents.list(relationship.get("to")).stream()
                        .map(to -> String.valueOf(to).split("\\.", 0))
                        .filter(parts -> parts.length == 2)
                        .map(parts -> new Name(parts[0], parts[1]))
                        .toList())
                .filter(names -> !names.isEmpty())
                .flatMap(names -> target(names, product.name(), products).stream())
                .filter(other -> !other.name().equals(product.name()))
                .distinct()
                .toList();
    }

    /** Several products may have the object's name: one of the same layer goes first, and a later major. */
    private static Optional<DataProduct> target(
            Reference reference, ProductName name, Collection<DataProduct> products) {
        return target(reference.to.stream().map(Place::name).toList(), name, products);
    }

    private static Optional<DataProduct> target(List<Name> to, ProductName name, Collection<DataProduct> products) {
        return products.stream()
                .filter(product -> to.stream()
                        .allMatch(place -> place.object.equals(objectName(product))
                                && product.rowType().indexOf(place.column) >= 0))
                .max(Comparator.<DataProduct, Boolean>comparing(
                                product -> product.name().layer() == name.layer())
                        .thenComparing(product -> product.name().major()));
    }

    private static String objectName(DataProduct product) {
        return Documents.text(Documents.object(product), "name");
    }
}
