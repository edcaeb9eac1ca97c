package io.weir.contract;

import io.weir.kit.stream.MeshTopics;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Observations in, verdicts, incidents and their lineage out. */
final class JudgeTopology {

    private JudgeTopology() {}

    /**
     * @param bootstrapServers the first of them names the cluster in lineage
     * @param writerRuns whether the stage runs that writes a topic; empty where none has spoken yet
     */
    static Topology of(
            Rules rules,
            ContractConfig.Judging config,
            String bootstrapServers,
            Function<String, Optional<Boolean>> writerRuns) {
        Topology topology = new Topology();
        topology.addSource(
                "observations", new ByteArrayDeserializer(), new ByteArrayDeserializer(), MeshTopics.OBSERVATIONS);
        topology.addProcessor(
                "judge", () -> new Judgement(rules, config, bootstrapServers, new Uptime(writerRuns)), "observations");
        topology.addStateStore(store(Stores.inMemoryKeyValueStore(Judgement.FACTS)), "judge");
        topology.addStateStore(store(Stores.inMemoryKeyValueStore(Judgement.SLOTS)), "judge");
        topology.addStateStore(store(Stores.persistentKeyValueStore(Judgement.PERIODS)), "judge");
        topology.addStateStore(store(Stores.inMemoryKeyValueStore(Judgement.STANDINGS)), "judge");
        topology.addSink(
                Judgement.TICKS,
                MeshTopics.OBSERVATIONS,
                new ByteArraySerializer(),
                new ByteArraySerializer(),
                "judge");
        topology.addSink(
                Judgement.VERDICTS, MeshTopics.VERDICTS, new ByteArraySerializer(), new ByteArraySerializer(), "judge");
        topology.addSink(
                Judgement.INCIDENTS,
                MeshTopics.INCIDENTS,
                new ByteArraySerializer(),
                new ByteArraySerializer(),
                "judge");
        topology.addSink(
                Judgement.LINEAGE, MeshTopics.LINEAGE, new ByteArraySerializer(), new ByteArraySerializer(), "judge");
        return topology;
    }

    private static StoreBuilder<KeyValueStore<String, byte[]>> store(KeyValueBytesStoreSupplier supplier) {
        return Stores.keyValueStoreBuilder(supplier, Serdes.String(), Serdes.ByteArray());
    }
}
