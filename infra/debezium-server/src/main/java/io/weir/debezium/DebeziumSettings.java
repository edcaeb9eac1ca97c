package io.weir.debezium;

import io.weir.kit.contract.Source;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Debezium Server's properties for a captured source. A pure function; what an operator sets as a system property or environment variable wins. */
final class DebeziumSettings {

    static final String HEARTBEAT_PREFIX = "heartbeat";

    private static final int MAX_RECORD_BYTES = 16 * 1024 * 1024;

    private DebeziumSettings() {}

    static Map<String, String> of(CapturedSource captured, CaptureOptions options) {
        Map<String, String> settings = new LinkedHashMap<>();
        source(captured).forEach((name, value) -> settings.put("debezium.source." + name, value));
        offsets(captured, options).forEach((name, value) -> settings.put("debezium.source." + name, value));
        format(captured, options).forEach((name, value) -> {
            settings.put("debezium.format.key." + name, value);
            settings.put("debezium.format.value." + name, value);
        });
        settings.put("debezium.format.key", "avro");
        settings.put("debezium.format.value", "avro");
        settings.put("debezium.sink.type", "kafka");
        sink(options).forEach((name, value) -> settings.put("debezium.sink.kafka.producer." + name, value));
        settings.put("debezium.sink.kafka.producer.interceptor.classes", Deliveries.class.getName());
        return settings;
    }

    private static Map<String, String> source(CapturedSource captured) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        settings.put("database.hostname", captured.connection().host());
        settings.put("database.port", Integer.toString(captured.connection().port()));
        settings.put("database.user", captured.connection().user());
        settings.put("database.password", captured.password());
        settings.put("database.dbname", captured.connection().database());
        settings.put("topic.prefix", captured.topicPrefix());
        settings.put(
                "table.include.list",
                captured.source().tables().stream()
                        .map(Source.Table::table)
                        .map(table -> table.replace(".", "\\."))
                        .collect(Collectors.joining(",")));
        settings.put("plugin.name", "pgoutput");
        settings.put("slot.name", captured.slot());
        settings.put("publication.name", captured.slot());
        // The preflight makes it, or says what the database's owner has to do.
        settings.put("publication.autocreate.mode", "disabled");
        settings.put("snapshot.mode", "initial");
        settings.put("tombstones.on.delete", "false");
        // Truncation too: Debezium's default leaves it out.
        settings.put("skipped.operations", "none");
        settings.put("decimal.handling.mode", "precise");
        settings.put("time.precision.mode", "adaptive");
        settings.put("schema.name.adjustment.mode", "avro");
        settings.put("field.name.adjustment.mode", "avro");
        // Messages that somebody's application writes into its log are its own business, and have no topic here.
        settings.put("message.prefix.exclude.list", ".*");
        settings.put("extended.headers.enabled", "false");
        // Writes to other databases of the same server must not make this one's slot keep the log for ever.
        settings.put("lsn.flush.mode", "connector_and_driver");
        // So the slot may stand after the stored offset, with nothing of ours in between: the default would never start
        // again then.
        settings.put("offset.mismatch.strategy", "trust_greater_lsn");
        settings.put("topic.heartbeat.prefix", HEARTBEAT_PREFIX);
        settings.put("heartbeat.interval.ms", "10000");
        settings.put("status.update.interval.ms", "2000");
        settings.put("poll.interval.ms", "10");
        settings.put("max.batch.size", "2048");
        settings.put("max.queue.size", "8192");
        settings.put("max.queue.size.in.bytes", Integer.toString(MAX_RECORD_BYTES));
        settings.put("snapshot.fetch.size", "2000");
        settings.put("errors.retry.delay.initial.ms", "200");
        settings.put("errors.retry.delay.max.ms", "2000");
        settings.put("retriable.restart.connector.wait.ms", "1000");
        settings.put("slot.retry.delay.ms", "1000");
        settings.put("slot.max.retries", "30");
        return settings;
    }

    private static Map<String, String> offsets(CapturedSource captured, CaptureOptions options) {
        return Map.of(
                "offset.storage", "org.apache.kafka.connect.storage.KafkaOffsetBackingStore",
                "offset.storage.topic", captured.offsetsTopic(),
                "offset.storage.partitions", "1",
                "offset.storage.replication.factor", "1",
                "offset.flush.interval.ms", "1000",
                "bootstrap.servers", options.bootstrapServers());
    }

    private static Map<String, String> format(CapturedSource captured, CaptureOptions options) {
        return Map.of(
                "class", "io.apicurio.registry.utils.converter.AvroConverter",
                "apicurio.registry.url", options.registryV2Url(),
                "apicurio.registry.auto-register", "true",
                "apicurio.registry.find-latest", "true",
                // What an id once meant, it means for ever: no reason to end while the registry is away.
                "apicurio.registry.fault-tolerant-refresh", "true",
                "apicurio.registry.headers.enabled", "true",
                "apicurio.registry.use-id", "contentId",
                "apicurio.registry.schema-resolver", KnownSchemas.class.getName(),
                "apicurio.registry.artifact.group-id",
                        "source." + captured.source().domain());
    }

    /**
     * One request at a time: of two to a topic that was just made, Kafka may refuse the first and take the second, and then never the first again
     * (KAFKA-15591).
     */
    private static Map<String, String> sink(CaptureOptions options) {
        return Map.of(
                "bootstrap.servers", options.bootstrapServers(),
                "key.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer",
                "value.serializer", "org.apache.kafka.common.serialization.ByteArraySerializer",
                "acks", "all",
                "enable.idempotence", "true",
                "max.in.flight.requests.per.connection", "1",
                "linger.ms", "0",
                "compression.type", "lz4",
                "buffer.memory", Integer.toString(2 * MAX_RECORD_BYTES),
                "max.request.size", Integer.toString(MAX_RECORD_BYTES));
    }

    /** What one record of a change topic may take: a large value is a large record. */
    static String maxMessageBytes() {
        return Integer.toString(MAX_RECORD_BYTES);
    }
}
