package io.weir.benchmarks.comparison;

import io.weir.infra.local.JavaPart;
import io.weir.infra.local.LocalKafka;
import io.weir.infra.local.Ports;
import io.weir.infra.local.Readiness;
import io.weir.infra.local.WeirHome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** The Kafka that all engines share: one node on loopback, in a process of its own. */
final class Broker implements AutoCloseable {

    /** More than on a developer's machine, so that it is never the broker that is measured. */
    private static final String HEAP = "-Xmx768m";

    private final JavaProcess process;
    private final String address;
    private final Admin admin;

    private Broker(JavaProcess process, String address) {
        this.process = process;
        this.address = address;
        this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, address));
    }

    static Broker start(Path folder) throws IOException, InterruptedException {
        int port = Ports.free();
        List<String> command =
                JavaPart.forThroughput(LocalKafka.part(WeirHome.find(), folder, port, Ports.free())).command().stream()
                        .map(word -> word.startsWith("-Xmx") ? HEAP : word)
                        .toList();
        JavaProcess process = JavaProcess.start("kafka", folder, command);
        Readiness readiness = Readiness.kafka(port);
        while (!isReady(readiness)) {
            process.check();
            Thread.sleep(50);
        }
        return new Broker(process, "127.0.0.1:" + port);
    }

    private static boolean isReady(Readiness readiness) {
        try {
            return readiness.isReady();
        } catch (IOException notYet) {
            return false;
        }
    }

    String address() {
        return address;
    }

    double cpuSeconds() {
        return process.cpuSeconds();
    }

    void create(Collection<String> topics) throws InterruptedException {
        // Not compacted while it is measured: the cleaner comes when it likes.
        done(admin.createTopics(topics.stream()
                        .map(topic -> new NewTopic(topic, Workload.PARTITIONS, (short) 1)
                                .configs(Map.of("cleanup.policy", "delete", "retention.ms", "-1")))
                        .toList())
                .all());
    }

    /** Deletes the topics of a run, those that its engine made among them. */
    void forget(String run) throws InterruptedException {
        List<String> topics = done(admin.listTopics().names()).stream()
                .filter(topic -> topic.contains("." + run + "."))
                .toList();
        done(admin.deleteTopics(topics).all());
    }

    /** How many records of the topic can be read by those who read what is committed, markers of transactions included. */
    long committed(String topic) throws InterruptedException {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        IntStream.range(0, Workload.PARTITIONS)
                .forEach(partition -> ends.put(new TopicPartition(topic, partition), OffsetSpec.latest()));
        return done(admin.listOffsets(ends, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                        .all())
                .values()
                .stream()
                .mapToLong(end -> end.offset())
                .sum();
    }

    private static <T> T done(org.apache.kafka.common.KafkaFuture<T> asked) throws InterruptedException {
        try {
            return asked.get();
        } catch (ExecutionException failed) {
            throw new IllegalStateException("the broker says: " + failed.getCause(), failed.getCause());
        }
    }

    @Override
    public void close() {
        admin.close();
        process.close();
    }
}
