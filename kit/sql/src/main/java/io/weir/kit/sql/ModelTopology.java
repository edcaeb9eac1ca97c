package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.Edge.Repartition;
import io.weir.kit.sql.change.Distribution;
import io.weir.kit.sql.change.KeyedRows;
import io.weir.kit.stream.Arrival;
import io.weir.kit.stream.Output;
import io.weir.kit.stream.PreCommit;
import io.weir.kit.stream.ProductOutput;
import io.weir.kit.stream.StageContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * A plan as a Kafka Streams topology: product topics in, one product topic (and its quarantine) out.
 *
 * <p>Every processor, store and repartition topic is named after its operator. Records keep the headers of the change that led to them.
 */
public final class ModelTopology {

    /** Where operators keep their state; both have changelogs. */
    public enum StateKind {
        ROCKSDB,
        MEMORY
    }

    private final ModelPlan plan;
    private final StageContext stage;
    private final StateKind stateKind;
    private final StreamsBuilder builder = new StreamsBuilder();
    private final Map<String, KStream<byte[], byte[]>> topics = new HashMap<>();
    private final Map<String, KStream<byte[], Message>> shared = new HashMap<>();
    private final Map<String, KStream<byte[], Message>> together = new HashMap<>();
    private final List<KStream<byte[], Message>> rejections = new ArrayList<>();

    private ModelTopology(ModelPlan plan, StageContext stage, StateKind stateKind) {
        this.plan = plan;
        this.stage = stage;
        this.stateKind = stateKind;
    }

    public static Topology build(ModelPlan plan, StageContext stage) {
        return build(plan, stage, StateKind.ROCKSDB);
    }

    public static Topology build(ModelPlan plan, StageContext stage, StateKind stateKind) {
        return new ModelTopology(plan, stage, stateKind).build();
    }

    private Topology build() {
        KStream<byte[], Output> outputs =
                switch (plan.sink()) {
                    case Sink.Straight straight -> straight(straight);
                    case Sink.Direct direct -> direct(direct);
                    case Sink.Keyed keyed -> keyed(keyed);
                    case Sink.Counted counted -> {
                        store("sink");
                        yield arriving(counted.input(), false)
                                .process(
                                        () -> new CountedProcessors.SinkProcessor(
                                                counted.input().from().types(), "sink"),
                                        Named.as("sink"),
                                        "sink");
                    }
                    case Sink.Appended appended ->
                        rows(appended.from(), null, false)
                                .process(EventProcessors.SinkProcessor::new, Named.as("sink"));
                };
        for (int i = 0; i < rejections.size(); i++) {
            KStream<byte[], Output> rejected = rejections
                    .get(i)
                    .mapValues(
                            message -> (Output) ((Message.Rejection) message).rejected(),
                            Named.as("rejections-" + (i + 1)));
            outputs = outputs.merge(rejected, Named.as("outputs-" + (i + 1)));
        }
        ProductOutput.to(outputs, plan.output(), stage);
        Properties properties = new Properties();
        properties.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        return builder.build(properties);
    }

    private KStream<byte[], Output> straight(Sink.Straight straight) {
        Source source = straight.source();
        return topic(source)
                .process(
                        () -> new Processors.StraightProcessor(
                                straight, plan.output(), stage, outlets(source, null, false)),
                        Named.as(source.id()));
    }

    private KStream<byte[], Output> direct(Sink.Direct direct) {
        String leaving = leaving("sink");
        return rows(direct.from(), null, false)
                .process(() -> new Processors.DirectProcessor(plan.output(), leaving), Named.as("sink"), leaving);
    }

    private KStream<byte[], Output> keyed(Sink.Keyed keyed) {
        store("sink");
        String leaving = leaving("sink");
        KeyedRows.Spec spec = new KeyedRows.Spec(keyed.input().from().types(), keyed.key(), keyed.proved());
        return arriving(keyed.input(), false)
                .process(
                        () -> new Processors.KeyedProcessor(plan.output(), spec, "sink", leaving),
                        Named.as("sink"),
                        "sink",
                        leaving);
    }

    /** The rows at the far end of an edge. */
    private KStream<byte[], Message> arriving(Edge edge, boolean withWatermarks) {
        Repartition move = edge.repartition().orElse(null);
        SharedMove together = plan.sharedMove(edge.from()).orElse(null);
        if (together != null && edge.from() instanceof Source source) {
            return together(together)
                    .process(
                            () -> new SharedProcessors.PartProcessor(together, source),
                            Named.as(source.id() + "-part"));
        }
        KStream<byte[], Message> leaving = rows(edge.from(), edge, withWatermarks);
        return move == null || edge.isHeldBack()
                ? leaving
                : moved(leaving, move, edge.from().types());
    }

    /** The rows of several sources that have moved together. */
    private KStream<byte[], Message> together(SharedMove move) {
        KStream<byte[], Message> known = together.get(move.way().name());
        if (known != null) {
            return known;
        }
        Source first = move.sources().getFirst();
        Source whole = plan.whole(first).orElseThrow();
        Leaving way =
                new Leaving(first.id() + "-leaving", move.types(), move.way().partitions());
        hold(way);
        KStream<byte[], Message> leaving = shared(whole)
                .process(
                        () -> new SharedProcessors.MovingProcessor(() -> move.new Packing(plan, whole.columns()), way),
                        Named.as(first.id()),
                        way.store());
        boolean canReject =
                move.sources().stream().anyMatch(source -> source.calc().canFail());
        KStream<byte[], Message> moved =
                moved(canReject ? accepted(leaving, first.id()) : leaving, move.way(), move.types());
        together.put(move.way().name(), moved);
        return moved;
    }

    private KStream<byte[], Message> moved(KStream<byte[], Message> leaving, Repartition move, List<DataType> types) {
        MessageSerde messages = new MessageSerde(types);
        return leaving.repartition(Repartitioned.with(Serdes.ByteArray(), messages)
                        .withName(move.name())
                        .withNumberOfPartitions(move.partitions())
                        .withStreamPartitioner(ModelTopology::partitions))
                .process(() -> new Arrival<>(messages.deserializer(), new Unpacking()), Named.as(move.name() + "-in"));
    }

    /** Watermarks go everywhere, rows where their key belongs. A test's topics have one partition. */
    private static Optional<Set<Integer>> partitions(String topic, byte[] key, Message message, int number) {
        return Optional.of(
                message instanceof Message.Moving(int partition, byte[] _)
                        ? Set.of(partition % number)
                        : IntStream.range(0, number).boxed().collect(Collectors.toSet()));
    }

    /** The rows that leave an operator; what it rejects is put aside. */
    private KStream<byte[], Message> rows(Operator operator, @Nullable Edge way, boolean withWatermarks) {
        Repartition move = way == null ? null : way.repartition().orElse(null);
        Supplier<Outlet> outlets = outlets(operator, move, withWatermarks);
        Leaving leaving = way == null || move == null
                ? null
                : new Leaving(operator.id() + "-leaving", operator.types(), way.isHeldBack() ? 0 : move.partitions());
        KStream<byte[], Message> all =
                operator instanceof Source input ? source(input, outlets, leaving) : steps(operator, outlets, leaving);
        boolean isReadElsewhere =
                operator instanceof Source source && plan.whole(source).isPresent();
        if (isReadElsewhere ? !operator.calc().canFail() : !operator.canReject()) {
            return all;
        }
        return accepted(all, operator.id());
    }

    private KStream<byte[], Message> accepted(KStream<byte[], Message> all, String id) {
        rejections.add(all.filter((_, message) -> message instanceof Message.Rejection, Named.as(id + "-rejected")));
        return all.filter((_, message) -> !(message instanceof Message.Rejection), Named.as(id + "-rows"));
    }

    private KStream<byte[], Message> source(Source source, Supplier<Outlet> outlets, @Nullable Leaving leaving) {
        hold(leaving);
        Source whole = plan.whole(source).orElse(null);
        if (whole != null) {
            return shared(whole)
                    .process(
                            () -> new SharedProcessors.SourceProcessor(source, whole, outlets, leaving),
                            Named.as(source.id()),
                            stores(List.of(), leaving));
        }
        source.stores().forEach(this::store);
        ProcessorSupplier<byte[], byte[], byte[], Message> reading = source.isAppendOnly()
                ? () -> new EventProcessors.EventSource(source, stage, outlets, leaving)
                : source.isCounted()
                        ? () -> new CountedProcessors.CountedSource(source, stage, outlets, leaving)
                        : () -> new Processors.KeyedSource(source, stage, outlets, leaving);
        return topic(source).process(reading, Named.as(source.id()), stores(source.stores(), leaving));
    }

    /** The rows of a product that several sources read. */
    private KStream<byte[], Message> shared(Source whole) {
        KStream<byte[], Message> known = shared.get(whole.id());
        if (known != null) {
            return known;
        }
        whole.stores().forEach(this::store);
        KStream<byte[], Message> read = topic(whole)
                .process(
                        () -> new SharedProcessors.ReadingProcessor(whole, stage),
                        Named.as(whole.id() + "-read"),
                        whole.stores().toArray(String[]::new));
        rejections.add(read.filter(
                (_, message) -> message instanceof Message.Rejection, Named.as(whole.id() + "-read-rejected")));
        shared.put(whole.id(), read);
        return read;
    }

    /** A processor for each input; they share the operator's stores. */
    private KStream<byte[], Message> steps(Operator operator, Supplier<Outlet> outlets, @Nullable Leaving leaving) {
        List<KStream<byte[], Message>> arrived = operator.inputs().stream()
                .map(edge -> arriving(edge, operator.hearsWatermarks()))
                .toList();
        operator.stores().forEach(this::store);
        hold(leaving);
        String[] stores = stores(operator.stores(), leaving);
        List<String> arms = operator.arms();
        KStream<byte[], Message> all = null;
        for (int i = 0; i < arms.size(); i++) {
            int input = i;
            KStream<byte[], Message> arm = arrived.get(i)
                    .process(
                            () -> new Processors.StepProcessor(
                                    opened -> operator.steps(opened).get(input),
                                    partition -> startsIn(operator, partition),
                                    operator.hasTicks() ? stage.clock() : null,
                                    outlets,
                                    leaving),
                            Named.as(arms.get(i)),
                            stores);
            boolean last = i == arms.size() - 1;
            all = all == null ? arm : all.merge(arm, Named.as(last ? operator.id() : operator.id() + "-" + i));
        }
        return Objects.requireNonNull(all, operator.id());
    }

    /** Whether the rows that an operator has before any input belong to the partition, as the producer's partitioner would have it. */
    private static boolean startsIn(Operator operator, int partition) {
        return operator.startsAt()
                .filter(key -> BuiltInPartitioner.partitionForKey(
                                key, operator.inputs().getFirst().spread().partitions())
                        == partition)
                .isPresent();
    }

    private Supplier<Outlet> outlets(Operator operator, @Nullable Repartition move, boolean withWatermarks) {
        return () -> new Outlet(
                plan,
                operator,
                move == null
                        ? null
                        : new Distribution(
                                move.columns(),
                                move.columns().stream()
                                        .map(operator.types()::get)
                                        .toList()),
                withWatermarks);
    }

    /** A topic that several operators read is read once. */
    private KStream<byte[], byte[]> topic(Source source) {
        String name = source.product().name().topic();
        return topics.computeIfAbsent(name, topic -> builder.stream(
                        topic,
                        Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                                .withName(source.product().name().localName()))
                .process(
                        () -> new Arrival<>(stage.meters()::in, new ByteArrayDeserializer()),
                        Named.as(source.product().name().localName() + "-in")));
    }

    /** What holds rows back until the task commits. */
    private String leaving(String id) {
        String name = id + "-leaving";
        builder.addStateStore(PreCommit.named(name));
        return name;
    }

    private void hold(@Nullable Leaving leaving) {
        if (leaving != null) {
            builder.addStateStore(PreCommit.named(leaving.store()));
        }
    }

    private static String[] stores(List<String> names, @Nullable Leaving leaving) {
        List<String> all = new ArrayList<>(names);
        if (leaving != null) {
            all.add(leaving.store());
        }
        return all.toArray(String[]::new);
    }

    private void store(String name) {
        KeyValueBytesStoreSupplier supplier =
                switch (stateKind) {
                    case ROCKSDB -> Stores.persistentKeyValueStore(name);
                    case MEMORY -> Stores.inMemoryKeyValueStore(name);
                };
        builder.addStateStore(Stores.keyValueStoreBuilder(supplier, Serdes.Bytes(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of()));
    }
}
