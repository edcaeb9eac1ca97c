package io.weir.kit.sql;

import io.weir.kit.contract.AvroMapping;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.RowCodecException;
import io.weir.kit.contract.RowType;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.contract.Schemas;
import io.weir.kit.stream.ChangeHeaders;
import io.weir.kit.stream.Output;
import io.weir.kit.stream.ReasonCode;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Reads a product's records: the columns that a plan uses, in its representation. One per thread. */
final class InputReader {

    /** A record that cannot be read. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Output.Rejected rejected;

        Unreadable(Output.Rejected rejected) {
            super(rejected.detail(), null, false, false);
            this.rejected = rejected;
        }

        Output.Rejected rejected() {
            return rejected;
        }
    }

    private final RowType columns;
    private final RowCodec keys;
    private final RowCodec values;
    private final Schema valueSchema;
    private final Schemas schemas;

    InputReader(DataProduct product, RowType columns, Schemas schemas) {
        this.columns = columns;
        this.keys = RowCodec.ofKey(product);
        this.values = RowCodec.of(columns);
        this.valueSchema = AvroMapping.valueSchema(product);
        this.schemas = schemas;
    }

    /** The key's bytes. */
    byte[] key(Record<byte[], byte[]> record) throws Unreadable {
        byte[] key = record.key();
        if (key == null) {
            throw new Unreadable(new Output.Rejected(
                    ReasonCode.KEY_MISSING, null, null, "the record has no key", null, record.value(), null));
        }
        return key;
    }

    /** The key's columns, in the order of the product's key. */
    @Nullable
    Object[] keyRow(Record<byte[], byte[]> record) throws Unreadable {
        byte[] key = key(record);
        try {
            Optional<Schema> writer = SchemaHeaders.keySchema(record.headers(), schemas);
            @Nullable Object[] row = writer.isPresent() ? keys.decode(key, writer.get()) : keys.decode(key);
            return row;
        } catch (RowCodecException e) {
            throw unreadable(record, e.field(), e);
        } catch (IllegalArgumentException e) {
            throw unreadable(record, null, e);
        }
    }

    /** The row; null for a tombstone. */
    @Nullable
    Object @Nullable [] row(Record<byte[], byte[]> record) throws Unreadable {
        byte[] value = record.value();
        if (value == null) {
            return null;
        }
        try {
            @Nullable
            Object[] row = values.decode(
                    value, SchemaHeaders.valueSchema(record.headers(), schemas).orElse(valueSchema));
            for (int i = 0; i < row.length; i++) {
                if (columns.columns().get(i).type() instanceof DataType.Varbinary && row[i] != null) {
                    row[i] = new ByteString((byte[]) row[i]);
                }
            }
            return row;
        } catch (RowCodecException e) {
            throw unreadable(record, e.field(), e);
        } catch (IllegalArgumentException e) {
            throw unreadable(record, null, e);
        }
    }

    /** The row of a record that must have one. */
    @Nullable
    Object[] event(Record<byte[], byte[]> record) throws Unreadable {
        @Nullable Object[] row = row(record);
        if (row == null) {
            throw new Unreadable(new Output.Rejected(
                    ReasonCode.DECODE_FAILED,
                    null,
                    null,
                    "the record has no value, and events are never deleted",
                    record.key(),
                    null,
                    null));
        }
        return row;
    }

    /** How often the row of the record is there. */
    long count(Record<byte[], byte[]> record) throws Unreadable {
        try {
            return ChangeHeaders.count(record.headers());
        } catch (IllegalArgumentException e) {
            throw unreadable(record, null, e);
        }
    }

    private static Unreadable unreadable(Record<byte[], byte[]> record, @Nullable String field, RuntimeException e) {
        return new Unreadable(new Output.Rejected(
                ReasonCode.DECODE_FAILED,
                null,
                field,
                String.valueOf(e.getMessage()),
                record.key(),
                record.value(),
                null));
    }

    /** A value from outside as this package holds it. */
    static Object inside(Object value) {
        return value instanceof byte[] bytes ? new ByteString(bytes) : value;
    }

    /** The row as everything outside this package holds it: binary values as byte arrays. */
    static @Nullable Object[] outside(@Nullable Object[] row) {
        @Nullable Object[] copy = row;
        for (int i = 0; i < row.length; i++) {
            if (row[i] instanceof ByteString bytes) {
                if (copy == row) {
                    copy = row.clone();
                }
                copy[i] = bytes.getBytes();
            }
        }
        return copy;
    }
}
