package io.weir.kit.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** A contract in the words of other tools. Every form is a function of the contract alone: the same contract, the same text. */
public final class ContractExport {

    /** What a contract can become. */
    public enum Format {
        /** The value's Avro schema, as the registry has it. */
        AVRO,
        /** A row as JSON, JSON Schema 2020-12. */
        JSONSCHEMA,
        /** The topic, AsyncAPI 3.0 in YAML. */
        ASYNCAPI,
        /** A page for people. */
        MARKDOWN,
        /** The product as a dbt source, with data tests. */
        DBT
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    private final DataProduct product;
    private final Map<String, Object> document;
    private final Map<String, Map<String, @Nullable Object>> columns;

    private ContractExport(DataProduct product) {
        this.product = product;
        this.document = product.document();
        this.columns = Documents.columns(product);
    }

    /** Ends in a line feed. */
    public static String to(Format format, DataProduct product) {
        ContractExport export = new ContractExport(product);
        String text =
                switch (format) {
                    case AVRO -> json(avro(AvroMapping.valueSchema(product)).get("schema"));
                    case JSONSCHEMA -> json(export.jsonSchema());
                    case ASYNCAPI -> yaml(export.asyncApi());
                    case MARKDOWN -> ContractPage.of(product);
                    case DBT -> yaml(export.dbt());
                };
        return text.endsWith("\n") ? text : text + "\n";
    }

    private Map<String, Object> jsonSchema() {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("$id", "urn:weir:%s:%s".formatted(product.name().topic(), product.version()));
        schema.put("title", product.name().product());
        describe(schema, Documents.text(Documents.object(product), "description"));
        schema.put("type", "object");
        schema.put(
                "required",
                product.rowType().columns().stream()
                        .filter(column -> !column.nullable())
                        .map(Column::name)
                        .toList());
        Map<String, Object> properties = new LinkedHashMap<>();
        product.rowType().columns().forEach(column -> properties.put(column.name(), property(column)));
        schema.put("properties", properties);
        schema.put("additionalProperties", false);
        return schema;
    }

    private Map<String, Object> property(Column column) {
        Map<String, @Nullable Object> declared = declared(column);
        Map<String, Object> schema = new LinkedHashMap<>();
        describe(schema, Documents.text(declared, "description"));
        String type = jsonType(column.type(), schema);
        schema.put("type", column.nullable() ? List.of(type, "null") : type);
        if (type.equals("string") && !(column.type() instanceof DataType.Varchar)) {
            return schema; // Lengths and bounds are those of the value, not of its text.
        }
        Map<String, @Nullable Object> options = Documents.map(declared.get("logicalTypeOptions"));
        for (String option : List.of(
                "minLength",
                "maxLength",
                "pattern",
                "minimum",
                "maximum",
                "exclusiveMinimum",
                "exclusiveMaximum",
                "multipleOf")) {
            Object value = options.get(option);
            if (value != null) {
                schema.put(option, value);
            }
        }
        String format = Documents.text(options, "format");
        if (List.of("email", "uuid", "uri", "hostname", "ipv4", "ipv6").contains(format)) {
            schema.put("format", format);
        }
        if (column.type() instanceof DataType.Varchar) {
            Enumeration.of(declared).ifPresent(values -> {
                List<@Nullable Object> all = new ArrayList<>(values);
                if (column.nullable()) {
                    all.add(null);
                }
                schema.put("enum", all);
            });
        }
        Object examples = declared.get("examples");
        if (examples != null) {
            schema.put("examples", examples);
        }
        return schema;
    }

    private static String jsonType(DataType type, Map<String, Object> schema) {
        switch (type) {
            case DataType.Bool _ -> {
                return "boolean";
            }
            case DataType.Int _ -> {
                schema.put("format", "int32");
                return "integer";
            }
            case DataType.BigInt _ -> {
                schema.put("format", "int64");
                return "integer";
            }
            case DataType.Real _, DataType.DoublePrecision _, DataType.Decimal _ -> {
                return "number";
            }
            case DataType.Varchar _ -> {
                return "string";
            }
            case DataType.Array(DataType element) -> {
                Map<String, Object> items = new LinkedHashMap<>();
                items.put("type", List.of(jsonType(element, items), "null"));
                schema.put("items", items);
                return "array";
            }
            case DataType.Struct(List<Column> fields) -> {
                Map<String, Object> properties = new LinkedHashMap<>();
                for (Column field : fields) {
                    Map<String, Object> of = new LinkedHashMap<>();
                    String word = jsonType(field.type(), of);
                    of.put("type", field.nullable() ? List.of(word, "null") : word);
                    properties.put(field.name(), of);
                }
                schema.put("properties", properties);
                schema.put(
                        "required",
                        fields.stream()
                                .filter(field -> !field.nullable())
                                .map(Column::name)
                                .toList());
                schema.put("additionalProperties", false);
                return "object";
            }
            case DataType.Mapping(DataType value) -> {
                Map<String, Object> of = new LinkedHashMap<>();
                of.put("type", List.of(jsonType(value, of), "null"));
                schema.put("additionalProperties", of);
                return "object";
            }
            case DataType.Date _ -> schema.put("format", "date");
            case DataType.Time _ -> schema.put("pattern", "^\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?$");
            case DataType.Timestamp(boolean withTimeZone) -> {
                if (withTimeZone) {
                    schema.put("format", "date-time");
                } else {
                    schema.put("pattern", "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?$");
                }
            }
            case DataType.Varbinary _ -> schema.put("contentEncoding", "base64");
        }
        return "string";
    }

    private Map<String, Object> asyncApi() {
        String name = product.name().product();
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("title", name);
        info.put("version", product.version());
        describe(info, Documents.text(Documents.map(document.get("description")), "purpose"));
        Map<String, Object> api = new LinkedHashMap<>();
        api.put("asyncapi", "3.0.0");
        api.put("id", "urn:weir:" + product.name().topic());
        api.put("info", info);
        Map<String, Object> servers = servers();
        if (!servers.isEmpty()) {
            api.put("servers", servers);
        }
        api.put("defaultContentType", "avro/binary");

        Map<String, Object> binding = new LinkedHashMap<>();
        binding.put("topic", product.name().topic());
        binding.put("partitions", product.partitions());
        binding.put(
                "topicConfiguration",
                product.kind() == DataProduct.Kind.TABLE
                        ? Map.of("cleanup.policy", List.of("compact"))
                        : Map.of(
                                "retention.ms",
                                product.settings()
                                        .retention()
                                        .map(time -> time.toMillis())
                                        .orElse(-1L)));
        binding.put("bindingVersion", "0.5.0");
        Map<String, Object> channel = new LinkedHashMap<>();
        channel.put("address", product.name().topic());
        describe(channel, Documents.text(Documents.object(product), "description"));
        channel.put("messages", Map.of("row", reference("#/components/messages/row")));
        channel.put("bindings", Map.of("kafka", binding));
        api.put("channels", Map.of(name, channel));

        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("action", "send");
        operation.put("channel", reference("#/channels/" + name));
        operation.put("messages", List.of(reference("#/channels/%s/messages/row".formatted(name))));
        api.put("operations", Map.of("publish", operation));
        api.put("components", Map.of("messages", Map.of("row", message())));
        return api;
    }

    private Map<String, Object> servers() {
        Map<String, Object> servers = new LinkedHashMap<>();
        for (Map<String, @Nullable Object> server : Documents.maps(document.get("servers"))) {
            if ("kafka".equals(Documents.text(server, "type"))) {
                Map<String, Object> entry = new LinkedHashMap<>();
                entry.put("host", Documents.text(server, "host"));
                entry.put("protocol", "kafka");
                describe(entry, Documents.text(server, "description"));
                servers.put(Documents.text(server, "server"), entry);
            }
        }
        return servers;
    }

    private Map<String, Object> message() {
        Map<String, Object> headers = new LinkedHashMap<>();
        header(headers, "weir-source-ts", "Commit time in the source, ms since the epoch.");
        header(headers, "weir-position", "The source's log position.");
        header(headers, "weir-origin", "The system that first made the change.");
        header(headers, "weir-path", "The stages that the change has passed.");
        header(headers, "traceparent", "W3C trace context.");
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("name", "row");
        message.put("title", product.name().product());
        message.put("summary", "The row after the change; no value: the row with this key is deleted.");
        Map<String, Object> declared = new LinkedHashMap<>();
        declared.put("type", "object");
        declared.put("properties", headers);
        message.put("headers", declared);
        message.put("payload", avro(AvroMapping.valueSchema(product)));
        Map<String, Object> kafka = new LinkedHashMap<>();
        kafka.put("key", key());
        kafka.put("bindingVersion", "0.5.0");
        message.put("bindings", Map.of("kafka", kafka));
        return message;
    }

    /** The binding takes no Avro: the key's columns as a schema, and the Avro schema beside it. */
    private Map<String, Object> key() {
        Map<String, Object> properties = new LinkedHashMap<>();
        product.keyType().columns().forEach(column -> properties.put(column.name(), property(column)));
        Map<String, Object> key = new LinkedHashMap<>();
        key.put("type", "object");
        key.put("properties", properties);
        key.put("x-avro-schema", avro(AvroMapping.keySchema(product)).getOrDefault("schema", ""));
        return key;
    }

    private static void header(Map<String, Object> headers, String name, String description) {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("type", "string");
        header.put("description", description);
        headers.put(name, header);
    }

    private static Map<String, Object> avro(Schema schema) {
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("schemaFormat", "application/vnd.apache.avro+json;version=1.12.0");
        try {
            payload.put("schema", JSON.readValue(schema.toString(), LinkedHashMap.class));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
        return payload;
    }

    private Map<String, Object> dbt() {
        Map<String, Object> table = new LinkedHashMap<>();
        table.put("name", product.name().product());
        table.put("identifier", product.name().topic());
        describe(table, Documents.text(Documents.object(product), "description"));
        List<Map<String, Object>> all = new ArrayList<>();
        for (int i = 0; i < product.rowType().size(); i++) {
            boolean isKey =
                    product.kind() == DataProduct.Kind.TABLE && product.key().equals(List.of(i));
            all.add(dbtColumn(product.rowType().columns().get(i), isKey));
        }
        table.put("columns", all);

        Map<String, Object> source = new LinkedHashMap<>();
        source.put(
                "name", product.name().domain() + "_" + product.name().layer().text());
        describe(source, Documents.text(Documents.map(document.get("description")), "purpose"));
        Map<String, Object> meta = new LinkedHashMap<>();
        meta.put("contract", Documents.text(document, "id"));
        meta.put("version", product.version());
        String owner = Documents.text(Documents.map(document.get("team")), "name");
        if (!owner.isEmpty()) {
            meta.put("owner", owner);
        }
        source.put("meta", meta);
        source.put("tables", List.of(table));
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("version", 2);
        file.put("sources", List.of(source));
        return file;
    }

    private Map<String, Object> dbtColumn(Column column, boolean isKey) {
        Map<String, @Nullable Object> declared = declared(column);
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", column.name());
        describe(entry, Documents.text(declared, "description"));
        entry.put("data_type", TypeNames.sql(column.type()));
        List<Object> tests = new ArrayList<>();
        if (!column.nullable()) {
            tests.add("not_null");
        }
        if (isKey || Boolean.TRUE.equals(declared.get("unique"))) {
            tests.add("unique");
        }
        Optional<List<String>> values = Enumeration.of(declared).map(List::copyOf);
        values.ifPresent(words -> tests.add(Map.of("accepted_values", Map.of("values", words))));
        if (!tests.isEmpty()) {
            entry.put("data_tests", tests);
        }
        return entry;
    }

    private Map<String, @Nullable Object> declared(Column column) {
        return columns.getOrDefault(column.name(), Map.of());
    }

    private static Map<String, Object> reference(String target) {
        return Map.of("$ref", target);
    }

    private static void describe(Map<String, Object> into, String description) {
        if (!description.isEmpty()) {
            into.put("description", description);
        }
    }

    private static String json(@Nullable Object value) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String yaml(Object value) {
        return new Dump(DumpSettings.builder()
                        .setDefaultFlowStyle(FlowStyle.BLOCK)
                        .setIndent(2)
                        .setIndicatorIndent(2)
                        .setIndentWithIndicator(true)
                        .setSplitLines(false)
                        .setDereferenceAliases(true)
                        .build())
                .dumpToString(value);
    }
}
