package io.weir.benchmarks.comparison;

import io.weir.kit.contract.AvroMapping;
import io.weir.kit.contract.DataProduct;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The workloads as an engineer writes them in Kafka Streams' DSL with Avro generic records.
 *
 * <p>Exactly-once, and Weir's settings of the producer (compression, batches, how long they wait for company), so that what differs is the engine; all else, the record
 * cache among it, is as Kafka Streams has it.
 */
final class HandWritten implements Job {

    private static final long DAY_MS = Duration.ofDays(1).toMillis();

    private final KafkaStreams streams;

    private HandWritten(KafkaStreams streams) {
        this.streams = streams;
    }

    static HandWritten start(Task task) throws InterruptedException {
        Workload workload = Workloads.of(task.workload());
        DataProduct input = workload.inputs(task.run()).getFirst();
        DataProduct output = workload.output(task.run());
        Topology topology =
                switch (workload.name()) {
                    case "stateless" -> stateless(input, output);
                    case "keyed" -> keyed(input, output);
                    default -> throw new IllegalArgumentException("not written by hand: " + workload.name());
                };
        KafkaStreams streams = new KafkaStreams(topology, settings(task));
        streams.start();
        while (streams.state() != KafkaStreams.State.RUNNING) {
            if (streams.state().hasStartedOrFinishedShuttingDown()) {
                streams.close();
                throw new IllegalStateException(
                        "the application written by hand ended before it ran; its log says why");
            }
            Thread.sleep(50);
        }
        return new HandWritten(streams);
    }

    private static Properties settings(Task task) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "by-hand." + task.run());
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, task.bootstrapServers());
        settings.put(StreamsConfig.STATE_DIR_CONFIG, task.stateDirectory());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, task.commitMs());
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, task.threads());
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), task.commitMs());
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 64 * 1024);
        return settings;
    }

    private static Topology stateless(DataProduct input, DataProduct output) {
        GenericAvroSerde orders = new GenericAvroSerde(AvroMapping.valueSchema(input));
        GenericAvroSerde results = new GenericAvroSerde(AvroMapping.valueSchema(output));
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(input.name().topic(), Consumed.with(Serdes.Bytes(), orders))
                .filter((_, order) -> !text(order, "status").equals("cancelled") && (int) order.get("quantity") > 0)
                .mapValues(order -> conformed(order, results.schema()))
                .to(output.name().topic(), Produced.with(Serdes.Bytes(), results));
        return builder.build();
    }

    private static GenericRecord conformed(GenericRecord order, Schema schema) {
        int quantity = (int) order.get("quantity");
        Object note = order.get("note");
        GenericRecord result = new GenericData.Record(schema);
        result.put("id", order.get("id"));
        result.put("customer_id", order.get("customer_id"));
        result.put("name", text(order, "name").strip().toUpperCase(Locale.ROOT));
        result.put("country", text(order, "country").toLowerCase(Locale.ROOT));
        result.put("amount", new BigDecimal(text(order, "amount")).setScale(2, RoundingMode.HALF_UP));
        result.put("size", quantity >= 10 ? "bulk" : quantity >= 3 ? "several" : "single");
        result.put("ordered_on", (int) Math.floorDiv((long) order.get("ordered_at"), DAY_MS));
        result.put("note", note == null ? "none" : note.toString());
        return result;
    }

    private static Topology keyed(DataProduct input, DataProduct output) {
        GenericAvroSerde orders = new GenericAvroSerde(AvroMapping.valueSchema(input));
        GenericAvroSerde groups = new GenericAvroSerde(AvroMapping.keySchema(output));
        GenericAvroSerde results = new GenericAvroSerde(AvroMapping.valueSchema(output));
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(input.name().topic(), Consumed.with(Serdes.Bytes(), orders))
                // Only what is added up moves.
                .map((_, order) -> KeyValue.pair(group(order, groups.schema()), (Integer) order.get("quantity")))
                .groupByKey(Grouped.with("by-customer", groups, Serdes.Integer()))
                .aggregate(
                        () -> total(results.schema()),
                        HandWritten::added,
                        Materialized.<GenericRecord, GenericRecord, KeyValueStore<Bytes, byte[]>>as("totals")
                                .withKeySerde(groups)
                                .withValueSerde(results))
                .toStream()
                .to(output.name().topic(), Produced.with(groups, results));
        return builder.build();
    }

    private static GenericRecord group(GenericRecord order, Schema schema) {
        GenericRecord group = new GenericData.Record(schema);
        group.put("customer_id", order.get("customer_id"));
        return group;
    }

    private static GenericRecord total(Schema schema) {
        return new GenericRecordBuilder(schema)
                .set("customer_id", 0L)
                .set("orders", 0L)
                .set("items", 0L)
                .build();
    }

    private static GenericRecord added(GenericRecord group, int quantity, GenericRecord total) {
        GenericRecord next = new GenericData.Record(total.getSchema());
        next.put("customer_id", group.get("customer_id"));
        next.put("orders", (long) total.get("orders") + 1);
        next.put("items", (long) total.get("items") + quantity);
        return next;
    }

    private static String text(GenericRecord record, String field) {
        return record.get(field).toString();
    }

    @Override
    public void close() {
        streams.close(Duration.ofSeconds(10));
    }
}
