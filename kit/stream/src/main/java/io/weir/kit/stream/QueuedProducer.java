package io.weir.kit.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A producer that takes records and sends them in a thread of its own: to lay out and compress a record with its headers costs about as much as all that a stream thread does with it.
 *
 * <p>Order is kept. Flushing and the end of a transaction wait until everything that was taken is sent. A send that throws is told by a later call. Made for one thread that calls it, and for
 * users that learn from callbacks what became of a record, as Kafka Streams does.
 */
final class QueuedProducer implements Producer<byte[], byte[]> {

    /** So many records are handed over at once: to wake a thread costs more than a record. */
    private static final int AT_ONCE = 128;

    /** So many hand-overs may wait. */
    private static final int WAITING = 16;

    private static final Future<RecordMetadata> TOLD_TO_THE_CALLBACK = CompletableFuture.failedFuture(
            new UnsupportedOperationException("what becomes of a record is told to the callback"));

    /** Kafka Streams' clients, but for the producer. */
    static final class Clients extends DefaultKafkaClientSupplier {
        @Override
        public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
            return new QueuedProducer(
                    super.getProducer(config), config.get(ProducerConfig.CLIENT_ID_CONFIG) + "-queue");
        }
    }

    private record Taken(
            ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {}

    private final Producer<byte[], byte[]> producer;
    private final ThreadPoolExecutor sender;
    private List<Taken> taken = new ArrayList<>(AT_ONCE);
    private volatile @Nullable RuntimeException failure;
    private volatile boolean dropping;

    QueuedProducer(Producer<byte[], byte[]> producer, String threadName) {
        this.producer = producer;
        this.sender = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING),
                Thread.ofPlatform().name(threadName).daemon().factory(),
                QueuedProducer::waitForRoom);
    }

    private static void waitForRoom(Runnable work, ThreadPoolExecutor full) {
        if (full.isShutdown()) {
            throw new RejectedExecutionException("the producer is closed");
        }
        try {
            full.getQueue().put(work);
        } catch (InterruptedException interrupted) {
            throw new InterruptException(interrupted);
        }
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        return take(record, null);
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
        return take(record, callback);
    }

    private Future<RecordMetadata> take(ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
        throwFailure();
        taken.add(new Taken(record, callback));
        if (taken.size() == AT_ONCE) {
            handOver();
        }
        return TOLD_TO_THE_CALLBACK;
    }

    private void handOver() {
        List<Taken> records = taken;
        taken = new ArrayList<>(AT_ONCE);
        sender.execute(() -> records.forEach(this::pass));
    }

    private void pass(Taken one) {
        if (dropping || failure != null) {
            return;
        }
        try {
            var unawaited = producer.send(one.record(), one.callback());
        } catch (RuntimeException failed) {
            failure = failed;
        }
    }

    private void awaitSent() {
        if (!taken.isEmpty()) {
            handOver();
        }
        try {
            sender.submit(() -> {}).get();
        } catch (InterruptedException interrupted) {
            throw new InterruptException(interrupted);
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void throwFailure() {
        RuntimeException failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    @Override
    public void flush() {
        awaitSent();
        producer.flush();
    }

    @Override
    public void initTransactions() {
        producer.initTransactions();
    }

    @Override
    public void beginTransaction() {
        producer.beginTransaction();
    }

    @Override
    public void sendOffsetsToTransaction(Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
        awaitSent();
        // First, for where the transaction has failed it says in which way.
        producer.sendOffsetsToTransaction(offsets, group);
        throwFailure();
    }

    @Override
    public void commitTransaction() {
        awaitSent();
        throwFailure();
        producer.commitTransaction();
    }

    @Override
    public void abortTransaction() {
        taken.clear();
        dropping = true;
        awaitSent();
        dropping = false;
        failure = null;
        producer.abortTransaction();
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
        return producer.partitionsFor(topic);
    }

    @Override
    public Map<MetricName, ? extends Metric> metrics() {
        return producer.metrics();
    }

    @Override
    public Uuid clientInstanceId(Duration timeout) {
        return producer.clientInstanceId(timeout);
    }

    @Override
    public void registerMetricForSubscription(KafkaMetric metric) {
        producer.registerMetricForSubscription(metric);
    }

    @Override
    public void unregisterMetricFromSubscription(KafkaMetric metric) {
        producer.unregisterMetricFromSubscription(metric);
    }

    @Override
    public void close() {
        dropping = true;
        sender.shutdown();
        producer.close();
    }

    @Override
    public void close(Duration timeout) {
        dropping = true;
        sender.shutdown();
        producer.close(timeout);
    }
}
