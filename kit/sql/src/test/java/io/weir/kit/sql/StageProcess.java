package io.weir.kit.sql;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.InMemorySchemas;
import io.weir.kit.stream.StageRuntime;
import io.weir.kit.stream.StageSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** The stages of a {@link Shop}, here or in a process of their own that may die. */
public final class StageProcess {

    /** How the process ends that dies in the middle of a transaction. */
    static final int DIED = 99;

    private StageProcess() {}

    /** Arguments: Kafka, the shop's name, the folder for state, and after how many records of its products it is to die. */
    public static void main(String[] arguments) throws InterruptedException {
        start(
                arguments[0],
                arguments[1],
                Path.of(arguments[2]),
                Map.of("producer.interceptor.classes", Dying.class.getName(), "producer." + Dying.AFTER, arguments[3]));
        Thread.currentThread().join();
    }

    static StageRuntime start(String kafka, String shop, Path state, Map<String, String> settings) {
        Domain domain = Shop.domain(shop);
        StageRuntime runtime = new StageRuntime(
                new StageSettings("conform", state.toString(), kafka, state, Duration.ofMillis(100), 1, settings),
                InMemorySchemas.of(domain.products().values()),
                new SimpleMeterRegistry(),
                null,
                Clock.systemUTC());
        runtime.start(Shop.models(shop).stream()
                .map(model -> ModelStage.plan("conform", model, domain))
                .toList());
        return runtime;
    }

    /** Ends the process as soon as the broker has taken so many records of a product: they are of a transaction that is not committed. */
    public static final class Dying implements ProducerInterceptor<byte[], byte[]> {
        static final String AFTER = "weir.test.dies.after";

        private static final AtomicInteger RECORDS = new AtomicInteger();
        private int after;

        @Override
        public void configure(Map<String, ?> settings) {
            after = Integer.parseInt(String.valueOf(settings.get(AFTER)));
        }

        @Override
        public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
            return record;
        }

        @Override
        public void onAcknowledgement(RecordMetadata metadata, Exception failure) {
            if (failure == null && metadata.topic().startsWith("silver.") && RECORDS.incrementAndGet() >= after) {
                Runtime.getRuntime().halt(DIED);
            }
        }

        @Override
        public void close() {}
    }
}
