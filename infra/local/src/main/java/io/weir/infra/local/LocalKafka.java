package io.weir.infra.local;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A Kafka broker and controller of one node in this JVM, on loopback, for one machine: one replica of everything, few
 * internal partitions, small buffers, no waiting for more members. Its data outlives it, however it ended.
 *
 * <p>{@link #part} describes it as a process of its own; that is what {@code weir up} and the test kit run.
 */
public final class LocalKafka implements AutoCloseable {

    private final KafkaRaftServer server;

    private LocalKafka(KafkaRaftServer server) {
        this.server = server;
    }

    /** The broker as a process, its data in {@code folder}, with at most 160 MB of heap. */
    public static PartSpec part(Path home, Path folder, int port, int controllerPort) {
        return PartSpec.of(
                        "kafka",
                        JavaPart.command(
                                home,
                                160,
                                KafkaMain.class.getName(),
                                List.of(
                                        "--dir",
                                        folder.toString(),
                                        "--port",
                                        Integer.toString(port),
                                        "--controller-port",
                                        Integer.toString(controllerPort))),
                        folder,
                        Readiness.port(port))
                .withLiveness(PartSpec.Liveness.of(Readiness.kafka(port)))
                .withTimeouts(Duration.ofMinutes(5), Duration.ofSeconds(20));
    }

    /**
     * Formats the folder where it is new, starts, and returns when clients are served.
     *
     * @throws PartException where the folder cannot be used
     */
    public static LocalKafka start(Path folder, int port, int controllerPort) {
        Path data = folder.toAbsolutePath().resolve("data");
        format(data);
        KafkaRaftServer server =
                new KafkaRaftServer(new KafkaConfig(settings(data, port, controllerPort)), Time.SYSTEM);
        server.startup();
        return new LocalKafka(server);
    }

    public void awaitShutdown() {
        server.awaitShutdown();
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    /** Formats into a folder beside it and renames, so that a kill half-way leaves nothing half-formatted. */
    private static void format(Path data) {
        if (Files.exists(data.resolve("meta.properties"))) {
            return;
        }
        try {
            Path fresh = data.resolveSibling("data.new");
            Folders.delete(fresh);
            Folders.delete(data);
            Files.createDirectories(fresh);
            try (PrintStream quiet = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
                new Formatter()
                        .setPrintStream(quiet)
                        .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                        .setNodeId(1)
                        .setClusterId(Uuid.randomUuid().toString())
                        .setControllerListenerName("CONTROLLER")
                        .setReleaseVersion(MetadataVersion.latestProduction())
                        .setFeatureLevel(
                                Feature.STREAMS_VERSION.featureName(), Feature.STREAMS_VERSION.latestProduction())
                        .setMetadataLogDirectory(fresh.toString())
                        .addDirectory(fresh.toString())
                        .run();
            }
            Files.move(fresh, data);
        } catch (IOException e) {
            throw new PartException(
                    "Kafka's folder %s cannot be prepared: %s. Check that it is writable and the disk is not full."
                            .formatted(data, e),
                    e);
        } catch (Exception e) {
            throw new PartException("Kafka's folder %s cannot be formatted: %s".formatted(data, e.getMessage()), e);
        }
    }

    private static Properties settings(Path data, int port, int controllerPort) {
        Properties settings = new Properties();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        settings.put("listeners", "BROKER://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controllerPort));
        settings.put("advertised.listeners", "BROKER://127.0.0.1:" + port);
        settings.put("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT");
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("inter.broker.listener.name", "BROKER");
        settings.put("log.dirs", data.toString());
        settings.put("auto.create.topics.enable", "false");

        settings.put("default.replication.factor", "1");
        settings.put("min.insync.replicas", "1");
        for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            settings.put(topic + ".replication.factor", "1");
            settings.put(topic + ".num.partitions", topic.startsWith("share") ? "1" : "4");
        }
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");

        // Members come at once, and one that was killed is missed after seconds, not after the usual 45.
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("group.streams.initial.rebalance.delay.ms", "0");
        settings.put("group.min.session.timeout.ms", "1000");
        for (String protocol : List.of("consumer", "streams")) {
            settings.put("group." + protocol + ".min.session.timeout.ms", "3000");
            settings.put("group." + protocol + ".session.timeout.ms", "6000");
            settings.put("group." + protocol + ".min.heartbeat.interval.ms", "500");
            settings.put("group." + protocol + ".heartbeat.interval.ms", "1000");
        }
        // After a kill the broker may register again only when its last registration has lapsed.
        settings.put("broker.session.timeout.ms", "3000");
        settings.put("broker.heartbeat.interval.ms", "500");
        settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        // A development machine may sleep over the weekend and longer: committed offsets stay.
        settings.put(
                "offsets.retention.minutes", Long.toString(Duration.ofDays(365).toMinutes()));

        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("background.threads", "2");
        settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 * 1024 * 1024));
        settings.put("log.cleaner.io.buffer.size", Integer.toString(1024 * 1024));
        settings.put("log.segment.bytes", Integer.toString(64 * 1024 * 1024));
        settings.put("log.index.size.max.bytes", Integer.toString(1024 * 1024));
        return settings;
    }
}
