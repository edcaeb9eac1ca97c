package io.weir.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.MutinyEmitter;
import io.smallrye.reactive.messaging.kafka.Record;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import io.weir.ingest.PushOutcome.Result;
import io.weir.ingest.PushedProducts.Pushed;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.contract.Schemas;
import io.weir.kit.contract.Schemas.Part;
import io.weir.kit.contract.Source;
import io.weir.kit.stream.ChangeHeaders;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.Metadata;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;

/** Sends changes that kept the contract to their push topic and waits for what becomes of them. */
@Singleton
class PushService {

    static final String CHANNEL = "pushes";

    private static final int BUFFER = 100_000;

    private final MutinyEmitter<Record<byte[], byte[]>> emitter;
    private final PushOutcomes outcomes;
    private final Schemas schemas;
    private final Clock clock;
    private final long timeoutMs;
    private final String instance = UUID.randomUUID().toString();
    private final AtomicLong requests = new AtomicLong();
    private final Map<ProductName, SchemaIds> schemaIds = new ConcurrentHashMap<>();

    private record SchemaIds(long key, long value) {}

    PushService(
            @Channel(CHANNEL) @OnOverflow(value = OnOverflow.Strategy.BUFFER, bufferSize = BUFFER)
                    MutinyEmitter<Record<byte[], byte[]>> emitter,
            PushOutcomes outcomes,
            IngestService ingest,
            IngestConfig config) {
        this.emitter = emitter;
        this.outcomes = outcomes;
        this.schemas = ingest.schemas();
        this.clock = Clock.systemUTC();
        this.timeoutMs = config.push().outcomeTimeout().toMillis();
    }

    /**
     * Tells what became of each change, {@code PENDING} where that is not known in time.
     *
     * <p>Fails with {@link io.weir.kit.contract.RegistryException} while the registry is away, with {@link IllegalStateException} where the buffer to
     * Kafka is full, with a {@link org.apache.kafka.common.KafkaException} where Kafka does not take the changes; some of them may be taken then.
     */
    Uni<PushAnswer> push(Pushed target, List<PushRequest.Change> changes) {
        SchemaIds ids = schemaIds.computeIfAbsent(target.product().name(), _ -> schemaIds(target.product()));
        RowCodec keys = RowCodec.ofKey(target.product());
        RowCodec values = RowCodec.ofValue(target.product());
        String topic = Source.pushTopic(target.product().name());
        TraceIds traces = new TraceIds();
        String request = instance + "-" + requests.incrementAndGet();
        long nowMs = clock.millis();

        List<String> tokens = new ArrayList<>();
        List<CompletableFuture<Result>> waits = new ArrayList<>();
        List<Uni<Void>> sends = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            PushRequest.Change change = changes.get(i);
            byte[] key = keys.encode(change.key());
            byte[] value = change.row() == null ? null : values.encode(change.row());
            String token = request + ":" + i;
            tokens.add(token);
            waits.add(outcomes.expect(token));

            Headers headers = new RecordHeaders();
            String traceparent = traceparent(traces, topic, change.operationId(), key);
            new ChangeHeaders(traceparent, target.origin(), "", nowMs, null).write(headers);
            headers.add(PushHeaders.OPERATION_ID, change.operationId().getBytes(UTF_8));
            headers.add(PushHeaders.REQUEST, token.getBytes(UTF_8));
            SchemaHeaders.writeKey(headers, ids.key());
            if (value != null) {
                SchemaHeaders.writeValue(headers, ids.value());
            }
            OutgoingKafkaRecordMetadata<byte[]> metadata = OutgoingKafkaRecordMetadata.<byte[]>builder()
                    .withTopic(topic)
                    .withHeaders(headers)
                    .build();
            sends.add(emitter.sendMessage(Message.of(Record.of(key, value), Metadata.of(metadata))));
        }
        return Uni.join()
                .all(sends)
                .andFailFast()
                .chain(() -> known(waits))
                .map(results -> answer(target, changes, results))
                .onTermination()
                .invoke(() -> tokens.forEach(outcomes::forget));
    }

    private SchemaIds schemaIds(DataProduct product) {
        return new SchemaIds(schemas.idOf(product, Part.KEY), schemas.idOf(product, Part.VALUE));
    }

    private Uni<List<Result>> known(List<CompletableFuture<Result>> waits) {
        CompletableFuture<Void> all = CompletableFuture.allOf(waits.toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, timeoutMs, TimeUnit.MILLISECONDS);
        return Uni.createFrom().completionStage(all).map(_ -> waits.stream()
                .map(wait -> wait.getNow(Result.PENDING))
                .toList());
    }

    private static PushAnswer answer(Pushed target, List<PushRequest.Change> changes, List<Result> results) {
        List<PushAnswer.Row> rows = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            rows.add(new PushAnswer.Row(changes.get(i).operationId(), results.get(i)));
        }
        return new PushAnswer(target.product().name().product(), rows);
    }

    /** The caller's trace where there is one. */
    private static String traceparent(TraceIds traces, String topic, String operationId, byte[] key) {
        SpanContext span = Span.current().getSpanContext();
        return span.isValid()
                ? "00-%s-%s-%s"
                        .formatted(
                                span.getTraceId(),
                                span.getSpanId(),
                                span.getTraceFlags().asHex())
                : traces.traceparent(new RecordHeaders(), topic, operationId, key);
    }
}
