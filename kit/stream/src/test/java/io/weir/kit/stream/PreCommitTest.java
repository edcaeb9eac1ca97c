package io.weir.kit.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;

class PreCommitTest {

    /** Keeps what comes until the commit, and then hands on the last. */
    private static final class Holding extends ContextualProcessor<String, String, String, String> {
        private final List<Record<String, String>> held = new ArrayList<>();

        @Override
        public void init(ProcessorContext<String, String> context) {
            super.init(context);
            held.clear();
            PreCommit.before(context, "held", () -> {
                if (!held.isEmpty()) {
                    context.forward(held.getLast());
                }
                held.clear();
            });
        }

        @Override
        public void process(Record<String, String> record) {
            held.add(record.withValue(record.value() + " first"));
            held.add(record.withValue(record.value() + " last"));
        }
    }

    @Test
    void shouldHandOnWhatWasHeldWhenTheTaskCommits() {
        Topology topology = new Topology()
                .addSource("in", new StringDeserializer(), new StringDeserializer(), "in")
                .addProcessor("holding", Holding::new, "in")
                .addStateStore(PreCommit.named("held"), "holding")
                .addSink("out", "out", new StringSerializer(), new StringSerializer(), "holding");
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "pre-commit-test");
        properties.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class);
        try (TopologyTestDriver driver = new TopologyTestDriver(topology, properties)) {
            var in = driver.createInputTopic("in", new StringSerializer(), new StringSerializer());
            var out = driver.createOutputTopic("out", new StringDeserializer(), new StringDeserializer());

            in.pipeInput("k", "one");
            in.pipeInput("k", "two");

            assertThat(out.readValuesToList()).containsExactly("one last", "two last");
        }
    }

    @Test
    void shouldCommitSoonWhileLittleComes() {
        MockProcessorContext<Void, Void> context = context();

        CommitPace.arrived(context);
        fire(context);

        assertThat(context.committed()).isTrue();
    }

    @Test
    void shouldLeaveTheCommitToTheIntervalWhileMuchComes() {
        MockProcessorContext<Void, Void> context = context();

        for (int i = 0; i < 1_000; i++) {
            CommitPace.arrived(context);
        }
        fire(context);

        assertThat(context.committed()).isFalse();
    }

    private static MockProcessorContext<Void, Void> context() {
        Properties properties = new Properties();
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 200L);
        MockProcessorContext<Void, Void> context = new MockProcessorContext<>(properties);
        context.setCurrentSystemTimeMs(0L);
        return context;
    }

    private static void fire(MockProcessorContext<Void, Void> context) {
        assertThat(context.scheduledPunctuators()).hasSize(1);
        var timer = context.scheduledPunctuators().getFirst();
        assertThat(timer.getInterval()).isEqualTo(Duration.ofMillis(25));
        timer.getPunctuator().punctuate(25L);
        assertThat(timer.cancelled()).isTrue();
    }
}
