package io.weir.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.kit.stream.Control;
import io.weir.kit.stream.MeshJson;
import io.weir.kit.stream.MeshTopics;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Keeps services paused by renewing their lease, until told otherwise; a program that dies lets them go on by itself. */
final class Leases implements AutoCloseable {

    private static final Duration LEASE = Duration.ofSeconds(20);
    private static final Duration RENEWAL = Duration.ofSeconds(5);

    private final KafkaProducer<byte[], byte[]> producer;
    private final Set<String> paused = ConcurrentHashMap.newKeySet();
    private final Thread thread = Thread.ofPlatform().name("leases").daemon().unstarted(this::renew);

    Leases(String kafka) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka), new ByteArraySerializer(), new ByteArraySerializer());
        thread.start();
    }

    void pause(String service) {
        paused.add(service);
        say(service, System.currentTimeMillis() + LEASE.toMillis());
    }

    void resume(String service) {
        paused.remove(service);
        say(service, 0);
    }

    private void renew() {
        try {
            while (true) {
                Thread.sleep(RENEWAL);
                paused.forEach(service -> say(service, System.currentTimeMillis() + LEASE.toMillis()));
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(String service, long untilMs) {
        var _ = producer.send(new ProducerRecord<>(
                MeshTopics.CONTROL, service.getBytes(UTF_8), MeshJson.write(new Control(service, untilMs))));
        producer.flush();
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        paused.forEach(service -> say(service, 0));
        producer.close();
    }
}
