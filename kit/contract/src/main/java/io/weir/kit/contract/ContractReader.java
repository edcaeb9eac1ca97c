package io.weir.kit.contract;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One contract file: Open Data Contract Standard v3.1.0, one object in its schema, {@code customProperties} of ours.
 *
 * <p>Fields of ODCS that nothing here reads yet (quality of many rows, service levels, team, servers) are kept in the product's document.
 */
final class ContractReader {

    private static final Pattern COLUMN = Pattern.compile("[a-z_][a-z0-9_]*");
    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+\\.\\d+");
    private static final List<String> API_VERSIONS = List.of("v3.1.0", "v3.0.2", "v3.0.1", "v3.0.0");

    private static final String[] ROOT = {
        "version",
        "kind",
        "apiVersion",
        "id",
        "name",
        "tenant",
        "tags",
        "status",
        "servers",
        "dataProduct",
        "description",
        "domain",
        "schema",
        "support",
        "price",
        "team",
        "roles",
        "slaDefaultElement",
        "slaProperties",
        "authoritativeDefinitions",
        "customProperties",
        "contractCreatedTs"
    };
    private static final String[] OBJECT = {
        "id",
        "name",
        "physicalType",
        "description",
        "businessName",
        "authoritativeDefinitions",
        "tags",
        "customProperties",
        "logicalType",
        "physicalName",
        "dataGranularityDescription",
        "properties",
        "relationships",
        "quality"
    };
    private static final String[] PROPERTY = {
        "id",
        "name",
        "physicalType",
        "description",
        "businessName",
        "authoritativeDefinitions",
        "tags",
        "customProperties",
        "primaryKey",
        "primaryKeyPosition",
        "logicalType",
        "logicalTypeOptions",
        "physicalName",
        "required",
        "unique",
        "partitioned",
        "partitionKeyPosition",
        "classification",
        "encryptedName",
        "transformSourceObjects",
        "transformLogic",
        "transformDescription",
        "examples",
        "criticalDataElement",
        "relationships",
        "quality"
    };

    private record KeyColumn(int position, int index, Fields property) {}

    private enum Key {
        ROW
    }

    private final String domain;
    private final Set<ProductName> claimed;

    /** @param claimed receives the name of every product that has a contract, a faulty one too */
    ContractReader(String domain, Set<ProductName> claimed) {
        this.domain = domain;
        this.claimed = claimed;
    }

    /** Null where the product cannot be told; other mistakes leave a product that is good enough to check the rest against. */
    @Nullable
    DataProduct read(Path path, Fields contract) {
        contract.allow(ROOT);
        String apiVersion = contract.text("apiVersion");
        if (apiVersion != null && !API_VERSIONS.contains(apiVersion)) {
            contract.problem(
                    "apiVersion",
                    "apiVersion \"%s\" is not known%s"
                            .formatted(apiVersion, DidYouMean.hint(apiVersion, API_VERSIONS)));
        }
        contract.expect("kind", "DataContract");
        contract.text("id");
        contract.text("status");
        String version = contract.text("version");
        if (version != null && !VERSION.matcher(version).matches()) {
            contract.problem("version", "version \"%s\" has not the form 1.2.3".formatted(version));
        }
        String declared = contract.textOr("domain", null);
        if (declared != null && !declared.equals(domain)) {
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
        object.allow(OBJECT);
        object.text("name");
        String logicalType = object.textOr("logicalType", "object");
        if (!"object".equals(logicalType)) {
            object.problem("logicalType", "logicalType is \"%s\": a product's rows are objects".formatted(logicalType));
        }
        ProductName name = name(object);
        Settings settings = settings(object);
        List<Column> columns = new ArrayList<>();
        List<RowRule> rules = new ArrayList<>();
        List<KeyColumn> key = new ArrayList<>();
        properties(object, columns, rules, key);
        if (name == null || columns.isEmpty()) {
            return null;
        }
        return new DataProduct(
                name,
                version == null ? "0.0.0" : version,
                new RowType(columns),
                key(object, name, settings, key),
                settings.kind,
                settings.onViolation,
                rules,
                settings.partitions,
                path,
                contract.document());
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
        if (!name.domain().equals(domain)) {
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

    private record Settings(
            DataProduct.Kind kind, DataProduct.OnViolation onViolation, int partitions, boolean rowIsKey) {}

    private static Settings settings(Fields object) {
        DataProduct.Kind kind = DataProduct.Kind.TABLE;
        DataProduct.OnViolation onViolation = DataProduct.OnViolation.QUARANTINE;
        int partitions = 2;
        boolean rowIsKey = false;
        List<String> known = List.of("kind", "onViolation", "partitions", "key");
        Set<String> seen = new HashSet<>();
        for (Fields custom : object.objects("customProperties")) {
            custom.allow("id", "property", "value", "description");
            String property = custom.text("property");
            if (property == null) {
                continue;
            }
            if (!seen.add(property)) {
                custom.problem("property", "custom property \"%s\" appears twice: remove one".formatted(property));
            }
            switch (property) {
                case "kind" -> kind = enumeration(custom, property, DataProduct.Kind.class, kind);
                case "onViolation" ->
                    onViolation = enumeration(custom, property, DataProduct.OnViolation.class, onViolation);
                case "partitions" -> {
                    partitions = custom.count("value", partitions);
                    if (partitions == 0) {
                        custom.problem("value", "a topic has at least 1 partition");
                        partitions = 1;
                    }
                }
                case "key" -> {
                    enumeration(custom, property, Key.class, Key.ROW);
                    rowIsKey = true;
                }
                default ->
                    custom.problem(
                            "property",
                            "custom property \"%s\" is not known%s"
                                    .formatted(property, DidYouMean.hint(property, known)));
            }
        }
        return new Settings(kind, onViolation, partitions, rowIsKey);
    }

    private static <E extends Enum<E>> E enumeration(Fields custom, String property, Class<E> type, E fallback) {
        custom.text("value");
        Fields.Text value = custom.has("value") ? custom.placed("value") : null;
        return value == null ? fallback : custom.oneOf(property, value, type, fallback);
    }

    private static void properties(Fields object, List<Column> columns, List<RowRule> rules, List<KeyColumn> key) {
        Set<String> names = new HashSet<>();
        List<Fields> properties = object.objects("properties");
        if (properties.isEmpty()) {
            object.problem("\"properties\" is missing: name the columns of a row");
        }
        for (Fields property : properties) {
            property.allow(PROPERTY);
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
            if (type != null) {
                rules.addAll(RuleReader.read(property, column, columns.size(), type.maxLength()));
            }
            if (primaryKey) {
                key.add(new KeyColumn(property.count("primaryKeyPosition", 0), columns.size(), property));
            } else if (property.has("primaryKeyPosition")) {
                property.problem("primaryKeyPosition", "primaryKeyPosition without primaryKey: true");
            }
            columns.add(column);
        }
    }

    private static TypeNames.@Nullable Named type(Fields property, String column) {
        String logical = property.textOr("logicalType", null);
        String physical = property.textOr("physicalType", null);
        Fields options = property.has("logicalTypeOptions") ? property.objectOrNull("logicalTypeOptions") : null;
        DataType type = logical == null
                ? null
                : TypeNames.logical(logical, options != null && options.has("timezone") && options.flag("timezone"));
        if (logical != null && type == null) {
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
        if (settings.rowIsKey) {
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
