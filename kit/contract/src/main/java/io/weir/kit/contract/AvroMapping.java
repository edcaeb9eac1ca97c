package io.weir.kit.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * Row types as Avro record schemas and back (Avro 1.12 specification, logical types included).
 *
 * <p>A nullable column is a union with null first and null as its default, so that it can be added and removed under BACKWARD compatibility. A timestamp without
 * zone is {@code local-timestamp-millis}, one with zone {@code timestamp-millis}; a decimal is bytes.
 */
public final class AvroMapping {

    private AvroMapping() {}

    /** The record of the primary key's columns, {@code io.weir.<domain>.<layer>.<Product>Key}; of the whole row where the row is the key. */
    public static Schema keySchema(DataProduct product) {
        return schema(product.keyType(), namespace(product.name()), recordName(product.name()) + "Key");
    }

    /** The record of all columns, {@code io.weir.<domain>.<layer>.<Product>}. */
    public static Schema valueSchema(DataProduct product) {
        return schema(product.rowType(), namespace(product.name()), recordName(product.name()));
    }

    public static Schema schema(DataProduct product, Schemas.Part part) {
        return switch (part) {
            case KEY -> keySchema(product);
            case VALUE -> valueSchema(product);
        };
    }

    public static Schema schema(RowType type, String namespace, String name) {
        List<Schema.Field> fields = new ArrayList<>();
        for (Column column : type.columns()) {
            Schema plain = schema(column.type(), namespace + "." + name, column.name());
            fields.add(
                    column.nullable()
                            ? new Schema.Field(
                                    column.name(),
                                    Schema.createUnion(Schema.create(Schema.Type.NULL), plain),
                                    null,
                                    JsonProperties.NULL_VALUE)
                            : new Schema.Field(column.name(), plain));
        }
        return Schema.createRecord(name, null, namespace, false, fields);
    }

    /** The row type that a record describes; an {@link IllegalArgumentException} names the field that has no SQL type. */
    public static RowType rowType(Schema record) {
        if (record.getType() != Schema.Type.RECORD) {
            throw new IllegalArgumentException("a row is an Avro record, not " + record.getType());
        }
        List<Column> columns = new ArrayList<>();
        for (Schema.Field field : record.getFields()) {
            Schema plain = plain(field.schema());
            columns.add(new Column(
                    field.name().toLowerCase(Locale.ROOT),
                    type(field.name(), plain),
                    field.schema().isNullable()));
        }
        return new RowType(columns);
    }

    /** The schema beside null in a union of the two; any other schema as it is. */
    static Schema plain(Schema schema) {
        if (schema.getType() != Schema.Type.UNION) {
            return schema;
        }
        List<Schema> others = schema.getTypes().stream()
                .filter(member -> member.getType() != Schema.Type.NULL)
                .toList();
        return others.size() == 1 ? others.getFirst() : schema;
    }

    /** {@code namespace} and {@code name} are those of a record in that place. */
    private static Schema schema(DataType type, String namespace, String name) {
        return switch (type) {
            case DataType.Bool _ -> Schema.create(Schema.Type.BOOLEAN);
            case DataType.Int _ -> Schema.create(Schema.Type.INT);
            case DataType.BigInt _ -> Schema.create(Schema.Type.LONG);
            case DataType.Real _ -> Schema.create(Schema.Type.FLOAT);
            case DataType.DoublePrecision _ -> Schema.create(Schema.Type.DOUBLE);
            case DataType.Decimal(int precision, int scale) ->
                LogicalTypes.decimal(precision, scale).addToSchema(Schema.create(Schema.Type.BYTES));
            case DataType.Varchar _ -> Schema.create(Schema.Type.STRING);
            case DataType.Date _ -> LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT));
            case DataType.Time _ -> LogicalTypes.timeMillis().addToSchema(Schema.create(Schema.Type.INT));
            case DataType.Timestamp(boolean withTimeZone) ->
                (withTimeZone ? LogicalTypes.timestampMillis() : LogicalTypes.localTimestampMillis())
                        .addToSchema(Schema.create(Schema.Type.LONG));
            case DataType.Varbinary _ -> Schema.create(Schema.Type.BYTES);
            case DataType.Array(DataType element) -> Schema.createArray(nullable(schema(element, namespace, name)));
            case DataType.Struct(List<Column> fields) -> schema(new RowType(fields), namespace, name);
            case DataType.Mapping(DataType value) -> Schema.createMap(nullable(schema(value, namespace, name)));
        };
    }

    private static Schema nullable(Schema schema) {
        return Schema.createUnion(Schema.create(Schema.Type.NULL), schema);
    }

    private static DataType type(String field, Schema schema) {
        LogicalType logical = schema.getLogicalType();
        switch (logical) {
            case LogicalTypes.Decimal decimal -> {
                return new DataType.Decimal(decimal.getPrecision(), decimal.getScale());
            }
            case LogicalTypes.Date _ -> {
                return new DataType.Date();
            }
            case LogicalTypes.TimeMillis _, LogicalTypes.TimeMicros _ -> {
                return new DataType.Time();
            }
            case LogicalTypes.TimestampMillis _, LogicalTypes.TimestampMicros _ -> {
                return new DataType.Timestamp(true);
            }
            case LogicalTypes.LocalTimestampMillis _, LogicalTypes.LocalTimestampMicros _ -> {
                return new DataType.Timestamp(false);
            }
            case null, default -> {}
        }
        return switch (schema.getType()) {
            case BOOLEAN -> new DataType.Bool();
            case INT -> new DataType.Int();
            case LONG -> new DataType.BigInt();
            case FLOAT -> new DataType.Real();
            case DOUBLE -> new DataType.DoublePrecision();
            case STRING, ENUM -> new DataType.Varchar();
            case BYTES, FIXED -> new DataType.Varbinary();
            case ARRAY -> new DataType.Array(type(field, plain(schema.getElementType())));
            case RECORD -> new DataType.Struct(rowType(schema).columns());
            case MAP -> new DataType.Mapping(type(field, plain(schema.getValueType())));
            case UNION, NULL ->
                throw new IllegalArgumentException("field \"%s\" is an Avro %s, which has no column type"
                        .formatted(field, schema.getType().getName()));
        };
    }

    private static String namespace(ProductName name) {
        return "io.weir.%s.%s"
                .formatted(name.domain().replace('-', '_'), name.layer().text());
    }

    private static String recordName(ProductName name) {
        StringBuilder camel = new StringBuilder();
        for (String word : name.product().split("[-_]+", 0)) {
            if (!word.isEmpty()) {
                camel.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
            }
        }
        return camel.toString();
    }
}
