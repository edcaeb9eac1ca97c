package io.weir.kit.sql;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.sql.Edge.Repartition;
import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.ChangeFormat;
import io.weir.kit.sql.change.Collector;
import io.weir.kit.sql.change.CountedRows;
import io.weir.kit.sql.change.CurrentRows;
import io.weir.kit.sql.change.Delta;
import io.weir.kit.sql.change.Distribution;
import io.weir.kit.sql.change.KeyedRows;
import io.weir.kit.sql.change.MemoryState;
import io.weir.kit.sql.change.Multiset;
import io.weir.kit.sql.change.State;
import io.weir.kit.stream.Output;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Runs a plan in memory over several partitions, in a random order: records of one topic partition, and messages from one partition of an operator to one of the
 * next, keep their order; nothing else does, as on Kafka.
 */
final class Simulator {

    /** The time before {@link #advance}. */
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private record Row(byte[] key, Object[] row, long count) {}

    private final ModelPlan plan;
    private final int partitions;
    private final Random random;
    private final RowCodec outputKeys;
    private final Map<String, Deque<Runnable>> queues = new LinkedHashMap<>();
    private final Map<String, Consumer<Row>> sources = new HashMap<>();
    private final Map<ProductName, List<String>> readers = new HashMap<>();
    private final Map<List<Object>, Object[]> output = new HashMap<>();
    private final Map<List<Object>, Long> outputCounts = new HashMap<>();
    private final List<Output.Rejected> rejections = new ArrayList<>();
    private final Map<String, Consumer<Message.Watermark>> hearers = new HashMap<>();
    private final Map<String, String> movedTo = new HashMap<>();
    private final Map<String, LongConsumer> ticks = new LinkedHashMap<>();
    private final Map<String, State> stores = new HashMap<>();
    private int conflicts;
    private int writes;

    Simulator(ModelPlan plan, int partitions, Random random) {
        this.plan = plan;
        this.partitions = partitions;
        this.random = random;
        this.outputKeys = RowCodec.ofKey(plan.output());
        start();
    }

    private void start() {
        for (int partition = 0; partition < partitions; partition++) {
            sink(partition);
        }
    }

    /** Everything that runs goes and comes again; what is in stores stays, and what is under way. */
    void restart() {
        sources.clear();
        readers.clear();
        arrivals.clear();
        hearers.clear();
        ticks.clear();
        start();
    }

    private State store(String name, int partition) {
        return stores.computeIfAbsent(name + "/" + partition, _ -> new MemoryState());
    }

    /** Puts a record on an input topic; a null row is a tombstone. */
    void send(DataProduct product, Object[] key, Object[] row) {
        send(product, key, row, 1);
    }

    /** Puts a record that says how often its row is there now. */
    void send(DataProduct product, Object[] key, Object[] row, long count) {
        byte[] bytes = RowCodec.ofKey(product).encode(key);
        int partition = partition(bytes);
        for (String reader : readers.getOrDefault(product.name(), List.of())) {
            String at = reader + "/" + partition;
            queue(at).add(() -> sources.get(at).accept(new Row(bytes, row, count)));
        }
    }

    /** Works on what is queued, some of it or all. */
    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            List<Deque<Runnable>> waiting =
                    queues.values().stream().filter(queue -> !queue.isEmpty()).toList();
            if (waiting.isEmpty()) {
                return;
            }
            waiting.get(random.nextInt(waiting.size())).remove().run();
        }
    }

    /** Time goes on, in every partition when its turn comes. */
    void advance(Instant now) {
        ticks.keySet().forEach(at -> queue(at).add(() -> ticks.get(at).accept(now.toEpochMilli())));
    }

    Map<List<Object>, Object[]> output() {
        return output;
    }

    /** The output's rows, each as often as it is there. */
    List<Object[]> rows() {
        List<Object[]> rows = new ArrayList<>(output.values());
        outputCounts.forEach((row, count) -> {
            for (long i = 0; i < count; i++) {
                rows.add(row.toArray());
            }
        });
        return rows;
    }

    List<Output.Rejected> rejections() {
        return rejections;
    }

    int conflicts() {
        return conflicts;
    }

    int writes() {
        return writes;
    }

    private int partition(byte[] key) {
        return Math.floorMod(Arrays.hashCode(key), partitions);
    }

    private Deque<Runnable> queue(String name) {
        return queues.computeIfAbsent(name, _ -> new ArrayDeque<>());
    }

    private final Map<String, List<Consumer<Change>>> arrivals = new HashMap<>();

    private void sink(int partition) {
        switch (plan.sink()) {
            case Sink.Straight straight -> {
                Source source = straight.source();
                Outlet outlet = new Outlet(plan, source, null, false);
                register(source, partition, row -> {
                    Object[] read = row.row == null ? null : pick(source, row.row);
                    Object[] out = read == null ? null : outlet.calculate(read, row.key, null);
                    outlet.flush((_, message) -> reject(message));
                    Object[] key = RowCodec.ofKey(source.product()).decode(row.key);
                    if (out == null) {
                        Object[] outKey =
                                straight.key().stream().map(i -> key[i]).toArray();
                        widen(outKey);
                        delete(outKey);
                    } else {
                        upsert(out);
                    }
                });
            }
            case Sink.Direct direct ->
                start(direct.from(), null, partition, change -> {
                    Map<List<Object>, Object[]> after = new LinkedHashMap<>();
                    for (Delta delta : change.deltas()) {
                        List<Object> key = key(delta.row());
                        if (delta.weight() > 0) {
                            after.put(key, delta.row());
                        } else {
                            after.putIfAbsent(key, null);
                        }
                    }
                    after.forEach((key, row) -> {
                        if (row == null) {
                            delete(key.toArray());
                        } else {
                            upsert(row);
                        }
                    });
                });
            case Sink.Counted counted -> {
                Multiset rows = new Multiset(counted.input().from().types(), store("sink", partition));
                edge(
                        counted.input(),
                        "sink",
                        partition,
                        change -> rows.apply(change, (row, count) -> {
                            writes++;
                            outputCounts.put(Arrays.asList(row), count);
                        }));
            }
            case Sink.Appended appended ->
                start(appended.from(), null, partition, change -> change.deltas()
                        .forEach(delta -> {
                            writes++;
                            outputCounts.merge(Arrays.asList(delta.row()), delta.weight(), Long::sum);
                        }));
            case Sink.Keyed keyed -> {
                KeyedRows rows = new KeyedRows(
                        new KeyedRows.Spec(keyed.input().from().types(), keyed.key(), keyed.proved()),
                        store("sink", partition));
                edge(
                        keyed.input(),
                        "sink",
                        partition,
                        change -> rows.apply(change, new KeyedRows.Listener() {
                            @Override
                            public void upsert(Object[] row) {
                                Simulator.this.upsert(row);
                            }

                            @Override
                            public void delete(Object[] key) {
                                Simulator.this.delete(key);
                            }

                            @Override
                            public void conflict(Object[] row) {
                                conflicts++;
                            }
                        }));
            }
        }
    }

    private void widen(Object[] key) {
        for (int i = 0; i < key.length; i++) {
            if (plan.output().keyType().columns().get(i).type() instanceof io.weir.kit.contract.DataType.BigInt
                    && key[i] instanceof Integer narrow) {
                key[i] = narrow.longValue();
            }
        }
    }

    private List<Object> key(Object[] row) {
        return plan.output().key().stream().map(column -> row[column]).toList();
    }

    private void upsert(Object[] row) {
        outputKeys.encode(key(row).toArray());
        writes++;
        output.put(key(row), row);
    }

    private void delete(Object[] key) {
        writes++;
        output.remove(Arrays.asList(key));
    }

    private void reject(Message message) {
        if (message instanceof Message.Rejection(Output.Rejected rejected)) {
            rejections.add(rejected);
        }
    }

    private void register(Source source, int partition, Consumer<Row> reader) {
        sources.put(source.id() + "/" + partition, reader);
        List<String> ids = readers.computeIfAbsent(source.product().name(), _ -> new ArrayList<>());
        if (!ids.contains(source.id())) {
            ids.add(source.id());
        }
    }

    private static Object[] pick(Source source, Object[] row) {
        return source.columns().stream().map(column -> row[column]).toArray();
    }

    /** Connects what arrives over an edge at one partition. */
    private void edge(Edge edge, String at, int partition, Consumer<Change> arrives) {
        List<Consumer<Change>> there = arrivals.computeIfAbsent(at, _ -> new ArrayList<>());
        while (there.size() < partitions) {
            there.add(null);
        }
        there.set(partition, arrives);
        start(
                edge.from(),
                edge.repartition().orElse(null),
                partition,
                change -> {
                    throw new IllegalStateException("only moved changes get here");
                },
                at);
    }

    private void start(SharedMove move, int partition) {
        Source first = move.sources().getFirst();
        Source whole = plan.whole(first).orElseThrow();
        SharedMove.Packing packing = move.new Packing(plan, whole.columns());
        List<DataType> types = whole.read().columns().stream().map(Column::type).toList();
        CurrentRows rows = new CurrentRows(types, store(first.id(), partition));
        CountedRows counted = new CountedRows(types, store(first.id(), partition));
        register(first, partition, row -> {
            packing.startRecord(row.key);
            Object[] read = row.row == null ? null : pick(whole, row.row);
            Collector reading = (of, weight) -> packing.add(of, weight, null);
            if (whole.isCounted()) {
                counted.replace(row.key, read, row.count, reading);
            } else if (!whole.isAppendOnly()) {
                rows.replace(row.key, read, reading);
            } else if (read != null) {
                reading.add(read, 1);
            }
            packing.flush((key, message) -> {
                reject(message);
                if (message instanceof Message.Rows(Change change)) {
                    byte[] bytes = new ChangeFormat(move.types()).encode(change);
                    int to = partition(key);
                    queue(move.way().name() + "/" + partition + ">" + to).add(() -> {
                        Change moved = new ChangeFormat(move.types()).decode(bytes);
                        for (Source source : move.sources()) {
                            Change part = move.part(source).apply(moved);
                            if (!part.isEmpty()) {
                                arrivals.get(movedTo.get(source.id())).get(to).accept(part);
                            }
                        }
                    });
                }
            });
        });
    }

    private void start(Operator operator, Repartition move, int partition, Consumer<Change> direct) {
        String at = "direct-" + operator.id();
        List<Consumer<Change>> there = arrivals.computeIfAbsent(at, _ -> new ArrayList<>());
        while (there.size() < partitions) {
            there.add(null);
        }
        there.set(partition, direct);
        start(operator, move, partition, direct, at);
    }

    private void start(Operator operator, Repartition move, int partition, Consumer<Change> direct, String at) {
        if (operator instanceof Source source && plan.sharedMove(source).isPresent()) {
            SharedMove together = plan.sharedMove(source).orElseThrow();
            movedTo.put(source.id(), at);
            if (source.equals(together.sources().getFirst())) {
                start(together, partition);
            }
            return;
        }
        Outlet outlet = new Outlet(
                plan,
                operator,
                move == null
                        ? null
                        : new Distribution(
                                move.columns(),
                                move.columns().stream()
                                        .map(operator.types()::get)
                                        .toList()),
                true);
        outlet.startIn(partition);
        ChangeFormat format = new ChangeFormat(operator.types());
        Runnable flush = () -> outlet.flush((key, message) -> {
            reject(message);
            if (message instanceof Message.Rows(Change change)) {
                if (move == null) {
                    arrivals.get(at).get(partition).accept(change);
                } else {
                    byte[] bytes = format.encode(change);
                    int to = partition(key);
                    queue(at + "/" + partition + ">" + to)
                            .add(() ->
                                    arrivals.get(at).get(to).accept(new ChangeFormat(operator.types()).decode(bytes)));
                }
            }
            if (message instanceof Message.Watermark watermark && move == null) {
                hearers.getOrDefault(at + "/" + partition, _ -> {}).accept(watermark);
            } else if (message instanceof Message.Watermark watermark) {
                for (int to = 0; to < partitions; to++) {
                    String hearer = at + "/" + to;
                    queue(at + "/" + partition + ">" + to)
                            .add(() -> hearers.getOrDefault(hearer, _ -> {}).accept(watermark));
                }
            }
        });
        if (operator instanceof Source source) {
            CurrentRows rows = new CurrentRows(source.types(), store(source.id(), partition));
            CountedRows counted = new CountedRows(source.types(), store(source.id(), partition));
            register(source, partition, row -> {
                Object[] out = row.row == null ? null : outlet.calculate(pick(source, row.row), row.key, null);
                if (source.isCounted()) {
                    counted.replace(row.key, out, row.count, outlet::addCalculated);
                } else if (!source.isAppendOnly()) {
                    rows.replace(row.key, out, outlet::addCalculated);
                } else if (out != null) {
                    outlet.addCalculated(out, 1);
                }
                flush.run();
            });
            return;
        }
        List<Operator.Step> steps = operator.steps(name -> store(name, partition));
        for (int i = 0; i < steps.size(); i++) {
            Operator.Step step = steps.get(i);
            if (operator.hasTicks()) {
                step.tick(START.toEpochMilli(), outlet);
                ticks.put("tick-" + operator.id() + "/" + partition, now -> {
                    step.tick(now, outlet);
                    flush.run();
                });
            }
            hearers.put(operator.arms().get(i) + "/" + partition, watermark -> {
                step.watermark(watermark.from(), watermark.time(), outlet);
                flush.run();
            });
            edge(operator.inputs().get(i), operator.arms().get(i), partition, change -> {
                step.apply(change, outlet);
                flush.run();
            });
            if (operator.startsAt().filter(key -> partition(key) == partition).isPresent()) {
                queue("start-" + operator.id()).add(() -> {
                    step.start(outlet);
                    flush.run();
                });
            }
        }
    }
}
