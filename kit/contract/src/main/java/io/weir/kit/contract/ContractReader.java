package io.weir.kit.contract;

import io.weir.kit.contract.Settings.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One contract file: Open Data Contract Standard v3.1.0, one object in its schema, {@code customProperties} of ours.
 *
 * <p>{@link Odcs} checks the whole against the standard; here is what Weir reads of it. All of it is kept in the product's document.
 */
final class ContractReader {

    private static final Pattern COLUMN = Pattern.compile("[a-z_][a-z0-9_]*");
    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+\\.\\d+");

    private record KeyColumn(int position, int index, Fields property) {}

    private enum Key {
        ROW
    }

    private final @Nullable String domain;
    private final Set<ProductName> claimed;
    private final References references = new References();

    /**
     * @param domain what domain.yaml says; null where a contract is read alone
     * @param claimed receives the name of every product that has a contract, a faulty one too
     */
    ContractReader(@Nullable String domain, Set<ProductName> claimed) {
        this.domain = domain;
        this.claimed = claimed;
    }

    /** Null where the product cannot be told; other mistakes leave a product that is good enough to check the rest against. */
    @Nullable
    DataProduct read(Path path, Fields contract) {
        Odcs.check(contract);
        String version = contract.text("version");
        if (version != null
                && contract.isText("version")
                && !VERSION.matcher(version).matches()) {
            contract.problem("version", "version \"%s\" has not the form 1.2.3".formatted(version));
        }
        String declared = contract.textOr("domain", null);
        if (declared != null && domain != null && !declared.equals(domain)) {
            contract.problem("domain", "domain is \"%s\", but domain.yaml says \"%s\"".formatted(declared, domain));
        }
        List<Fields> objects = contract.objects("schema");
        if (objects.size() != 1) {
            contract.problem(
                    "schema",
                    "\"schema\" has %d objects: a contract describes exactly one product".formatted(objects.size()));
        }
        if (objects.isEmpty()) {
            return null;
        }
        Fields object = objects.getFirst();
        ProductName name = name(object);
        DataProduct.OnViolation byDefault = new Settings(contract, Settings.Place.CONTRACT)
                .oneOf(Setting.ON_VIOLATION, DataProduct.OnViolation.class, DataProduct.OnViolation.QUARANTINE);
        Settings settings = new Settings(object, Settings.Place.OBJECT);
        DataProduct.OnViolation onViolation =
                settings.oneOf(Setting.ON_VIOLATION, DataProduct.OnViolation.class, byDefault);
        DataProduct.Kind kind = settings.oneOf(Setting.KIND, DataProduct.Kind.class, DataProduct.Kind.TABLE);
        Columns columns = new Columns(tables(object, name));
        columns.read(object);
        columns.quality.object(object, columns.columns);
        references.read(object, name, settings.duration(Setting.REFERENCE_WAIT));
        serviceLevels(contract, object, columns.columns, columns.quality.promises());
        if (name == null || columns.columns.isEmpty()) {
            return null;
        }
        return new DataProduct(
                name,
                version == null ? "0.0.0" : version,
                new RowType(columns.columns),
                key(object, name, settings, columns.key),
                kind,
                onViolation,
                Stream.concat(columns.rules.stream(), columns.quality.rules().stream())
                        .toList(),
                partitions(settings),
                path,
                contract.document(),
                settings(settings, kind, columns));
    }

    /** What the contracts that were read refer to. */
    References references() {
        return references;
    }

    private @Nullable ProductName name(Fields object) {
        String topic = object.text("physicalName");
        if (topic == null) {
            return null;
        }
        ProductName name;
        try {
            name = ProductName.ofTopic(topic);
        } catch (IllegalArgumentException e) {
            object.problem("physicalName", "physicalName " + e.getMessage());
            return null;
        }
        if (domain != null && !name.domain().equals(domain)) {
            object.problem(
                    "physicalName",
                    "physicalName is of domain \"%s\", but domain.yaml says \"%s\"".formatted(name.domain(), domain));
        }
        if (!claimed.add(name)) {
            object.problem(
                    "physicalName",
                    "%s has a contract in another file already: one of the two is a new major version, or too many"
                            .formatted(name));
            return null;
        }
        return name;
    }

    private static int partitions(Settings settings) {
        int partitions = settings.count(Setting.PARTITIONS, 2);
        if (partitions == 0) {
            settings.problem(Setting.PARTITIONS, "a topic has at least 1 partition");
        }
        return Math.max(1, partitions);
    }

    private static ProductSettings settings(Settings settings, DataProduct.Kind kind, Columns columns) {
        Optional<String> eventTime = settings.word(Setting.EVENT_TIME);
        eventTime.ifPresent(name -> {
            Optional<Column> column = columns.columns.stream()
                    .filter(one -> one.name().equals(name))
                    .findFirst();
            List<String> times = columns.columns.stream()
                    .filter(one -> one.type() instanceof DataType.Timestamp || one.type() instanceof DataType.Date)
                    .map(Column::name)
                    .toList();
            if (column.isEmpty()) {
                settings.problem(
                        Setting.EVENT_TIME,
                        "eventTime \"%s\" is no column of this contract%s"
                                .formatted(name, DidYouMean.hint(name, times)));
            } else if (!times.contains(name)) {
                settings.problem(
                        Setting.EVENT_TIME,
                        "eventTime \"%s\" is a %s: it has to be a timestamp or a date"
                                .formatted(name, TypeNames.sql(column.get().type())));
            }
        });
        Optional<Duration> lateness = settings.duration(Setting.LATENESS);
        if (lateness.isPresent() && eventTime.isEmpty()) {
            settings.problem(Setting.LATENESS, "lateness without eventTime: say which column holds the event's time");
        }
        Optional<Duration> retention = settings.duration(Setting.RETENTION);
        if (retention.isPresent() && kind == DataProduct.Kind.TABLE) {
            settings.problem(
                    Setting.RETENTION,
                    "retention of a table would lose rows that still stand: leave it out, or say kind: events");
        }
        return new ProductSettings(
                eventTime,
                lateness,
                settings.oneOf(Setting.EMIT, ProductSettings.Emit.class, ProductSettings.Emit.OPEN),
                retention,
                settings.oneOf(
                        Setting.COMPATIBILITY,
                        ProductSettings.Compatibility.class,
                        ProductSettings.Compatibility.FULL_TRANSITIVE),
                columns.onViolation,
                columns.quality.sqlRules(),
                columns.quality.promises().promises(),
                List.of());
    }

    /** How a query of a quality rule may call the product. */
    private static Set<String> tables(Fields object, @Nullable ProductName name) {
        Set<String> tables = new LinkedHashSet<>();
        if (name != null) {
            tables.add(name.localName());
            tables.add(name.topic());
            tables.add(name.product());
        }
        String own = object.has("name") ? object.textOr("name", null) : null;
        if (own != null) {
            tables.add(own);
        }
        return tables;
    }

    /** What {@code slaProperties} are about has to be there: the object, or a column of it. */
    private static void serviceLevels(Fields contract, Fields object, List<Column> columns, PromiseReader promises) {
        String own = object.has("name") ? object.textOr("name", null) : null;
        String name = own == null ? "" : own;
        List<String> known = new ArrayList<>();
        known.add(name);
        columns.forEach(column -> known.add(name + "." + column.name()));
        for (Fields level : contract.objects("slaProperties")) {
            promises.serviceLevel(level, name, columns);
            Fields.Text element = level.has("element") ? level.placed("element") : null;
            if (element == null) {
                continue;
            }
            for (String one : element.value().split(",", 0)) {
                if (!known.contains(one.strip())) {
                    level.problem(
                            element.node(),
                            "element \"%s\" is not in this contract: write %s or %s.<column>%s"
                                    .formatted(
                                            one.strip(),
                                            name,
                                            name,
                                            DidYouMean.of(one.strip(), known)
                                                    .map(" (did you mean \"%s\"?)"::formatted)
                                                    .orElse("")));
                }
            }
        }
    }

    /** The columns of a contract's object, as they are read. */
    private static final class Columns {
        final List<Column> columns = new ArrayList<>();
        final List<RowRule> rules = new ArrayList<>();
        final List<KeyColumn> key = new ArrayList<>();
        final Map<String, DataProduct.OnViolation> onViolation = new TreeMap<>();
        final QualityReader quality;

        Columns(Set<String> tables) {
            this.quality = new QualityReader(tables);
        }

        void read(Fields object) {
            properties(object, this);
        }
    }

    private static void properties(Fields object, Columns into) {
        List<Column> columns = into.columns;
        Set<String> names = new HashSet<>();
        List<Fields> properties = object.objects("properties");
        if (properties.isEmpty()) {
            object.problem("\"properties\" is missing: name the columns of a row");
        }
        for (Fields property : properties) {
            String name = property.text("name");
            if (name == null) {
                continue;
            }
            if (!COLUMN.matcher(name).matches()) {
                property.problem(
                        "name",
                        "column \"%s\": write lower-case letters, digits and _ (did you mean \"%s\"?)"
                                .formatted(name, name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]+", "_")));
                continue;
            }
            if (!names.add(name)) {
                property.problem("name", "column \"%s\" appears twice: remove one".formatted(name));
                continue;
            }
            String physicalName = property.textOr("physicalName", name);
            if (!name.equals(physicalName)) {
                property.problem(
                        "physicalName",
                        "physicalName differs from the column's name: rename the column or leave it out");
            }
            TypeNames.Named type = type(property, name);
            boolean primaryKey = property.flag("primaryKey");
            Column column = new Column(
                    name,
                    type == null ? new DataType.Varchar() : type.type(),
                    !property.flag("required") && !primaryKey);
            column = new Column(name, column.type(), column.nullable(), OnErrorReader.read(property, column));
            Settings settings = new Settings(property, Settings.Place.COLUMN);
            Optional<DataProduct.OnViolation> onViolation = settings.has(Setting.ON_VIOLATION)
                    ? Optional.of(settings.oneOf(
                            Setting.ON_VIOLATION, DataProduct.OnViolation.class, DataProduct.OnViolation.QUARANTINE))
                    : Optional.empty();
            onViolation.ifPresent(word -> into.onViolation.put(name, word));
            if (type != null) {
                into.rules.addAll(RuleReader.read(property, column, columns.size(), type.maxLength(), onViolation));
                into.quality.column(property, column, columns.size(), onViolation);
            }
            if (primaryKey && column.type().isNested()) {
                property.problem(
                        "primaryKey",
                        "%s is no primary key: name a column that tells rows apart"
                                .formatted(column.type() instanceof DataType.Array ? "an array" : "a record or a map"));
            } else if (primaryKey) {
                into.key.add(new KeyColumn(property.count("primaryKeyPosition", 0), columns.size(), property));
            } else if (property.has("primaryKeyPosition")) {
                property.problem("primaryKeyPosition", "primaryKeyPosition without primaryKey: true");
            }
            columns.add(column);
        }
    }

    private static TypeNames.@Nullable Named array(Fields property, String column) {
        Fields items = property.has("items") ? property.objectOrNull("items") : null;
        if (items == null) {
            property.problem("column \"%s\" is an array: say of what with items: {logicalType: ...}".formatted(column));
            return null;
        }
        TypeNames.Named element = type(items, column);
        if (element != null && !DataType.Array.holds(element.type())) {
            items.problem("an array of arrays or of binaries is no column type");
            return null;
        }
        return element == null ? null : new TypeNames.Named(new DataType.Array(element.type()), "array", -1);
    }

    private static TypeNames.@Nullable Named object(Fields property, String column) {
        List<Fields> properties = property.objects("properties");
        if (properties.isEmpty()) {
            property.problem(
                    "column \"%s\" is an object: name its fields with properties, or say physicalType: map<text,integer>"
                            .formatted(column));
            return null;
        }
        List<Column> fields = new ArrayList<>();
        for (Fields one : properties) {
            String name = one.text("name");
            TypeNames.Named type = name == null ? null : type(one, column + "." + name);
            if (name == null || type == null) {
                continue;
            }
            if (!COLUMN.matcher(name).matches()
                    || fields.stream().anyMatch(field -> field.name().equals(name))) {
                one.problem(
                        "name", "field \"%s\": write lower-case letters, digits and _, each name once".formatted(name));
            } else if (type.type() instanceof DataType.Varbinary) {
                one.problem("a record with a binary field is no column type");
            } else {
                fields.add(new Column(name, type.type(), !one.flag("required")));
            }
        }
        return fields.size() < properties.size()
                ? null
                : new TypeNames.Named(new DataType.Struct(fields), "object", -1);
    }

    private static TypeNames.@Nullable Named type(Fields property, String column) {
        String logical = property.textOr("logicalType", null);
        String physical = property.textOr("physicalType", null);
        if ("array".equals(logical)) {
            return array(property, column);
        }
        if ("object".equals(logical) && physical == null) {
            return object(property, column);
        }
        Fields options = property.has("logicalTypeOptions") ? property.objectOrNull("logicalTypeOptions") : null;
        DataType type = logical == null
                ? null
                : TypeNames.logical(logical, options != null && options.has("timezone") && options.flag("timezone"));
        if (logical != null && type == null && !logical.equals("object")) {
            property.problem(
                    "logicalType",
                    "logicalType \"%s\" is not known%s"
                            .formatted(logical, DidYouMean.hint(logical, TypeNames.LOGICAL)));
            return null;
        }
        if (physical == null) {
            if (type == null) {
                property.problem("column \"%s\" has no type: add a logicalType (%s)"
                        .formatted(column, String.join(", ", TypeNames.LOGICAL)));
                return null;
            }
            return new TypeNames.Named(type, logical == null ? "" : logical, -1);
        }
        TypeNames.Named named;
        try {
            named = TypeNames.physical(physical);
        } catch (IllegalArgumentException e) {
            property.problem("physicalType", "physicalType " + e.getMessage());
            return null;
        }
        if (named == null) {
            property.problem(
                    "physicalType",
                    "physicalType \"%s\" is not known%s"
                            .formatted(physical, DidYouMean.hint(physical, TypeNames.PHYSICAL)));
            return null;
        }
        if (logical != null && !logical.equals(named.logicalType())) {
            property.problem(
                    "physicalType",
                    "physicalType \"%s\" is no %s: its logicalType is %s"
                            .formatted(physical, logical, named.logicalType()));
            return null;
        }
        return named;
    }

    private static List<Integer> key(Fields object, ProductName name, Settings settings, List<KeyColumn> key) {
        if (settings.has(Setting.KEY)) {
            settings.oneOf(Setting.KEY, Key.class, Key.ROW);
            if (!key.isEmpty()) {
                key.getFirst()
                        .property
                        .problemAtName(
                                "primaryKey",
                                "primaryKey beside the custom property key: row; leave one of the two out");
            }
            return List.of();
        }
        if (key.isEmpty()) {
            object.problem(("%s has no primary key: mark its columns with primaryKey: true, "
                            + "or say that the whole row is the key with customProperties {property: key, value: row}")
                    .formatted(name));
            return List.of();
        }
        TreeMap<Integer, Integer> byPosition = new TreeMap<>();
        for (KeyColumn column : key) {
            int position = key.size() == 1 && column.position == 0 ? 1 : column.position;
            if (position < 1 || position > key.size() || byPosition.put(position, column.index) != null) {
                column.property.problemAtName(
                        column.property.has("primaryKeyPosition") ? "primaryKeyPosition" : "primaryKey",
                        "the %d primary-key columns need primaryKeyPosition 1 to %d, each once"
                                .formatted(key.size(), key.size()));
            }
        }
        return List.copyOf(byPosition.values());
    }
}
