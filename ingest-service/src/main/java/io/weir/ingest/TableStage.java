package io.weir.ingest;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Source;
import io.weir.kit.stream.Output;
import io.weir.kit.stream.ProductOutput;
import io.weir.kit.stream.Stage;
import io.weir.kit.stream.StageContext;
import io.weir.kit.stream.StageId;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * One captured table: Debezium's change topic (one partition, in commit order) to a bronze product.
 *
 * @param origin the system that makes the changes: {@code postgresql:<source>}
 */
record TableStage(
        StageId id, String changeTopic, String origin, DataProduct output, Source.OnSchemaChange onSchemaChange)
        implements Stage {

    @Override
    public String kind() {
        return "source";
    }

    @Override
    public List<String> inputTopics() {
        return List.of(changeTopic);
    }

    @Override
    public Topology topology(StageContext context) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<byte[], Output> outputs = builder.stream(
                        changeTopic,
                        Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()).withName("changes"))
                .process(new Judging(context), Named.as("table"));
        ProductOutput.to(outputs, output, context);
        return builder.build();
    }

    private final class Judging implements ProcessorSupplier<byte[], byte[], byte[], Output> {

        private final StageContext context;

        Judging(StageContext context) {
            this.context = context;
        }

        @Override
        public Processor<byte[], byte[], byte[], Output> get() {
            return new TableProcessor(output, changeTopic, origin, onSchemaChange, context);
        }

        @Override
        public Set<StoreBuilder<?>> stores() {
            return Set.of(Stores.keyValueStoreBuilder(
                    Stores.persistentKeyValueStore(TableProcessor.STORE), Serdes.ByteArray(), Serdes.ByteArray()));
        }
    }
}
