package io.weir.kit.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** A first contract for what is already there; what only its owner can know is marked {@code TODO}. */
public final class ContractDraft {

    /**
     * A column as a catalogue or a schema describes it.
     *
     * @param type as SQL writes it: {@code character varying(20)}, {@code numeric(12,2)}
     * @param keyPosition from 1 in the primary key; 0 outside it
     * @param description empty where nobody wrote one
     * @param values the only values that its type allows; empty where it is no enumeration
     * @param nested the type, where it has parts
     */
    public record DraftColumn(
            String name,
            String type,
            boolean nullable,
            int keyPosition,
            String description,
            List<String> values,
            Optional<DataType> nested) {
        public DraftColumn(
                String name, String type, boolean nullable, int keyPosition, String description, List<String> values) {
            this(name, type, nullable, keyPosition, description, values, Optional.empty());
        }
    }

    private final StringBuilder text = new StringBuilder();

    private ContractDraft() {}

    /**
     * @param product what the contract is for
     * @param from where the columns were found, for a comment
     */
    public static String of(ProductName product, String from, String description, List<DraftColumn> columns) {
        return new ContractDraft().write(product, from, description, columns);
    }

    /** The columns of an Avro record; {@code key} are the names of the key's fields. */
    public static List<DraftColumn> columns(Schema value, List<String> key) {
        List<DraftColumn> columns = new ArrayList<>();
        for (Column column : AvroMapping.rowType(value).columns()) {
            Schema.Field field = value.getFields().get(columns.size());
            Schema plain = AvroMapping.plain(field.schema());
            columns.add(new DraftColumn(
                    column.name(),
                    TypeNames.sql(column.type()),
                    column.nullable(),
                    1 + key.indexOf(field.name()),
                    Optional.ofNullable(field.doc()).orElse(""),
                    plain.getType() == Schema.Type.ENUM ? plain.getEnumSymbols() : List.of(),
                    Optional.of(column.type()).filter(DataType::isNested)));
        }
        return columns;
    }

    private String write(ProductName product, String from, String description, List<DraftColumn> columns) {
        String name = product.product().replace('-', '_');
        line("# Drafted from %s; what is marked TODO only its owner knows.".formatted(from));
        line("apiVersion: v3.1.0");
        line("kind: DataContract");
        line("id: %s.%s".formatted(product.domain(), product.product()));
        line("version: 1.0.0");
        line("status: draft");
        line("name: " + name);
        line("domain: " + product.domain());
        line("description:");
        line("  purpose: TODO what it is for");
        line("schema:");
        line("  - name: " + name);
        line("    physicalName: " + product.topic());
        line("    physicalType: topic");
        line("    logicalType: object");
        if (!description.isBlank()) {
            line("    description: " + quoted(description));
        }
        line("    customProperties:");
        custom("kind", "table");
        custom("onViolation", "quarantine");
        custom("partitions", "2");
        if (columns.stream().noneMatch(column -> column.keyPosition > 0)) {
            line("      # TODO no primary key was found: mark its columns with primaryKey: true, and take this out");
            custom("key", "row");
        }
        line("    properties:");
        columns.forEach(this::column);
        line("team:");
        line("  name: TODO");
        return text.toString();
    }

    private void column(DraftColumn column) {
        String name = column.name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]+", "_");
        line("      - name: " + name + (name.equals(column.name) ? "" : " # there: " + column.name));
        if (column.nested.isPresent()) {
            type(column.nested.get(), "        ");
            further(column);
            return;
        }
        String element = column.type.endsWith("[]") ? column.type.substring(0, column.type.length() - 2) : column.type;
        TypeNames.@Nullable Named type = TypeNames.physical(element);
        if (type != null && !element.equals(column.type)) {
            line("        logicalType: array");
            line("        items:");
            line("          logicalType: " + type.logicalType());
            line("          physicalType: " + element);
        } else if (type == null) {
            line("        logicalType: string");
            line("        physicalType: text # there: %s, which Weir carries as text".formatted(column.type));
        } else {
            line("        logicalType: " + type.logicalType());
            line("        physicalType: " + column.type);
        }
        further(column);
    }

    /** A type inside a type. */
    private void type(DataType type, String indent) {
        switch (type) {
            case DataType.Array(DataType element) -> {
                line(indent + "logicalType: array");
                line(indent + "items:");
                type(element, indent + "  ");
            }
            case DataType.Struct(List<Column> fields) -> {
                line(indent + "logicalType: object");
                line(indent + "properties:");
                for (Column field : fields) {
                    line(indent + "  - name: " + field.name());
                    type(field.type(), indent + "    ");
                    if (!field.nullable()) {
                        line(indent + "    required: true");
                    }
                }
            }
            default -> {
                String name = TypeNames.sql(type);
                TypeNames.@Nullable Named named = TypeNames.physical(name);
                line(indent + "logicalType: " + (named == null ? "string" : named.logicalType()));
                line(indent + "physicalType: " + name);
            }
        }
    }

    private void further(DraftColumn column) {
        if (!column.description.isBlank()) {
            line("        description: " + quoted(column.description));
        }
        if (column.keyPosition > 0) {
            line("        primaryKey: true");
            line("        primaryKeyPosition: " + column.keyPosition);
        }
        if (!column.nullable) {
            line("        required: true");
        }
        if (!column.values.isEmpty()) {
            line("        quality:");
            line("          - metric: invalidValues");
            line("            mustBe: 0");
            line("            arguments:");
            line("              validValues:");
            column.values.forEach(value -> line("                - " + quoted(value)));
        }
    }

    private void custom(String property, String value) {
        line("      - property: " + property);
        line("        value: " + value);
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    /** As a YAML text on one line. */
    private static String quoted(String value) {
        return "'" + value.strip().replaceAll("\\s+", " ").replace("'", "''") + "'";
    }
}
