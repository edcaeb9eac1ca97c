package io.weir.ingest;

import io.weir.ingest.EventReader.Change;
import io.weir.ingest.EventReader.Noise;
import io.weir.ingest.EventReader.Unreadable;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.Source;
import io.weir.kit.stream.ChangeHeaders;
import io.weir.kit.stream.CommitPace;
import io.weir.kit.stream.Output;
import io.weir.kit.stream.StageContext;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers what {@link TableChanges} has to know and carries out what it decides. */
final class TableProcessor extends ContextualProcessor<byte[], byte[], byte[], Output> {

    static final String STORE = "rows";

    private static final Logger LOG = LoggerFactory.getLogger(TableProcessor.class);

    private final DataProduct product;
    private final String changeTopic;
    private final String table;
    private final String origin;
    private final StageContext stage;
    private final EventReader reader;
    private final TableChanges changes;
    private final RowCodec keyCodec;
    private final TraceIds traces = new TraceIds();
    private @Nullable TableStore memory;

    TableProcessor(
            DataProduct product,
            String changeTopic,
            String origin,
            Source.OnSchemaChange onSchemaChange,
            StageContext stage) {
        this.product = product;
        this.changeTopic = changeTopic;
        this.table = changeTopic.split("\\.", 4)[3];
        this.origin = origin;
        this.stage = stage;
        this.reader = new EventReader(product, onSchemaChange, stage.schemas(), this::tellIgnoredColumn);
        this.changes = new TableChanges(product.rowType());
        this.keyCodec = RowCodec.ofKey(product);
    }

    @Override
    public void init(ProcessorContext<byte[], Output> context) {
        super.init(context);
        memory = new TableStore(context.getStateStore(STORE), product);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        CommitPace.arrived(context());
        switch (reader.read(record.key(), record.value(), record.headers())) {
            case Noise _ -> {
                // Says nothing about rows.
            }
            case Unreadable unreadable -> {
                stage.meters().in();
                reject(record, unreadable);
            }
            case Change change -> {
                stage.meters().in();
                apply(record, change);
            }
        }
    }

    private void apply(Record<byte[], byte[]> record, Change change) {
        TableStore remembered = memory();
        boolean wholeTable = change.event() instanceof ChangeEvent.Truncate;
        KeyState before = wholeTable ? KeyState.NEVER : remembered.key(change.keyBytes());
        Decision decision = changes.decide(change.event(), before, remembered.table(), remembered::highestLsn);

        String position = decision.position().text();
        switch (decision.verdict()) {
            case Decision.Write(@Nullable Object[] row) ->
                forward(record, change, position, change.keyBytes(), new Output.Upsert(row));
            case Decision.Erase _ ->
                forward(record, change, position, change.keyBytes(), new Output.Delete(change.key()));
            case Decision.Stop(Decision.Kind kind) -> stage.meters().stopped(kind.text());
            case Decision.Reject reject ->
                forward(
                        record,
                        change,
                        position,
                        change.keyBytes(),
                        new Output.Rejected(
                                reject.reason(),
                                reject.rule(),
                                reject.field(),
                                reject.detail(),
                                record.key(),
                                record.value(),
                                place()));
            case Decision.WholeTable _ -> {
                // Its rows go in the sweep below.
            }
        }
        if (decision.key() != null) {
            remembered.key(change.keyBytes(), decision.key());
        }
        remembered.table(decision.table());
        if (decision.sweep() != null) {
            sweep(record, change, decision.sweep());
        }
    }

    private void sweep(Record<byte[], byte[]> record, Change change, Position sweep) {
        TableStore remembered = memory();
        List<byte[]> gone = new ArrayList<>();
        remembered.forEach((key, state) -> {
            if (TableChanges.swept(state, sweep).isPresent()) {
                gone.add(key);
            }
        });
        for (byte[] key : gone) {
            TableChanges.swept(remembered.key(key), sweep).ifPresent(after -> remembered.key(key, after));
            forward(record, change, sweep.text(), key, new Output.Delete(keyCodec.decode(key)));
        }
    }

    private void reject(Record<byte[], byte[]> record, Unreadable unreadable) {
        if (unreadable.keyBytes() != null) {
            // The row changed in a way that nobody could read: what was remembered of it is out of date.
            KeyState before = memory().key(unreadable.keyBytes());
            memory().key(unreadable.keyBytes(), new KeyState(before.position(), before.standing(), null, false));
        }
        Output.Rejected rejected = new Output.Rejected(
                unreadable.reason(),
                unreadable.rule(),
                unreadable.field(),
                unreadable.detail(),
                record.key(),
                record.value(),
                place());
        String place = place();
        byte[] key = record.key() == null ? new byte[0] : record.key();
        context().forward(new Record<>(key, rejected, record.timestamp(), headers(record, -1, null, place, key)));
    }

    private void forward(Record<byte[], byte[]> record, Change change, String position, byte[] key, Output output) {
        Headers headers = headers(record, change.sourceTimestampMs(), position, position, key);
        context().forward(new Record<>(key, output, record.timestamp(), headers));
    }

    private Headers headers(
            Record<byte[], byte[]> record,
            long sourceTimestampMs,
            @Nullable String position,
            String tracedPosition,
            byte[] key) {
        // The schema ids of the event stay, for a quarantined event needs them.
        Headers headers = new RecordHeaders(record.headers());
        String path = ChangeHeaders.read(record.headers()).path();
        String traceparent = traces.traceparent(record.headers(), changeTopic, tracedPosition, key);
        String committed = stage.tracing().commit(traceparent, table, sourceTimestampMs);
        new ChangeHeaders(committed, origin, path, sourceTimestampMs, position).write(headers);
        return headers;
    }

    private String place() {
        return context()
                .recordMetadata()
                .map(at -> "%s-%d@%d".formatted(at.topic(), at.partition(), at.offset()))
                .orElse(changeTopic);
    }

    private TableStore memory() {
        if (memory == null) {
            throw new IllegalStateException("not initialised");
        }
        return memory;
    }

    private void tellIgnoredColumn(String column) {
        LOG.atWarn()
                .addKeyValue("stage", stage.stage())
                .addKeyValue("topic", changeTopic)
                .addKeyValue("column", column)
                .log("the source has a column that the contract does not name; it is passed over");
    }
}
