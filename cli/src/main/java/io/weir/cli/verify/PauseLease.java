package io.weir.cli.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.kit.stream.Control;
import io.weir.kit.stream.MeshJson;
import io.weir.kit.stream.MeshTopics;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Keeps the stages of a service paused for as long as it is open. Whoever holds it and dies lets them go on after a few seconds. */
final class PauseLease implements AutoCloseable {

    private static final Duration LEASE = Duration.ofSeconds(45);
    private static final Duration RENEWAL = Duration.ofSeconds(5);

    private final String service;
    private final KafkaProducer<byte[], byte[]> producer;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread renewal;

    private PauseLease(String service, KafkaProducer<byte[], byte[]> producer) {
        this.service = service;
        this.producer = producer;
        this.renewal = Thread.ofVirtual().unstarted(this::renew);
    }

    static PauseLease take(String kafka, String service) {
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka,
                ProducerConfig.MAX_BLOCK_MS_CONFIG, 20_000,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 20_000);
        PauseLease lease = new PauseLease(
                service, new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()));
        lease.say(System.currentTimeMillis() + LEASE.toMillis());
        lease.renewal.start();
        return lease;
    }

    private void renew() {
        try {
            while (!closed.await(RENEWAL.toMillis(), TimeUnit.MILLISECONDS)) {
                say(System.currentTimeMillis() + LEASE.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings(
            "FutureReturnValueIgnored") // The flush waits for it; a lease that did not arrive shows in the status.
    private void say(long untilMs) {
        producer.send(new ProducerRecord<>(
                MeshTopics.CONTROL, service.getBytes(UTF_8), MeshJson.write(new Control(service, untilMs))));
        producer.flush();
    }

    /** Lets the stages go on. Calling it again does nothing. */
    @Override
    public synchronized void close() {
        if (closed.getCount() == 0) {
            return;
        }
        closed.countDown();
        try {
            renewal.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        say(0);
        producer.close(Duration.ofSeconds(5));
    }
}
