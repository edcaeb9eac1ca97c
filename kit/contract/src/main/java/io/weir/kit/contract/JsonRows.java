package io.weir.kit.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rows as JSON objects and back. Dates and times are ISO 8601 texts, binaries are base64, decimals are numbers (texts are read too).
 *
 * <p>Stateless and thread-safe.
 */
public final class JsonRows {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private JsonRows() {}

    /**
     * Reads an object. A missing field is null, also where the column is required: that is a row rule's to say.
     *
     * @throws JsonRowException with every field that is unknown or of a wrong type
     */
    public static @Nullable Object[] read(JsonNode json, RowType type) {
        if (!json.isObject()) {
            throw new JsonRowException(
                    List.of(new JsonRowException.FieldError("", "type", "a row is a JSON object {column: value}")));
        }
        List<JsonRowException.FieldError> errors = new ArrayList<>();
        List<String> names = type.columns().stream().map(Column::name).toList();
        @Nullable Object[] row = new Object[type.size()];
        json.properties().forEach(entry -> {
            int position = names.indexOf(entry.getKey());
            if (position < 0) {
                errors.add(new JsonRowException.FieldError(
                        entry.getKey(), "unknown", "no such column" + DidYouMean.hint(entry.getKey(), names)));
                return;
            }
            DataType column = type.columns().get(position).type();
            try {
                row[position] = entry.getValue().isNull() ? null : value(entry.getValue(), column);
            } catch (JsonRowException e) {
                e.errors()
                        .forEach(error -> errors.add(new JsonRowException.FieldError(
                                entry.getKey() + (error.field().isEmpty() ? "" : "." + error.field()),
                                error.rule(),
                                error.message())));
            } catch (DateTimeException | ArithmeticException | IllegalArgumentException | IOException e) {
                errors.add(new JsonRowException.FieldError(
                        entry.getKey(),
                        "type",
                        "not of type %s: write %s".formatted(TypeNames.sql(column), example(column))));
            }
        });
        if (!errors.isEmpty()) {
            throw new JsonRowException(errors);
        }
        return row;
    }

    /** Writes a row as an object with all its columns. */
    public static ObjectNode write(@Nullable Object[] row, RowType type) {
        ObjectNode json = NODES.objectNode();
        for (int i = 0; i < type.size(); i++) {
            Column column = type.columns().get(i);
            Object value = row[i];
            json.set(column.name(), value == null ? NODES.nullNode() : node(value, column.type()));
        }
        return json;
    }

    /** A value as it stands in a row's object. */
    public static JsonNode node(Object value, DataType type) {
        return switch (type) {
            case DataType.Bool _ -> NODES.booleanNode((Boolean) value);
            case DataType.Int _ -> NODES.numberNode((Integer) value);
            case DataType.BigInt _ -> NODES.numberNode((Long) value);
            case DataType.Real _ -> NODES.numberNode((Float) value);
            case DataType.DoublePrecision _ -> NODES.numberNode((Double) value);
            case DataType.Decimal _ -> DecimalNode.valueOf((BigDecimal) value);
            case DataType.Varchar _ -> NODES.textNode((String) value);
            case DataType.Date _ ->
                NODES.textNode(LocalDate.ofEpochDay((Integer) value).toString());
            case DataType.Time _ ->
                NODES.textNode(
                        DateTimeFormatter.ISO_LOCAL_TIME.format(LocalTime.ofNanoOfDay((Integer) value * 1_000_000L)));
            case DataType.Timestamp timestamp -> {
                Instant instant = Instant.ofEpochMilli((Long) value);
                yield NODES.textNode(
                        timestamp.withTimeZone()
                                ? instant.toString()
                                : DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(
                                        LocalDateTime.ofInstant(instant, ZoneOffset.UTC)));
            }
            case DataType.Varbinary _ -> NODES.binaryNode((byte[]) value);
            case DataType.Array(DataType element) -> {
                ArrayNode array = NODES.arrayNode();
                ((List<?>) value).forEach(one -> array.add(one == null ? NODES.nullNode() : node(one, element)));
                yield array;
            }
            case DataType.Struct(List<Column> fields) -> write(((List<?>) value).toArray(), new RowType(fields));
            case DataType.Mapping(DataType of) -> {
                ObjectNode map = NODES.objectNode();
                ((Map<?, ?>) value)
                        .forEach((key, one) -> map.set((String) key, one == null ? NODES.nullNode() : node(one, of)));
                yield map;
            }
        };
    }

    private static Object value(JsonNode json, DataType type) throws IOException {
        return switch (type) {
            case DataType.Bool _ -> {
                check(json.isBoolean());
                yield json.booleanValue();
            }
            case DataType.Int _ -> number(json).intValueExact();
            case DataType.BigInt _ -> number(json).longValueExact();
            case DataType.Real _ -> floating(json).floatValue();
            case DataType.DoublePrecision _ -> floating(json).doubleValue();
            case DataType.Decimal decimal ->
                (json.isTextual() ? new BigDecimal(json.textValue()) : number(json))
                        .setScale(decimal.scale(), RoundingMode.UNNECESSARY);
            case DataType.Varchar _ -> text(json);
            case DataType.Date _ -> Math.toIntExact(LocalDate.parse(text(json)).toEpochDay());
            case DataType.Time _ -> Math.toIntExact(LocalTime.parse(text(json)).toNanoOfDay() / 1_000_000);
            case DataType.Timestamp _ -> RuleReader.timestampMs(text(json));
            case DataType.Varbinary _ -> {
                check(json.isTextual() || json.isBinary());
                yield json.binaryValue();
            }
            case DataType.Array(DataType element) -> {
                check(json.isArray());
                List<@Nullable Object> array = new ArrayList<>();
                for (JsonNode one : json) {
                    array.add(one.isNull() ? null : value(one, element));
                }
                yield Collections.unmodifiableList(array);
            }
            case DataType.Struct(List<Column> fields) ->
                Collections.unmodifiableList(Arrays.asList(read(json, new RowType(fields))));
            case DataType.Mapping(DataType of) -> {
                check(json.isObject());
                Map<String, @Nullable Object> map = new TreeMap<>();
                for (Map.Entry<String, JsonNode> entry : json.properties()) {
                    map.put(entry.getKey(), entry.getValue().isNull() ? null : value(entry.getValue(), of));
                }
                yield Collections.unmodifiableMap(map);
            }
        };
    }

    private static String text(JsonNode json) {
        check(json.isTextual());
        return json.textValue();
    }

    private static BigDecimal number(JsonNode json) {
        check(json.isNumber());
        return json.decimalValue();
    }

    private static Number floating(JsonNode json) {
        check(json.isNumber());
        return json.numberValue();
    }

    private static void check(boolean fits) {
        if (!fits) {
            throw new IllegalArgumentException("another type");
        }
    }

    private static String example(DataType type) {
        return switch (type) {
            case DataType.Bool _ -> "true or false";
            case DataType.Int _ -> "a whole number of 32 bits";
            case DataType.BigInt _ -> "a whole number of 64 bits";
            case DataType.Real _, DataType.DoublePrecision _ -> "a number";
            case DataType.Decimal decimal ->
                "a number with at most %d digits after the point".formatted(decimal.scale());
            case DataType.Varchar _ -> "a text";
            case DataType.Date _ -> "a date like \"2026-01-31\"";
            case DataType.Time _ -> "a time like \"18:30:00\"";
            case DataType.Timestamp timestamp ->
                timestamp.withTimeZone()
                        ? "a time like \"2026-01-31T18:30:00Z\""
                        : "a time like \"2026-01-31T18:30:00\"";
            case DataType.Varbinary _ -> "base64";
            case DataType.Array(DataType element) -> "a list, each of it " + example(element);
            case DataType.Struct(List<Column> fields) ->
                "an object with "
                        + fields.stream()
                                .map(field -> "\"%s\": %s".formatted(field.name(), example(field.type())))
                                .collect(Collectors.joining(", "));
            case DataType.Mapping(DataType value) -> "an object, each value of it " + example(value);
        };
    }
}
