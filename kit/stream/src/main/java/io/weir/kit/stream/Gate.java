package io.weir.kit.stream;

import static io.weir.kit.stream.ChangeHeaders.set;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.RowCodecException;
import io.weir.kit.contract.RowRule;
import io.weir.kit.contract.RowRules;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.stream.ProductOutput.Destined;
import io.weir.kit.stream.ProductOutput.SchemaIds;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Checks each row against the contract and gives it its headers: the last processor of a stage. */
final class Gate extends ContextualProcessor<byte[], Output, byte[], Destined> {

    private final DataProduct product;
    private final StageContext stage;
    private final RowRules rules;
    private final RowCodec keys;
    private final RowCodec values;
    private final RowCodec quarantinedRows;
    private final List<Integer> key;
    private final String topic;
    private final OutputHeaders outputHeaders;
    private final ChangeHeaders.Reader changes = new ChangeHeaders.Reader();
    private @Nullable ChangeHeaders lastWritten;
    private long lastWrittenMs;
    private @Nullable Observer observer;

    Gate(DataProduct product, SchemaIds schemas, StageContext stage) {
        this.product = product;
        this.stage = stage;
        this.rules = RowRules.of(product);
        this.keys = RowCodec.ofKey(product);
        this.values = RowCodec.ofValue(product);
        this.quarantinedRows = RowCodec.of(product.rowType().allNullable());
        this.key = product.key();
        this.topic = stage.topicOf(product);
        this.outputHeaders = new OutputHeaders(stage.stage(), schemas);
    }

    @Override
    public void init(ProcessorContext<byte[], Destined> context) {
        super.init(context);
        if (stage.observeEvery().isPositive()) {
            observer =
                    new Observer(product, stage.stage(), context.taskId().partition(), context.currentSystemTimeMs());
            context.schedule(stage.observeEvery(), PunctuationType.WALL_CLOCK_TIME, this::observe);
        }
    }

    /** In the transaction of the rows, or the one after it. */
    private void observe(long nowMs) {
        if (observer != null) {
            Observation observation = observer.take(nowMs);
            context()
                    .forward(new Record<>(
                            observation.product().getBytes(UTF_8),
                            new Destined(MeshTopics.OBSERVATIONS, MeshJson.write(observation)),
                            nowMs));
        }
    }

    @Override
    public void process(Record<byte[], Output> record) {
        ChangeHeaders change = changes.read(record.headers());
        switch (record.value()) {
            case Output.Upsert upsert -> upsert(record, change, upsert.row(), upsert.count());
            case Output.Delete delete -> {
                byte[] keyBytes = keys.encode(delete.key());
                if (observer != null) {
                    observer.deleted(
                            keyBytes, change.sourceTimestampMs(), context().currentSystemTimeMs());
                }
                write(record, change, keyBytes, null, 0);
            }
            case Output.Rejected rejected -> quarantine(record, change, rejected);
        }
    }

    private void upsert(Record<byte[], Output> record, ChangeHeaders change, @Nullable Object[] row, long count) {
        if (change.hasPassed(stage.stage())) {
            quarantineRow(record, change, row, ReasonCode.LOOP, null, "the change has passed this stage before");
            return;
        }
        for (int column : key) {
            if (row[column] == null) {
                quarantineRow(record, change, row, ReasonCode.KEY_MISSING, null, "a column of the primary key is null");
                return;
            }
        }
        Optional<RowRule> broken = rules.firstBroken(row);
        if (broken.isPresent()) {
            RowRule rule = broken.get();
            if (rules.onViolation(rule) == DataProduct.OnViolation.HALT) {
                throw new StageHaltException("halted by the contract of %s: %s of \"%s\" is broken (%s)"
                        .formatted(product.name(), rule.name(), rule.field(), rule.demand()));
            }
            quarantineRow(record, change, row, ReasonCode.CONTRACT_VIOLATED, rule, rule.demand());
            return;
        }
        for (RowRule warning : rules.warnings(row)) {
            stage.meters().warned(warning.name());
        }
        byte[] value;
        try {
            value = values.encode(row);
        } catch (RowCodecException unfit) {
            quarantineRow(record, change, row, ReasonCode.CONTRACT_VIOLATED, null, String.valueOf(unfit.getMessage()));
            return;
        }
        byte[] keyBytes = keys.encode(product.keyOf(row));
        if (observer != null) {
            observer.wrote(
                    row,
                    keyBytes,
                    change.sourceTimestampMs(),
                    context().currentSystemTimeMs(),
                    () -> placeOf(context()));
        }
        write(record, change, keyBytes, value, count);
    }

    private void write(
            Record<byte[], Output> record, ChangeHeaders change, byte[] keyBytes, byte @Nullable [] value, long count) {
        Headers headers = outputHeaders.of(change, stage.tracing().hop(change.traceparent(), topic), value != null);
        if (count > 1) {
            headers = new RecordHeaders(headers);
            set(headers, ChangeHeaders.COUNT, Long.toString(count));
        }
        stage.meters().out();
        long nowMs = context().currentSystemTimeMs();
        if (!change.equals(lastWritten) || nowMs != lastWrittenMs) {
            // Of the rows that one change made at once, one tells how fresh they are.
            stage.meters().fresh(change.sourceTimestampMs());
            lastWritten = change;
            lastWrittenMs = nowMs;
        }
        context().forward(new Record<>(keyBytes, new Destined(topic, value), record.timestamp(), headers));
    }

    private void quarantineRow(
            Record<byte[], Output> record,
            ChangeHeaders change,
            @Nullable Object[] row,
            ReasonCode reason,
            @Nullable RowRule rule,
            String detail) {
        byte @Nullable [] keyBytes = null;
        if (reason != ReasonCode.KEY_MISSING) {
            keyBytes = keys.encode(product.keyOf(row));
        }
        Output.Rejected rejected = new Output.Rejected(
                reason,
                rule == null ? null : rule.name(),
                rule == null ? null : rule.field(),
                detail,
                keyBytes,
                quarantinedRows.encode(row),
                null,
                QuarantineHeaders.FORM_ROW);
        quarantine(record, change, rejected);
    }

    private void quarantine(Record<byte[], Output> record, ChangeHeaders change, Output.Rejected rejected) {
        String topic = product.name().quarantineTopic();
        Headers headers = new RecordHeaders();
        change.passing(stage.stage())
                .withTraceparent(stage.tracing().hop(change.traceparent(), topic))
                .write(headers);
        set(headers, QuarantineHeaders.REASON, rejected.reason().name());
        set(headers, QuarantineHeaders.RULE, rejected.rule());
        set(headers, QuarantineHeaders.FIELD, rejected.field());
        set(headers, QuarantineHeaders.STAGE, stage.stage().toString());
        set(headers, QuarantineHeaders.INPUT, rejected.input() == null ? placeOf(context()) : rejected.input());
        set(headers, QuarantineHeaders.DETAIL, rejected.detail());
        set(headers, QuarantineHeaders.FORM, rejected.form());
        if (rejected.form().equals(QuarantineHeaders.FORM_READ)) {
            SchemaHeaders.copy(record.headers(), headers);
        }
        stage.meters().quarantined(rejected.reason());
        if (observer != null) {
            observer.quarantined(rejected.reason(), change.path());
        }
        context()
                .forward(new Record<>(
                        rejected.key(), new Destined(topic, rejected.value()), record.timestamp(), headers));
    }

    /** {@code topic-partition@offset} of the input; null for what was held back, until the commit for example: that comes from no record in particular. */
    static @Nullable String placeOf(ProcessingContext context) {
        return context.recordMetadata()
                .filter(at -> at.topic() != null)
                .map(at -> "%s-%d@%d".formatted(at.topic(), at.partition(), at.offset()))
                .orElse(null);
    }
}
