package io.weir.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weir.contract.QuarantineLog.Filter;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.RegistrySchemas;
import io.weir.kit.contract.Relationship;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.RowRule;
import io.weir.kit.contract.RowRules;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.contract.Schemas.Part;
import io.weir.kit.stream.ChangeHeaders;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.stream.StageId;
import io.weir.kit.stream.TopicSpec;
import io.weir.kit.stream.Topics;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Takes rows out of quarantine: back to their product where they keep today's contract, or for good.
 *
 * <p>A row goes back only if no row of its key in the product is as new or newer, by commit time in the source. That holds against stages that write meanwhile: the rows
 * are appended in a transaction first, and what others have appended before them since the product was read is looked at before it commits. What comes behind them is
 * newer in the log too. Rows of one key go back in the order in which they came. Rows, the note that they are handled and the audit record are one transaction.
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

    private record Candidate(
            ConsumerRecord<byte[], byte[]> from, @Nullable Object[] row, byte[] key, byte[] value, long madeAtMs) {}

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

    /** Puts back what keeps today's contract, {@code limit} rows at most are looked at. */
    synchronized Report redrive(DataProduct product, Filter filter, int limit, boolean dryRun, String by) {
        List<ConsumerRecord<byte[], byte[]>> open = log.open(product.name(), filter, null, limit + 1);
        boolean more = open.size() > limit;
        List<Handled> handled = new ArrayList<>();
        List<Candidate> candidates = new ArrayList<>();
        Rereads rereads = new Rereads(log, products, redriver(product));
        RowRules rules = RowRules.of(product);
        open.stream().limit(limit).forEach(record -> judge(product, rules, record, handled, candidates, rereads));
        handled.addAll(rereads.locate());
        for (Relationship relationship : product.settings().relationships()) {
            if (relationship.onViolation().orElse(product.onViolation()) != DataProduct.OnViolation.WARN) {
                withoutNameless(product, relationship, candidates, handled);
            }
        }

        Map<ByteBuffer, Long> newest = new HashMap<>();
        Map<Integer, Long> end = newest(product, Map.of(), candidates, newest, true);
        List<Candidate> free = withoutOvertaken(candidates, newest, handled);
        if (dryRun || (free.isEmpty() && rereads.isEmpty())) {
            free.forEach(one -> handled.add(done(one)));
            handled.addAll(rereads.done());
            return report("", dryRun, more, handled);
        }
        String id = UUID.randomUUID().toString();
        makeTopics();
        try (KafkaProducer<byte[], byte[]> producer = producer(product)) {
            producer.initTransactions();
            for (int attempt = 0; attempt < ATTEMPTS && !(free.isEmpty() && rereads.isEmpty()); attempt++) {
                producer.beginTransaction();
                Map<Integer, Long> written = write(product, producer, free);
                rereads.write(producer);
                Map<ByteBuffer, Long> since = new HashMap<>();
                newestBetween(product, end, written, free, since);
                List<Handled> late = new ArrayList<>(rereads.withoutOvertaken());
                List<Candidate> still = withoutOvertaken(free, since, late);
                if (late.isEmpty()) {
                    free.forEach(one -> handled.add(done(one)));
                    handled.addAll(rereads.done());
                    note(
                            producer,
                            new Audit(
                                    id,
                                    "redrive",
                                    product.name().topic(),
                                    by,
                                    "",
                                    clock.millis(),
                                    filter,
                                    List.copyOf(handled)));
                    producer.commitTransaction();
                    return report(id, false, more, handled);
                }
                producer.abortTransaction();
                handled.addAll(late);
                free = still;
            }
        }
        // Where somebody was faster each time, what is left is left for another time too.
        return report("", false, more || !free.isEmpty() || !rereads.isEmpty(), handled);
    }

    /** Marks rows as not to come back; they stay in the topic until its retention ends. */
    synchronized Report discard(DataProduct product, Filter filter, int limit, boolean dryRun, String by, String why) {
        List<ConsumerRecord<byte[], byte[]>> open = log.open(product.name(), filter, null, limit + 1);
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
        try (KafkaProducer<byte[], byte[]> producer = producer(product)) {
            producer.initTransactions();
            producer.beginTransaction();
            note(producer, new Audit(id, "discard", product.name().topic(), by, why, clock.millis(), filter, handled));
            producer.commitTransaction();
        }
        return report(id, false, more, handled);
    }

    private void judge(
            DataProduct product,
            RowRules rules,
            ConsumerRecord<byte[], byte[]> record,
            List<Handled> handled,
            List<Candidate> candidates,
            Rereads rereads) {
        String position = QuarantineLog.position(record);
        Optional<@Nullable Object[]> read = QuarantineLog.row(product, record);
        if (read.isEmpty()) {
            rereads.take(record).ifPresent(why -> handled.add(new Handled(position, Outcome.NOT_A_ROW, why)));
            return;
        }
        @Nullable Object[] row = read.get();
        Optional<RowRule> broken = rules.firstBroken(row);
        if (broken.isPresent()) {
            handled.add(new Handled(
                    position,
                    Outcome.STILL_BROKEN,
                    "%s of \"%s\": %s"
                            .formatted(
                                    broken.get().name(),
                                    broken.get().field(),
                                    broken.get().demand())));
            return;
        }
        candidates.add(new Candidate(
                record,
                row,
                RowCodec.ofKey(product).encode(product.keyOf(row)),
                RowCodec.ofValue(product).encode(row),
                madeAtMs(record)));
    }

    /** Takes out what names a row that does not stand. */
    private void withoutNameless(
            DataProduct product, Relationship relationship, List<Candidate> candidates, List<Handled> handled) {
        Relationship.Named named = relationship.named(product.rowType());
        Set<ByteBuffer> asked = new HashSet<>();
        for (Candidate one : candidates) {
            byte[] key = named.in(one.row);
            if (key != null) {
                asked.add(ByteBuffer.wrap(key));
            }
        }
        if (asked.isEmpty()) {
            return;
        }
        Set<ByteBuffer> stand = new HashSet<>();
        log.scan(
                relationship.to().topic(),
                true,
                Map.of(),
                record -> {
                    ByteBuffer key = record.key() == null ? null : ByteBuffer.wrap(record.key());
                    if (key != null && asked.contains(key)) {
                        var _ = record.value() == null ? stand.remove(key) : stand.add(key);
                    }
                    return false;
                },
                new ArrayList<>());
        candidates.removeIf(one -> {
            byte[] key = named.in(one.row);
            boolean isNameless = key != null && !stand.contains(ByteBuffer.wrap(key));
            if (isNameless) {
                handled.add(new Handled(
                        QuarantineLog.position(one.from),
                        Outcome.STILL_BROKEN,
                        "%s of \"%s\": %s"
                                .formatted(
                                        Relationship.RULE,
                                        String.join(", ", relationship.columns()),
                                        relationship.demand())));
            }
            return isNameless;
        });
    }

    /** Commit time in the source; where nobody said it, when the record was made. */
    private static long madeAtMs(ConsumerRecord<byte[], byte[]> record) {
        long source = ChangeHeaders.read(record.headers()).sourceTimestampMs();
        return source < 0 ? record.timestamp() : source;
    }

    private Map<Integer, Long> newest(
            DataProduct product,
            Map<Integer, Long> from,
            List<Candidate> candidates,
            Map<ByteBuffer, Long> into,
            boolean committedOnly) {
        Set<ByteBuffer> keys =
                candidates.stream().map(one -> ByteBuffer.wrap(one.key)).collect(Collectors.toSet());
        return log.scan(
                product.name().topic(),
                committedOnly,
                from,
                record -> {
                    ByteBuffer key = record.key() == null ? null : ByteBuffer.wrap(record.key());
                    if (key != null && keys.contains(key)) {
                        into.merge(key, madeAtMs(record), Math::max);
                    }
                    return false;
                },
                new ArrayList<>());
    }

    /** What others have appended to the product between the first reading and our own rows, committed or not. */
    private void newestBetween(
            DataProduct product,
            Map<Integer, Long> from,
            Map<Integer, Long> firstOfOurs,
            List<Candidate> candidates,
            Map<ByteBuffer, Long> into) {
        Set<ByteBuffer> keys =
                candidates.stream().map(one -> ByteBuffer.wrap(one.key)).collect(Collectors.toSet());
        log.scan(
                product.name().topic(),
                false,
                from,
                record -> {
                    ByteBuffer key = record.key() == null ? null : ByteBuffer.wrap(record.key());
                    if (key != null
                            && keys.contains(key)
                            && !isOurs(product, record)
                            && record.offset() <= firstOfOurs.getOrDefault(record.partition(), -1L)) {
                        into.merge(key, madeAtMs(record), Math::max);
                    }
                    return false;
                },
                new ArrayList<>());
    }

    private static List<Candidate> withoutOvertaken(
            List<Candidate> candidates, Map<ByteBuffer, Long> newest, List<Handled> handled) {
        List<Candidate> free = new ArrayList<>();
        for (Candidate one : candidates) {
            Long other = newest.get(ByteBuffer.wrap(one.key));
            if (other == null || other < one.madeAtMs) {
                free.add(one);
            } else {
                handled.add(new Handled(QuarantineLog.position(one.from), Outcome.OVERTAKEN, ""));
            }
        }
        return free;
    }

    /** The highest offset of our rows by partition. */
    private Map<Integer, Long> write(
            DataProduct product, KafkaProducer<byte[], byte[]> producer, List<Candidate> rows) {
        if (rows.isEmpty()) {
            return Map.of();
        }
        long keySchema = schemas.idOf(product, Part.KEY);
        long valueSchema = schemas.idOf(product, Part.VALUE);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (Candidate one : rows) {
            Headers headers = new RecordHeaders();
            ChangeHeaders.read(one.from.headers()).passing(redriver(product)).write(headers);
            SchemaHeaders.writeKey(headers, keySchema);
            SchemaHeaders.writeValue(headers, valueSchema);
            sent.add(producer.send(new ProducerRecord<>(
                    product.name().topic(), null, one.from.timestamp(), one.key, one.value, headers)));
        }
        producer.flush();
        Map<Integer, Long> last = new HashMap<>();
        for (Future<RecordMetadata> one : sent) {
            try {
                RecordMetadata at = one.get();
                last.merge(at.partition(), at.offset(), Math::max);
            } catch (ExecutionException | InterruptedException failed) {
                throw new KafkaException("a row could not be written", failed);
            }
        }
        return last;
    }

    private static StageId redriver(DataProduct product) {
        return StageId.of("redrive", product.name());
    }

    /** Its last stop was here, and not before another product. */
    private static boolean isOurs(DataProduct product, ConsumerRecord<byte[], byte[]> record) {
        return ChangeHeaders.read(record.headers())
                .path()
                .endsWith(redriver(product).toString());
    }

    /** The commit that follows waits for them, and fails where one of them does. */
    private static void note(KafkaProducer<byte[], byte[]> producer, Audit audit) {
        String quarantine = "quarantine." + audit.topic;
        for (Handled row : audit.rows) {
            if (HANDLED.contains(row.outcome)) {
                Map<String, Object> note = new LinkedHashMap<>();
                note.put("action", audit.action);
                note.put("by", audit.by);
                note.put("atMs", audit.atMs);
                note.put("audit", audit.id);
                Future<RecordMetadata> unawaited = producer.send(new ProducerRecord<>(
                        MeshTopics.HANDLED, (quarantine + "-" + row.position).getBytes(UTF_8), json(note)));
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

    private KafkaProducer<byte[], byte[]> producer(DataProduct product) {
        Map<String, Object> properties = new HashMap<>(config.kafka());
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        // Two that redrive one product fence each other.
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, redriver(product).toString());
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "15000");
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static Handled done(Candidate one) {
        return new Handled(QuarantineLog.position(one.from), Outcome.REDRIVEN, "");
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
