package io.weir.reversesync;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.contract.Sync;
import io.weir.kit.stream.ChangeHeaders;
import io.weir.kit.stream.MeshJson;
import io.weir.kit.stream.QuarantineHeaders;
import io.weir.kit.stream.ReasonCode;
import io.weir.kit.stream.StageId;
import io.weir.kit.stream.StageTracing;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Says what became of each change, quarantines what was refused, and moves the group's offsets, in one Kafka transaction after the destination has committed.
 *
 * <p>Where it dies before the commit, the changes come again, and the fence recognises them.
 */
final class OutcomeLog {

    /** One change's outcome; a reason means that its bytes go to quarantine too. */
    record Entry(
            ConsumerRecord<byte[], byte[]> record,
            String result,
            @Nullable ReasonCode reason,
            @Nullable String rule,
            @Nullable String field,
            @Nullable String detail) {}

    private final KafkaProducer<byte[], byte[]> producer;
    private final StageId stage;
    private final StageTracing tracing;
    private final Sync sync;
    private final String destination;

    OutcomeLog(
            KafkaProducer<byte[], byte[]> producer,
            StageId stage,
            StageTracing tracing,
            Sync sync,
            String destination) {
        this.producer = producer;
        this.stage = stage;
        this.tracing = tracing;
        this.sync = sync;
        this.destination = destination;
    }

    /** All or nothing; a {@link KafkaException} means that the producer is of no use any more. */
    void commit(
            Iterable<Entry> entries,
            Map<TopicPartition, OffsetAndMetadata> offsets,
            ConsumerGroupMetadata group,
            long atMs) {
        producer.beginTransaction();
        for (Entry entry : entries) {
            say(entry, atMs);
        }
        producer.sendOffsetsToTransaction(offsets, group);
        producer.commitTransaction();
    }

    private void say(Entry entry, long atMs) {
        ConsumerRecord<byte[], byte[]> record = entry.record;
        ChangeHeaders read = ChangeHeaders.read(record.headers());
        ChangeHeaders next = read.passing(stage).withTraceparent(tracing.hop(read.traceparent(), destination));
        String input = "%s-%d@%d".formatted(record.topic(), record.partition(), record.offset());
        Outcome outcome = new Outcome(sync.domain() + "." + sync.name(), input, entry.result, entry.rule, atMs);
        Headers headers = new RecordHeaders();
        next.write(headers);
        SchemaHeaders.copy(record.headers(), headers);
        send(new ProducerRecord<>(sync.outcomeTopic(), null, record.key(), MeshJson.write(outcome), headers));
        if (entry.reason != null) {
            quarantine(entry, entry.reason, record, next, input);
        }
    }

    private void quarantine(
            Entry entry, ReasonCode reason, ConsumerRecord<byte[], byte[]> record, ChangeHeaders change, String input) {
        Headers headers = new RecordHeaders();
        change.write(headers);
        SchemaHeaders.copy(record.headers(), headers);
        set(headers, QuarantineHeaders.REASON, reason.name());
        set(headers, QuarantineHeaders.RULE, entry.rule);
        set(headers, QuarantineHeaders.FIELD, entry.field);
        set(headers, QuarantineHeaders.STAGE, stage.toString());
        set(headers, QuarantineHeaders.INPUT, input);
        set(headers, QuarantineHeaders.DETAIL, entry.detail);
        set(headers, QuarantineHeaders.FORM, QuarantineHeaders.FORM_READ);
        send(new ProducerRecord<>(sync.quarantineTopic(), null, record.key(), record.value(), headers));
    }

    /** What becomes of a send is told by the commit of the transaction. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void send(ProducerRecord<byte[], byte[]> record) {
        producer.send(record);
    }

    private static void set(Headers headers, String name, @Nullable String value) {
        if (value != null) {
            headers.add(name, value.getBytes(UTF_8));
        }
    }
}
