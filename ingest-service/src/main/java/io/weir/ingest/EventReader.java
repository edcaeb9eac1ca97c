package io.weir.ingest;

import io.weir.ingest.SourceValues.Converter;
import io.weir.ingest.SourceValues.UnfitException;
import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.RowType;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.contract.Schemas;
import io.weir.kit.contract.Source;
import io.weir.kit.stream.ReasonCode;
import io.weir.kit.stream.StageHaltException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Reads Debezium's Avro events of one table in the terms of the product's contract.
 *
 * <p>Columns that the contract does not name are passed over and told once to {@code onIgnoredColumn}, unless the source says otherwise: then no row
 * passes whose columns are not the contract's, or a {@link StageHaltException} is thrown at the first. Not thread-safe.
 */
final class EventReader {

    /** How Debezium marks a value that it does not have ({@code unavailable.value.placeholder}, its default). */
    private static final String PLACEHOLDER = "__debezium_unavailable_value";

    /** Replication origins of Weir's own sessions start so; see reverse-sync-service. */
    private static final String OWN_ORIGIN = "weir/";

    /** What a record of the change topic says. */
    sealed interface Message {}

    /**
     * A change.
     *
     * @param key the primary key in the contract's order and types; empty for a truncation
     * @param keyBytes the same as the product's key bytes
     * @param sourceTimestampMs commit time in the source; -1 where unknown
     */
    record Change(@Nullable Object[] key, byte[] keyBytes, ChangeEvent event, long sourceTimestampMs)
            implements Message {}

    /** Debezium's tombstone behind each deletion, and what it tells beside changes: nothing of interest. */
    record Noise() implements Message {}

    /**
     * No change can be made out.
     *
     * @param keyBytes the key's bytes where the key at least is known
     */
    record Unreadable(
            ReasonCode reason,
            @Nullable String rule,
            @Nullable String field,
            String detail,
            byte @Nullable [] keyBytes) implements Message {}

    /** One column of the contract as one schema of the source writes it: where, and how to read it. */
    private sealed interface Field {
        record Present(int position, Converter converter, boolean placeholders) implements Field {}

        record Unfit(String rule, String detail) implements Field {}
    }

    private final DataProduct product;
    private final Source.OnSchemaChange onSchemaChange;
    private final RowType type;
    private final RowType keyType;
    private final RowCodec keyCodec;
    private final Schemas schemas;
    private final Consumer<String> onIgnoredColumn;
    private final IdentityHashMap<Schema, RowPlan> plans = new IdentityHashMap<>();
    private final IdentityHashMap<Schema, List<Field>> keyPlans = new IdentityHashMap<>();
    private final IdentityHashMap<Schema, GenericDatumReader<GenericRecord>> readers = new IdentityHashMap<>();
    private final List<String> ignored = new ArrayList<>();
    private @Nullable BinaryDecoder decoder;

    EventReader(
            DataProduct product,
            Source.OnSchemaChange onSchemaChange,
            Schemas schemas,
            Consumer<String> onIgnoredColumn) {
        this.product = product;
        this.onSchemaChange = onSchemaChange;
        this.type = product.rowType();
        this.keyType = product.keyType();
        this.keyCodec = RowCodec.ofKey(product);
        this.schemas = schemas;
        this.onIgnoredColumn = onIgnoredColumn;
    }

    /** Throws what {@link Schemas} throws while the registry does not answer. */
    Message read(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        if (value == null) {
            return new Noise();
        }
        KeyMessage readKey = null;
        if (key != null) {
            try {
                readKey = key(record(key, () -> SchemaHeaders.keySchema(headers, schemas), "key"));
            } catch (UnreadableException e) {
                return new Unreadable(ReasonCode.DECODE_FAILED, null, null, e.getMessage(), null);
            } catch (KeyUnfitException e) {
                return new Unreadable(e.reason, e.rule, e.field, e.getMessage(), null);
            }
        }
        try {
            return event(readKey, record(value, () -> SchemaHeaders.valueSchema(headers, schemas), "value"));
        } catch (UnreadableException e) {
            return new Unreadable(
                    ReasonCode.DECODE_FAILED, null, null, e.getMessage(), readKey == null ? null : readKey.bytes);
        }
    }

    private record KeyMessage(@Nullable Object[] values, byte[] bytes) {}

    private Message event(@Nullable KeyMessage key, GenericRecord envelope) {
        Object op = get(envelope, "op");
        if (!(get(envelope, "source") instanceof GenericRecord source) || op == null) {
            throw new UnreadableException("the value is no change event of Debezium: it has no op or no source");
        }
        String operation = op.toString();
        if (operation.equals("m")) {
            return new Noise();
        }
        long timestampMs = get(source, "ts_ms") instanceof Long ms ? ms : -1;
        if (operation.equals("t")) {
            return new Change(new Object[0], new byte[0], new ChangeEvent.Truncate(position(source, 0)), timestampMs);
        }
        if (key == null) {
            return new Unreadable(
                    ReasonCode.KEY_MISSING, null, null, "the change has no key: the table needs a primary key", null);
        }
        Object origin = get(source, "origin");
        boolean echo = origin != null && origin.toString().startsWith(OWN_ORIGIN);
        ChangeEvent event =
                switch (operation) {
                    case "r" -> read(source, image(envelope));
                    case "c" -> new ChangeEvent.Create(position(source, 1), image(envelope), echo);
                    case "u" -> new ChangeEvent.Update(position(source, 1), image(envelope), echo);
                    case "d" -> new ChangeEvent.Delete(position(source, 0), echo);
                    default -> throw new UnreadableException("op \"%s\" is not known".formatted(operation));
                };
        return new Change(key.values, key.bytes, event, timestampMs);
    }

    private static ChangeEvent read(GenericRecord source, Image after) {
        Object marker = get(source, "snapshot");
        String snapshot = marker == null ? "" : marker.toString();
        if (snapshot.equals("incremental")) {
            return new ChangeEvent.Update(position(source, 0), after, false);
        }
        boolean last = snapshot.equals("last") || snapshot.equals("last_in_data_collection");
        long lsn = position(source, 0).lsn();
        return new ChangeEvent.Read(new Position(lsn, 0, Position.NO_TRANSACTION, 1), after, last);
    }

    /** From {@code sequence}: a JSON array of the last commit's LSN (or null) and the change's own, as strings. */
    private static Position position(GenericRecord source, int serial) {
        long commit = 0;
        long lsn = get(source, "lsn") instanceof Long own ? own : -1;
        if (get(source, "sequence") instanceof CharSequence sequence) {
            String[] parts = sequence.toString().replaceAll("[\\[\\]\" ]", "").split(",", -1);
            if (parts.length == 2) {
                commit = number(parts[0], 0);
                lsn = number(parts[1], lsn);
            }
        }
        if (lsn < 0) {
            throw new UnreadableException("source.sequence and source.lsn give no position in the log");
        }
        long transaction = get(source, "txId") instanceof Long id ? id : Position.NO_TRANSACTION;
        return new Position(commit, lsn, transaction, serial);
    }

    private static long number(String text, long otherwise) {
        if (text.isEmpty() || text.equals("null")) {
            return otherwise;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new UnreadableException("source.sequence does not read as two log positions");
        }
    }

    private Image image(GenericRecord envelope) {
        if (!(get(envelope, "after") instanceof GenericRecord after)) {
            throw new UnreadableException("the event has no row after the change");
        }
        RowPlan plan = plans.computeIfAbsent(after.getSchema(), this::plan);
        if (plan.drift() != null) {
            return plan.drift();
        }
        List<Field> fields = plan.fields();
        @Nullable Object[] row = new @Nullable Object[type.size()];
        for (int i = 0; i < row.length; i++) {
            Column column = type.columns().get(i);
            switch (fields.get(i)) {
                case Field.Unfit(String rule, String detail) -> {
                    return new Image.Unfit(rule, column.name(), detail);
                }
                case Field.Present(int position, Converter converter, boolean placeholders) -> {
                    Object value = after.get(position);
                    if (placeholders && isPlaceholder(value)) {
                        row[i] = Image.UNAVAILABLE;
                        continue;
                    }
                    if (value == null) {
                        continue;
                    }
                    try {
                        row[i] = converter.convert(value, false);
                    } catch (UnfitException e) {
                        return new Image.Unfit("type", column.name(), e.getMessage());
                    }
                }
            }
        }
        return new Image.Row(row);
    }

    private KeyMessage key(GenericRecord record) {
        List<Field> fields = keyPlans.computeIfAbsent(record.getSchema(), this::keyPlan);
        @Nullable Object[] key = new @Nullable Object[keyType.size()];
        for (int i = 0; i < key.length; i++) {
            String column = keyType.columns().get(i).name();
            switch (fields.get(i)) {
                case Field.Unfit(String rule, String detail) ->
                    throw new KeyUnfitException(ReasonCode.KEY_MISSING, rule, column, detail);
                case Field.Present(int position, Converter converter, boolean _) -> {
                    Object value = record.get(position);
                    if (value == null) {
                        throw new KeyUnfitException(
                                ReasonCode.KEY_MISSING, null, column, "a column of the primary key is null");
                    }
                    try {
                        key[i] = converter.convert(value, true);
                    } catch (UnfitException e) {
                        throw new KeyUnfitException(ReasonCode.CONTRACT_VIOLATED, "type", column, e.getMessage());
                    }
                }
            }
        }
        return new KeyMessage(key, keyCodec.encode(key));
    }

    /** @param drift where the source's columns are no longer the contract's and no row of them is to pass */
    private record RowPlan(List<Field> fields, Image.@Nullable Unfit drift) {}

    private RowPlan plan(Schema written) {
        List<Field> fields =
                type.columns().stream().map(column -> field(written, column)).toList();
        if (onSchemaChange == Source.OnSchemaChange.EVOLVE) {
            for (String column : unnamed(written)) {
                if (!ignored.contains(column)) {
                    ignored.add(column);
                    onIgnoredColumn.accept(column);
                }
            }
            return new RowPlan(fields, null);
        }
        Image.Unfit drift = drift(fields, unnamed(written));
        if (drift != null && onSchemaChange == Source.OnSchemaChange.HALT) {
            throw new StageHaltException(
                    "halted by onSchemaChange: column \"%s\": %s. Put the contract of %s or the table right, or set onSchemaChange: evolve"
                            .formatted(drift.field(), drift.detail(), product.name()));
        }
        return new RowPlan(fields, drift);
    }

    private List<String> unnamed(Schema written) {
        return written.getFields().stream()
                .map(Schema.Field::name)
                .filter(name -> type.indexOf(name) < 0)
                .toList();
    }

    private Image.@Nullable Unfit drift(List<Field> fields, List<String> unnamed) {
        if (!unnamed.isEmpty()) {
            return new Image.Unfit("column", unnamed.getFirst(), "the contract has no such column");
        }
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i) instanceof Field.Unfit(String rule, String detail)) {
                return new Image.Unfit(rule, type.columns().get(i).name(), detail);
            }
        }
        return null;
    }

    private List<Field> keyPlan(Schema written) {
        for (Schema.Field field : written.getFields()) {
            if (keyType.indexOf(field.name()) < 0) {
                throw new KeyUnfitException(
                        ReasonCode.KEY_MISSING,
                        "primaryKey",
                        field.name(),
                        "the table's primary key has a column that the contract's has not");
            }
        }
        return keyType.columns().stream().map(column -> field(written, column)).toList();
    }

    private static Field field(Schema written, Column column) {
        Schema.Field field = written.getField(column.name());
        if (field == null) {
            return new Field.Unfit("column", "the source has no such column");
        }
        Schema plain = SourceValues.plain(field.schema());
        boolean placeholders = plain.getType() == Schema.Type.STRING || plain.getType() == Schema.Type.BYTES;
        try {
            return new Field.Present(field.pos(), SourceValues.converter(field.schema(), column.type()), placeholders);
        } catch (UnfitException e) {
            return new Field.Unfit("type", e.getMessage());
        }
    }

    private static boolean isPlaceholder(@Nullable Object value) {
        return switch (value) {
            case CharSequence text -> PLACEHOLDER.contentEquals(text);
            case ByteBuffer bytes ->
                bytes.remaining() == PLACEHOLDER.length()
                        && java.nio.charset.StandardCharsets.UTF_8
                                        .decode(bytes.duplicate())
                                        .compareTo(java.nio.CharBuffer.wrap(PLACEHOLDER))
                                == 0;
            case null, default -> false;
        };
    }

    private GenericRecord record(byte[] bytes, Supplier<Optional<Schema>> writer, String part) {
        Schema schema;
        try {
            schema = writer.get()
                    .orElseThrow(() -> new UnreadableException("the %s's headers name no schema".formatted(part)));
        } catch (IllegalArgumentException unknown) {
            throw new UnreadableException("the %s's schema: %s".formatted(part, unknown.getMessage()));
        }
        if (schema.getType() != Schema.Type.RECORD) {
            throw new UnreadableException("the %s's schema is no record".formatted(part));
        }
        GenericDatumReader<GenericRecord> reader = readers.computeIfAbsent(schema, GenericDatumReader::new);
        decoder = DecoderFactory.get().binaryDecoder(bytes, decoder);
        try {
            GenericRecord record = reader.read(null, decoder);
            if (!decoder.isEnd()) {
                throw new UnreadableException("the %s has bytes left over after its last field".formatted(part));
            }
            return record;
        } catch (UnreadableException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Avro answers bad bytes with many exceptions, some with data in their message.
            throw new UnreadableException("the %s's bytes do not read as their schema says".formatted(part));
        }
    }

    private static @Nullable Object get(GenericRecord record, String field) {
        Schema.Field at = record.getSchema().getField(field);
        return at == null ? null : record.get(at.pos());
    }

    private static final class UnreadableException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        UnreadableException(String message) {
            super(message, null, false, false);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    private static final class KeyUnfitException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final ReasonCode reason;
        private final @Nullable String rule;
        private final String field;

        KeyUnfitException(ReasonCode reason, @Nullable String rule, String field, String detail) {
            super(detail, null, false, false);
            this.reason = reason;
            this.rule = rule;
            this.field = field;
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }
}
