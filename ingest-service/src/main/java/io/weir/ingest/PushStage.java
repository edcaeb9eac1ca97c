package io.weir.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.ingest.PushProcessor.Pushed;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Source;
import io.weir.kit.stream.MeshJson;
import io.weir.kit.stream.Output;
import io.weir.kit.stream.ProductOutput;
import io.weir.kit.stream.Stage;
import io.weir.kit.stream.StageContext;
import io.weir.kit.stream.StageId;
import io.weir.kit.stream.TopicSpec;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * One pushed product: the push topic (one partition, so that an operation id is judged in one place) to a bronze product, and each change's outcome to
 * {@link PushOutcome#TOPIC}.
 *
 * @param remember how long operation ids are remembered
 */
record PushStage(StageId id, DataProduct output, Duration remember) implements Stage {

    private static final Duration OUTCOME_RETENTION = Duration.ofHours(1);

    @Override
    public String kind() {
        return "push";
    }

    String pushTopic() {
        return Source.pushTopic(output.name());
    }

    @Override
    public List<String> inputTopics() {
        return List.of(pushTopic());
    }

    @Override
    public List<TopicSpec> ownTopics() {
        return List.of(
                TopicSpec.retained(pushTopic(), 1, remember),
                TopicSpec.retained(PushOutcome.TOPIC, 1, OUTCOME_RETENTION));
    }

    @Override
    public Topology topology(StageContext context) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<byte[], Pushed> judged = builder.stream(
                        pushTopic(),
                        Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()).withName("pushes"))
                .process(new OncePerOperation(context), Named.as("once"));
        KStream<byte[], Output> outputs = judged.filter((key, pushed) -> pushed.output() != null, Named.as("changed"))
                .mapValues(pushed -> Objects.requireNonNull(pushed.output()), Named.as("change"));
        ProductOutput.to(outputs, output, context);
        judged.filter((key, pushed) -> pushed.outcome() != null, Named.as("awaited"))
                .map(
                        (key, pushed) -> {
                            PushOutcome outcome = Objects.requireNonNull(pushed.outcome());
                            return KeyValue.pair(outcome.request().getBytes(UTF_8), MeshJson.write(outcome));
                        },
                        Named.as("outcome"))
                .to(
                        PushOutcome.TOPIC,
                        Produced.with(Serdes.ByteArray(), Serdes.ByteArray()).withName("outcomes"));
        return builder.build();
    }

    private final class OncePerOperation implements ProcessorSupplier<byte[], byte[], byte[], Pushed> {

        private final StageContext context;

        OncePerOperation(StageContext context) {
            this.context = context;
        }

        @Override
        public Processor<byte[], byte[], byte[], Pushed> get() {
            return new PushProcessor(output, remember, context);
        }

        @Override
        public Set<StoreBuilder<?>> stores() {
            return Set.of(Stores.keyValueStoreBuilder(
                    Stores.persistentKeyValueStore(PushProcessor.STORE), Serdes.ByteArray(), Serdes.ByteArray()));
        }
    }
}
