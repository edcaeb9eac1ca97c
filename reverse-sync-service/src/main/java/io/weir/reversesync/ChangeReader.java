package io.weir.reversesync;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.RowCodecException;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.contract.Schemas;
import io.weir.kit.contract.Schemas.Part;
import io.weir.kit.stream.ChangeHeaders;
import io.weir.kit.stream.ReasonCode;
import io.weir.kit.stream.StageId;
import java.util.OptionalLong;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Records of the product's topic as changes. Not thread-safe. */
final class ChangeReader {

    /** What a record turned out to be. */
    sealed interface Read {

        ConsumerRecord<byte[], byte[]> record();

        /** A change to write. */
        record Change(PendingWrite write) implements Read {
            @Override
            public ConsumerRecord<byte[], byte[]> record() {
                return write.record();
            }
        }

        /** A record that goes to quarantine as it is; the detail holds no data. */
        record Unreadable(
                ConsumerRecord<byte[], byte[]> record,
                ReasonCode reason,
                @Nullable String field,
                String detail) implements Read {}
    }

    private final DataProduct product;
    private final StageId stage;
    private final Schemas schemas;
    private final RowCodec keys;
    private final RowCodec values;

    ChangeReader(DataProduct product, StageId stage, Schemas schemas) {
        this.product = product;
        this.stage = stage;
        this.schemas = schemas;
        this.keys = RowCodec.ofKey(product);
        this.values = RowCodec.ofValue(product);
    }

    /** May throw what {@link Schemas} throws while the registry is not ready. */
    Read read(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null) {
            return new Read.Unreadable(record, ReasonCode.KEY_MISSING, null, "the record has no key");
        }
        ChangeHeaders headers = ChangeHeaders.read(record.headers());
        if (headers.hasPassed(stage)) {
            return new Read.Unreadable(record, ReasonCode.LOOP, null, "the change has passed this sync before");
        }
        try {
            @Nullable Object[] key = keys.decode(record.key(), writer(SchemaHeaders.keyId(record.headers()), Part.KEY));
            @Nullable
            Object @Nullable [] row = record.value() == null
                    ? null
                    : values.decode(record.value(), writer(SchemaHeaders.valueId(record.headers()), Part.VALUE));
            return new Read.Change(new PendingWrite(record, key, row, headers, null));
        } catch (RowCodecException unreadable) {
            return new Read.Unreadable(
                    record, ReasonCode.DECODE_FAILED, unreadable.field(), String.valueOf(unreadable.getMessage()));
        } catch (IllegalArgumentException unknown) {
            return new Read.Unreadable(
                    record, ReasonCode.DECODE_FAILED, null, "the registry does not know the schema of the bytes");
        }
    }

    private Schema writer(OptionalLong id, Part part) {
        return schemas.byId(id.isPresent() ? id.getAsLong() : schemas.idOf(product, part));
    }
}
