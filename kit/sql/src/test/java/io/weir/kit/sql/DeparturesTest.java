package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.ChangeFormat;
import io.weir.kit.sql.change.Delta;
import io.weir.kit.stream.Output;
import io.weir.kit.stream.PreCommit;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;

class DeparturesTest {

    private static final List<DataType> TYPES = List.of(new DataType.BigInt());
    private static final byte[] ONE = {1};
    private static final byte[] TWO = {2};

    @Test
    void shouldSendOneMessageForAKeyAndNothingThatCameAndWent() {
        class Steps extends ContextualProcessor<byte[], byte[], byte[], Message> {
            private Departures departures;

            @Override
            public void init(ProcessorContext<byte[], Message> context) {
                departures = Departures.open(context, new Leaving("leaving", TYPES, 0));
            }

            @Override
            public void process(Record<byte[], byte[]> record) {
                departures.add(TWO, new Change(List.of(delta(7, -1))), record);
                departures.add(ONE, new Change(List.of(delta(1, 1))), record);
                departures.add(ONE, new Change(List.of(delta(1, -1), delta(2, 1))), record);
                departures.add(new byte[] {3}, new Change(List.of(delta(9, 1))), record);
                departures.add(new byte[] {3}, new Change(List.of(delta(9, -1))), record);
            }
        }
        Serializer<Message> rows = (_, message) -> new ChangeFormat(TYPES).encode(((Message.Rows) message).change());

        List<org.apache.kafka.streams.KeyValue<byte[], byte[]>> sent = run(Steps::new, rows);

        assertThat(sent).hasSize(2);
        assertThat(sent.getFirst().key).isEqualTo(ONE);
        assertThat(deltas(sent.getFirst().value)).containsExactly("2 x 1");
        assertThat(sent.getLast().key).as("what only takes away leaves last").isEqualTo(TWO);
        assertThat(deltas(sent.getLast().value)).containsExactly("7 x -1");
    }

    @Test
    void shouldNotMakeOneRecordOfAllThatComesForAKey() {
        class Steps extends ContextualProcessor<byte[], byte[], byte[], Message> {
            private Departures departures;

            @Override
            public void init(ProcessorContext<byte[], Message> context) {
                departures = Departures.open(context, new Leaving("leaving", TYPES, 0));
            }

            @Override
            public void process(Record<byte[], byte[]> record) {
                for (int i = 0; i < 2_500; i++) {
                    departures.add(ONE, new Change(List.of(delta(i, 1))), record);
                }
            }
        }
        Serializer<Message> rows = (_, message) -> new ChangeFormat(TYPES).encode(((Message.Rows) message).change());

        assertThat(run(Steps::new, rows))
                .extracting(sent -> deltas(sent.value).size())
                .containsExactly(1_000, 1_000, 500);
    }

    @Test
    void shouldSendWhatGoesToOnePartitionInOneRecord() {
        class Steps extends ContextualProcessor<byte[], byte[], byte[], Message> {
            private Departures departures;

            @Override
            public void init(ProcessorContext<byte[], Message> context) {
                departures = Departures.open(context, new Leaving("leaving", TYPES, 1));
            }

            @Override
            public void process(Record<byte[], byte[]> record) {
                departures.add(TWO, new Change(List.of(delta(7, -1))), record);
                departures.add(ONE, new Change(List.of(delta(1, 1))), record);
                departures.add(new byte[] {3}, new Change(List.of(delta(9, 1))), record);
            }
        }
        MessageSerde serde = new MessageSerde(TYPES);

        List<org.apache.kafka.streams.KeyValue<byte[], byte[]>> sent = run(Steps::new, serde.serializer());

        assertThat(sent)
                .as("what only takes away leaves last")
                .extracting(record -> moved(serde, record.value))
                .containsExactly(List.of("1: 1 x 1", "3: 9 x 1"), List.of("2: 7 x -1"));
    }

    @Test
    void shouldWriteTheLastOutputOfAKey() {
        class Steps extends ContextualProcessor<byte[], byte[], byte[], Output> {
            private LastOutputs outputs;

            @Override
            public void init(ProcessorContext<byte[], Output> context) {
                outputs = LastOutputs.open(context, "leaving");
            }

            @Override
            public void process(Record<byte[], byte[]> record) {
                outputs.put(List.of(1L), record.withValue(new Output.Delete(new Object[] {1L})));
                outputs.put(List.of(1L), record.withValue(new Output.Upsert(new Object[] {1L})));
                outputs.put(List.of(2L), record.withValue(new Output.Delete(new Object[] {2L})));
            }
        }
        Serializer<Output> names =
                (_, output) -> output.getClass().getSimpleName().getBytes(StandardCharsets.UTF_8);

        assertThat(run(Steps::new, names))
                .extracting(sent -> new String(sent.value, StandardCharsets.UTF_8))
                .containsExactly("Upsert", "Delete");
    }

    private static <T> List<org.apache.kafka.streams.KeyValue<byte[], byte[]>> run(
            ProcessorSupplier<byte[], byte[], byte[], T> steps, Serializer<T> values) {
        Topology topology = new Topology()
                .addSource("in", new ByteArrayDeserializer(), new ByteArrayDeserializer(), "in")
                .addProcessor("steps", steps, "in")
                .addStateStore(PreCommit.named("leaving"), "steps")
                .addSink("out", "out", new ByteArraySerializer(), values, "steps");
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "departures-test");
        try (TopologyTestDriver driver = new TopologyTestDriver(topology, properties)) {
            driver.createInputTopic("in", new ByteArraySerializer(), new ByteArraySerializer())
                    .pipeInput(ONE, ONE);
            TestOutputTopic<byte[], byte[]> out =
                    driver.createOutputTopic("out", new ByteArrayDeserializer(), new ByteArrayDeserializer());
            return out.readKeyValuesToList();
        }
    }

    private static Delta delta(long value, long weight) {
        return new Delta(new Object[] {value}, weight);
    }

    private static List<String> moved(MessageSerde serde, byte[] encoded) {
        return ((Message.Moved) serde.deserializer().deserialize("out", encoded))
                .moves().stream()
                        .map(move -> move.key()[0] + ": "
                                + move.change().deltas().getFirst().row()[0] + " x "
                                + move.change().deltas().getFirst().weight())
                        .toList();
    }

    private static List<String> deltas(byte[] encoded) {
        return new ChangeFormat(TYPES)
                .decode(encoded).deltas().stream()
                        .map(delta -> delta.row()[0] + " x " + delta.weight())
                        .toList();
    }
}
