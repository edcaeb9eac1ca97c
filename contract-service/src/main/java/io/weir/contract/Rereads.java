package io.weir.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.contract.QuarantineLog.Place;
import io.weir.contract.Redrive.Handled;
import io.weir.contract.Redrive.Outcome;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.stream.ChangeHeaders;
import io.weir.kit.stream.StageId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Records that a stage could not use as it read them, for it to read again: as a copy at the end of their topic.
 *
 * <p>That is sound where the topic is a table and the record is still the newest of its key: what is said again says nothing new to whoever could read it. An event would
 * count twice, and a change of a source or a push is no row yet.
 */
final class Rereads implements WayOut {

    /** A record's key within a partition of its topic. */
    private record Key(String topic, int partition, ByteBuffer bytes) {}

    private final QuarantineLog log;
    private final Function<String, Optional<DataProduct>> products;
    private final StageId redriver;
    private final Map<Place, List<String>> wanted = new LinkedHashMap<>();
    private final Map<Place, ConsumerRecord<byte[], byte[]>> copies = new LinkedHashMap<>();
    private final Map<String, Map<Integer, Long>> ends = new HashMap<>();
    private final Map<Place, Long> written = new HashMap<>();

    Rereads(QuarantineLog log, Function<String, Optional<DataProduct>> products, StageId redriver) {
        this.log = log;
        this.products = products;
        this.redriver = redriver;
    }

    /** Takes up a record in quarantine; else says why it cannot be read again. */
    Optional<String> take(ConsumerRecord<byte[], byte[]> quarantined) {
        Optional<Place> place = QuarantineLog.input(quarantined);
        if (!QuarantineLog.isAsRead(quarantined) || place.isEmpty()) {
            return Optional.of("its bytes are no row of the product by today's contract");
        }
        String topic = place.get().topic();
        Optional<DataProduct> input = products.apply(topic);
        if (input.isEmpty()) {
            return Optional.of(
                    "it is a record of %s, which is no product: let its source write it again".formatted(topic));
        }
        if (input.get().kind() == DataProduct.Kind.EVENTS) {
            return Optional.of("it is an event of %s, which would count twice".formatted(topic));
        }
        if (quarantined.key() == null) {
            return Optional.of("it is a record of %s without a key".formatted(topic));
        }
        wanted.computeIfAbsent(place.get(), _ -> new ArrayList<>()).add(QuarantineLog.position(quarantined));
        return Optional.empty();
    }

    @Override
    public boolean isEmpty() {
        return copies.isEmpty();
    }

    @Override
    public List<Handled> locate() {
        List<Handled> overtaken = new ArrayList<>();
        for (String topic :
                wanted.keySet().stream().map(Place::topic).distinct().toList()) {
            Map<Key, ConsumerRecord<byte[], byte[]>> newest = new HashMap<>();
            ends.put(
                    topic,
                    log.scan(
                            topic,
                            true,
                            record -> {
                                if (record.key() != null) {
                                    newest.put(key(record), record);
                                }
                                return false;
                            },
                            new ArrayList<>()));
            newest.values().forEach(record -> {
                Place place = new Place(topic, record.partition(), record.offset());
                if (wanted.containsKey(place)) {
                    copies.put(place, record);
                }
            });
        }
        wanted.forEach((place, positions) -> {
            if (!copies.containsKey(place)) {
                overtaken.addAll(handled(positions, Outcome.OVERTAKEN));
            }
        });
        return overtaken;
    }

    @Override
    public void write(KafkaProducer<byte[], byte[]> producer) {
        Map<Place, Future<RecordMetadata>> sent = new HashMap<>();
        copies.forEach((place, record) -> {
            Headers headers = new RecordHeaders(record.headers().toArray());
            headers.remove(ChangeHeaders.PATH);
            headers.add(
                    ChangeHeaders.PATH,
                    ChangeHeaders.read(record.headers())
                            .passing(redriver)
                            .path()
                            .getBytes(UTF_8));
            sent.put(
                    place,
                    producer.send(new ProducerRecord<>(
                            place.topic(),
                            place.partition(),
                            record.timestamp(),
                            record.key(),
                            record.value(),
                            headers)));
        });
        producer.flush();
        written.clear();
        sent.forEach((place, future) -> {
            try {
                written.put(place, future.get().offset());
            } catch (ExecutionException | InterruptedException failed) {
                throw new KafkaException("a record could not be written", failed);
            }
        });
    }

    @Override
    public List<Handled> withoutOvertaken() {
        Map<Key, Place> ours = new HashMap<>();
        copies.forEach((place, record) -> ours.put(key(record), place));
        List<Handled> overtaken = new ArrayList<>();
        for (String topic :
                copies.keySet().stream().map(Place::topic).distinct().toList()) {
            log.scan(
                    topic,
                    false,
                    ends.getOrDefault(topic, Map.of()),
                    record -> {
                        Place place = record.key() == null ? null : ours.get(key(record));
                        if (place != null
                                && copies.containsKey(place)
                                && !isOurs(record)
                                && record.offset() < written.getOrDefault(place, 0L)) {
                            copies.remove(place);
                            overtaken.addAll(handled(wanted.getOrDefault(place, List.of()), Outcome.OVERTAKEN));
                        }
                        return false;
                    },
                    new ArrayList<>());
        }
        return overtaken;
    }

    @Override
    public List<Handled> done() {
        return copies.keySet().stream()
                .map(place -> handled(wanted.getOrDefault(place, List.of()), Outcome.READ_AGAIN))
                .flatMap(Collection::stream)
                .collect(Collectors.toList());
    }

    private boolean isOurs(ConsumerRecord<byte[], byte[]> record) {
        return ChangeHeaders.read(record.headers()).path().endsWith(redriver.toString());
    }

    private static Key key(ConsumerRecord<byte[], byte[]> record) {
        return new Key(record.topic(), record.partition(), ByteBuffer.wrap(record.key()));
    }

    private static List<Handled> handled(List<String> positions, Outcome outcome) {
        return positions.stream()
                .map(position -> new Handled(position, outcome, ""))
                .toList();
    }
}
