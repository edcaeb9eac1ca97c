package io.weir.ingest;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.RowCodecException;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.stream.ChangeHeaders;
import io.weir.kit.stream.CommitPace;
import io.weir.kit.stream.Output;
import io.weir.kit.stream.ReasonCode;
import io.weir.kit.stream.StageContext;
import java.time.Duration;
import org.apache.avro.Schema;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Lets each operation id pass once and says what became of it. */
final class PushProcessor extends ContextualProcessor<byte[], byte[], byte[], PushProcessor.Pushed> {

    static final String STORE = "operations";

    private static final Duration FORGET_INTERVAL = Duration.ofMinutes(1);

    /** A change for the product, an outcome for whoever waits, or both. */
    record Pushed(@Nullable Output output, @Nullable PushOutcome outcome) {}

    private final DataProduct product;
    private final Duration remember;
    private final StageContext stage;
    private final RowCodec keyCodec;
    private final RowCodec valueCodec;
    private @Nullable OperationLog operations;

    PushProcessor(DataProduct product, Duration remember, StageContext stage) {
        this.product = product;
        this.remember = remember;
        this.stage = stage;
        this.keyCodec = RowCodec.ofKey(product);
        this.valueCodec = RowCodec.ofValue(product);
    }

    @Override
    public void init(ProcessorContext<byte[], Pushed> context) {
        super.init(context);
        OperationLog log = new OperationLog(context.getStateStore(STORE));
        operations = log;
        context.schedule(
                FORGET_INTERVAL,
                PunctuationType.WALL_CLOCK_TIME,
                nowMs -> log.forgetBefore(nowMs - remember.toMillis()));
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        CommitPace.arrived(context());
        stage.meters().in();
        String operationId = PushHeaders.text(record.headers(), PushHeaders.OPERATION_ID);
        if (operationId == null) {
            reject(record, null, "the record has no " + PushHeaders.OPERATION_ID);
            return;
        }
        if (operations == null) {
            throw new IllegalStateException("not initialised");
        }
        if (!operations.add(operationId, record.timestamp())) {
            stage.meters().stopped("duplicate");
            forward(record, new Pushed(null, outcome(record.headers(), operationId, PushOutcome.Result.DUPLICATE)));
            return;
        }
        PushOutcome accepted = outcome(record.headers(), operationId, PushOutcome.Result.ACCEPTED);
        try {
            if (record.key() == null) {
                throw new IllegalArgumentException("the record has no key");
            }
            forward(record, new Pushed(output(record), accepted));
        } catch (RowCodecException | IllegalArgumentException unreadable) {
            reject(record, accepted, String.valueOf(unreadable.getMessage()));
        }
    }

    private Output output(Record<byte[], byte[]> record) {
        if (record.value() == null) {
            Schema writer =
                    SchemaHeaders.keySchema(record.headers(), stage.schemas()).orElse(keyCodec.schema());
            return new Output.Delete(keyCodec.decode(record.key(), writer));
        }
        Schema writer =
                SchemaHeaders.valueSchema(record.headers(), stage.schemas()).orElse(valueCodec.schema());
        return new Output.Upsert(valueCodec.decode(record.value(), writer));
    }

    private @Nullable PushOutcome outcome(Headers headers, String operationId, PushOutcome.Result result) {
        String request = PushHeaders.text(headers, PushHeaders.REQUEST);
        return request == null
                ? null
                : new PushOutcome(request, operationId, product.name().product(), result);
    }

    private void reject(Record<byte[], byte[]> record, @Nullable PushOutcome outcome, String detail) {
        Output rejected =
                new Output.Rejected(ReasonCode.DECODE_FAILED, null, null, detail, record.key(), record.value(), null);
        forward(record, new Pushed(rejected, outcome));
    }

    private void forward(Record<byte[], byte[]> record, Pushed pushed) {
        Headers headers = new RecordHeaders(record.headers());
        ChangeHeaders change = ChangeHeaders.read(headers);
        long offset = context().recordMetadata().map(at -> at.offset()).orElse(0L);
        new ChangeHeaders(
                        change.traceparent(),
                        change.origin(),
                        change.path(),
                        change.sourceTimestampMs(),
                        "%016x-%016x".formatted(0, offset))
                .write(headers);
        context().forward(new Record<>(record.key(), pushed, record.timestamp(), headers));
    }
}
