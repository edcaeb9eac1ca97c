package io.weir.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weir.contract.QuarantineLog.Filter;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.RegistrySchemas;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.stream.TopicSpec;
import io.weir.kit.stream.Topics;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Takes rows out of quarantine: back to their product where they keep today's contract, to the end of the topic from which they were read, or for good.
 *
 * <p>Rows, the note that they are handled and the audit record are one transaction.
 */
@Singleton
class Redrive {

    /** What becomes of a row. */
    enum Outcome {
        /** It is in the product now, or would be. */
        REDRIVEN,
        /** It will not come back. */
        DISCARDED,
        /** It breaks today's contract too. */
        STILL_BROKEN,
        /** Its key has a row in the product that is as new or newer. */
        OVERTAKEN,
        /** The record from which it came is, or would be, at the end of its topic again: the stage reads it anew. */
        READ_AGAIN,
        /** It is no row of the product by today's contract, and cannot be read again. */
        NOT_A_ROW
    }

    /** @param why the rule that is still broken, or why it cannot be read again; empty otherwise */
    record Handled(String position, Outcome outcome, String why) {}

    /**
     * @param id of the audit record; empty for a dry run
     * @param more whether the cap left rows for another time
     */
    record Report(String id, boolean dryRun, boolean more, Map<Outcome, Integer> counts, List<Handled> rows) {}

    /** What {@link MeshTopics#AUDIT} keeps. Times in ms since the epoch. */
    record Audit(
            String id,
            String action,
            String topic,
            String by,
            String why,
            long atMs,
            Filter filter,
            List<Handled> rows) {}

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ATTEMPTS = 5;
    private static final Set<Outcome> HANDLED = EnumSet.of(Outcome.REDRIVEN, Outcome.READ_AGAIN, Outcome.DISCARDED);

    private final ContractConfig config;
    private final QuarantineLog log;
    private final Function<String, Optional<DataProduct>> products;
    private final RegistrySchemas schemas;
    private final Clock clock = Clock.systemUTC();

    @Inject
    Redrive(ContractConfig config, QuarantineLog log, ContractService contracts) {
        this(config, log, contracts::product);
    }

    Redrive(ContractConfig config, QuarantineLog log, Function<String, Optional<DataProduct>> products) {
        this.config = config;
        this.log = log;
        this.products = products;
        this.schemas = new RegistrySchemas(config.registry());
    }

    /** Puts back what keeps today's contract, and lets be read again what was no row yet; {@code limit} rows at most are looked at. */
    synchronized Report redrive(Quarantine from, Filter filter, int limit, boolean dryRun, String by) {
        List<ConsumerRecord<byte[], byte[]>> open = log.open(from, filter, null, limit + 1);
        boolean more = open.size() > limit;
        List<Handled> handled = new ArrayList<>();
        List<WayOut> ways = waysOut(from, open.stream().limit(limit).toList(), handled);
        ways.forEach(way -> handled.addAll(way.locate()));
        if (dryRun || ways.stream().allMatch(WayOut::isEmpty)) {
            ways.forEach(way -> handled.addAll(way.done()));
            return report("", dryRun, more, handled);
        }
        String id = UUID.randomUUID().toString();
        makeTopics();
        try (KafkaProducer<byte[], byte[]> producer = producer(from)) {
            producer.initTransactions();
            for (int attempt = 0; attempt < ATTEMPTS && !ways.stream().allMatch(WayOut::isEmpty); attempt++) {
                producer.beginTransaction();
                ways.forEach(way -> way.write(producer));
                List<Handled> late = ways.stream()
                        .flatMap(way -> way.withoutOvertaken().stream())
                        .toList();
                if (late.isEmpty()) {
                    ways.forEach(way -> handled.addAll(way.done()));
                    note(
                            producer,
                            from,
                            new Audit(
                                    id, "redrive", from.topic(), by, "", clock.millis(), filter, List.copyOf(handled)));
                    producer.commitTransaction();
                    return report(id, false, more, handled);
                }
                producer.abortTransaction();
                handled.addAll(late);
            }
        }
        // Where somebody was faster each time, what is left is left for another time too.
        return report("", false, more || !ways.stream().allMatch(WayOut::isEmpty), handled);
    }

    private List<WayOut> waysOut(Quarantine from, List<ConsumerRecord<byte[], byte[]>> records, List<Handled> handled) {
        Optional<Returns> returns = from.product().map(product -> new Returns(log, product, schemas, from.redriver()));
        Rereads rereads = new Rereads(log, products, from.redriver());
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (returns.isEmpty() || !returns.get().take(record, handled)) {
                rereads.take(record)
                        .ifPresent(why ->
                                handled.add(new Handled(QuarantineLog.position(record), Outcome.NOT_A_ROW, why)));
            }
        }
        return Stream.<WayOut>concat(returns.stream(), Stream.of(rereads)).toList();
    }

    /** Marks rows as not to come back; they stay in the topic until its retention ends. */
    synchronized Report discard(Quarantine from, Filter filter, int limit, boolean dryRun, String by, String why) {
        List<ConsumerRecord<byte[], byte[]>> open = log.open(from, filter, null, limit + 1);
        List<Handled> handled = open.stream()
                .limit(limit)
                .map(record -> new Handled(QuarantineLog.position(record), Outcome.DISCARDED, ""))
                .toList();
        boolean more = open.size() > limit;
        if (dryRun || handled.isEmpty()) {
            return report("", dryRun, more, handled);
        }
        String id = UUID.randomUUID().toString();
        makeTopics();
        try (KafkaProducer<byte[], byte[]> producer = producer(from)) {
            producer.initTransactions();
            producer.beginTransaction();
            note(producer, from, new Audit(id, "discard", from.topic(), by, why, clock.millis(), filter, handled));
            producer.commitTransaction();
        }
        return report(id, false, more, handled);
    }

    /** The commit that follows waits for them, and fails where one of them does. */
    private static void note(KafkaProducer<byte[], byte[]> producer, Quarantine from, Audit audit) {
        for (Handled row : audit.rows) {
            if (HANDLED.contains(row.outcome)) {
                Map<String, Object> note = new LinkedHashMap<>();
                note.put("action", audit.action);
                note.put("by", audit.by);
                note.put("atMs", audit.atMs);
                note.put("audit", audit.id);
                Future<RecordMetadata> unawaited = producer.send(new ProducerRecord<>(
                        MeshTopics.HANDLED, (from.rowsTopic() + "-" + row.position).getBytes(UTF_8), json(note)));
            }
        }
        Future<RecordMetadata> unawaited =
                producer.send(new ProducerRecord<>(MeshTopics.AUDIT, audit.topic.getBytes(UTF_8), json(audit)));
    }

    private void makeTopics() {
        Map<String, Object> properties = new HashMap<>(config.kafka());
        properties.put("bootstrap.servers", config.bootstrapServers());
        try (Admin admin = Admin.create(properties)) {
            Topics.ensure(
                    admin,
                    List.of(
                            TopicSpec.compacted(MeshTopics.HANDLED, 1),
                            TopicSpec.retained(MeshTopics.AUDIT, 1, Duration.ofDays(365))));
        }
    }

    private KafkaProducer<byte[], byte[]> producer(Quarantine from) {
        Map<String, Object> properties = new HashMap<>(config.kafka());
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        // Two that redrive one quarantine fence each other.
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, from.redriver().toString());
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "15000");
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static Report report(String id, boolean dryRun, boolean more, List<Handled> rows) {
        Map<Outcome, Integer> counts = new TreeMap<>();
        rows.forEach(row -> counts.merge(row.outcome, 1, Integer::sum));
        return new Report(id, dryRun, more, counts, List.copyOf(rows));
    }

    private static byte[] json(Object value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
