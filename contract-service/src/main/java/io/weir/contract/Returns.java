package io.weir.contract;

import io.weir.contract.Redrive.Handled;
import io.weir.contract.Redrive.Outcome;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Relationship;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.RowRule;
import io.weir.kit.contract.RowRules;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.contract.Schemas;
import io.weir.kit.contract.Schemas.Part;
import io.weir.kit.stream.ChangeHeaders;
import io.weir.kit.stream.StageId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Rows that keep today's contract, on their way back to their product.
 *
 * <p>A row goes back only if no row of its key in the product is as new or newer, by commit time in the source. That holds against stages that write meanwhile: what others
 * have appended before our rows since the product was read is looked at before they commit. What comes behind them is newer in the log too. Rows of one key go back in the
 * order in which they came.
 */
final class Returns implements WayOut {

    private record Candidate(
            ConsumerRecord<byte[], byte[]> from, @Nullable Object[] row, byte[] key, byte[] value, long madeAtMs) {

        Handled became(Outcome outcome, String why) {
            return new Handled(QuarantineLog.position(from), outcome, why);
        }
    }

    private final QuarantineLog log;
    private final DataProduct product;
    private final Schemas schemas;
    private final StageId redriver;
    private final RowRules rules;
    private final List<Candidate> candidates = new ArrayList<>();
    private Map<Integer, Long> end = Map.of();
    /** The highest offset of our rows by partition. */
    private final Map<Integer, Long> written = new HashMap<>();

    Returns(QuarantineLog log, DataProduct product, Schemas schemas, StageId redriver) {
        this.log = log;
        this.product = product;
        this.schemas = schemas;
        this.redriver = redriver;
        this.rules = RowRules.of(product);
    }

    /** Takes up what is a row of the product; of one that still breaks the contract it tells so. False for what is no row. */
    boolean take(ConsumerRecord<byte[], byte[]> record, List<Handled> handled) {
        Optional<@Nullable Object[]> read = QuarantineLog.row(product, record);
        if (read.isEmpty()) {
            return false;
        }
        @Nullable Object[] row = read.get();
        Optional<RowRule> broken = rules.firstBroken(row);
        if (broken.isPresent()) {
            RowRule rule = broken.get();
            handled.add(new Handled(
                    QuarantineLog.position(record),
                    Outcome.STILL_BROKEN,
                    "%s of \"%s\": %s".formatted(rule.name(), rule.field(), rule.demand())));
        } else {
            candidates.add(new Candidate(
                    record,
                    row,
                    RowCodec.ofKey(product).encode(product.keyOf(row)),
                    RowCodec.ofValue(product).encode(row),
                    madeAtMs(record)));
        }
        return true;
    }

    @Override
    public List<Handled> locate() {
        List<Handled> handled = new ArrayList<>();
        for (Relationship relationship : product.settings().relationships()) {
            if (relationship.onViolation().orElse(product.onViolation()) != DataProduct.OnViolation.WARN) {
                withoutNameless(relationship, handled);
            }
        }
        if (!candidates.isEmpty()) {
            Map<ByteBuffer, Long> newest = new HashMap<>();
            end = scan(Map.of(), true, newest);
            withoutOlderThan(newest, handled);
        }
        return handled;
    }

    @Override
    public boolean isEmpty() {
        return candidates.isEmpty();
    }

    @Override
    public void write(KafkaProducer<byte[], byte[]> producer) {
        written.clear();
        if (candidates.isEmpty()) {
            return;
        }
        long keySchema = schemas.idOf(product, Part.KEY);
        long valueSchema = schemas.idOf(product, Part.VALUE);
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (Candidate one : candidates) {
            Headers headers = new RecordHeaders();
            ChangeHeaders.read(one.from.headers()).passing(redriver).write(headers);
            SchemaHeaders.writeKey(headers, keySchema);
            SchemaHeaders.writeValue(headers, valueSchema);
            sent.add(producer.send(new ProducerRecord<>(
                    product.name().topic(), null, one.from.timestamp(), one.key, one.value, headers)));
        }
        producer.flush();
        for (Future<RecordMetadata> one : sent) {
            try {
                RecordMetadata at = one.get();
                written.merge(at.partition(), at.offset(), Math::max);
            } catch (ExecutionException | InterruptedException failed) {
                throw new KafkaException("a row could not be written", failed);
            }
        }
    }

    @Override
    public List<Handled> withoutOvertaken() {
        List<Handled> overtaken = new ArrayList<>();
        if (!candidates.isEmpty()) {
            Map<ByteBuffer, Long> since = new HashMap<>();
            scan(end, false, since);
            withoutOlderThan(since, overtaken);
        }
        return overtaken;
    }

    @Override
    public List<Handled> done() {
        return candidates.stream().map(one -> one.became(Outcome.REDRIVEN, "")).toList();
    }

    /** Takes out what names a row that does not stand. */
    private void withoutNameless(Relationship relationship, List<Handled> handled) {
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
                handled.add(one.became(
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

    /** When the newest row of each of our keys was made, of what is committed; else of what others have appended before our rows, committed or not. */
    private Map<Integer, Long> scan(Map<Integer, Long> from, boolean committed, Map<ByteBuffer, Long> newest) {
        Set<ByteBuffer> keys =
                candidates.stream().map(one -> ByteBuffer.wrap(one.key)).collect(Collectors.toSet());
        return log.scan(
                product.name().topic(),
                committed,
                from,
                record -> {
                    ByteBuffer key = record.key() == null ? null : ByteBuffer.wrap(record.key());
                    if (key != null && keys.contains(key) && (committed || isOfOthersBeforeOurs(record))) {
                        newest.merge(key, madeAtMs(record), Math::max);
                    }
                    return false;
                },
                new ArrayList<>());
    }

    private boolean isOfOthersBeforeOurs(ConsumerRecord<byte[], byte[]> record) {
        return !ChangeHeaders.read(record.headers()).path().endsWith(redriver.toString())
                && record.offset() <= written.getOrDefault(record.partition(), -1L);
    }

    private void withoutOlderThan(Map<ByteBuffer, Long> newest, List<Handled> handled) {
        candidates.removeIf(one -> {
            Long other = newest.get(ByteBuffer.wrap(one.key));
            boolean isOvertaken = other != null && other >= one.madeAtMs;
            if (isOvertaken) {
                handled.add(one.became(Outcome.OVERTAKEN, ""));
            }
            return isOvertaken;
        });
    }

    /** Commit time in the source; where nobody said it, when the record was made. */
    private static long madeAtMs(ConsumerRecord<byte[], byte[]> record) {
        long source = ChangeHeaders.read(record.headers()).sourceTimestampMs();
        return source < 0 ? record.timestamp() : source;
    }
}
