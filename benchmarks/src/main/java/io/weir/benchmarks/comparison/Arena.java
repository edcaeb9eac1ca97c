package io.weir.benchmarks.comparison;

import io.weir.benchmarks.comparison.Comparison.Side;
import io.weir.kit.contract.DataProduct;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The broker, the engines' processes, and how a run is measured. */
final class Arena implements AutoCloseable {

    /** So long nothing more may come before a result is looked at. */
    private static final Duration QUIET = Duration.ofSeconds(2);

    /** The first result is what others have to be: on a busy machine an engine may pause within it. */
    private static final Duration QUIET_FIRST = Duration.ofSeconds(10);

    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Duration FIRST_OUTPUT = Duration.ofSeconds(15);
    private static final long LOOK_MS = 10;

    private final Path folder;
    private final long commitMs;
    private final List<String> flags;
    private final Broker broker;
    private final Map<Engine, Contender> contenders = new EnumMap<>(Engine.class);
    private final Map<String, ResultTable> results = new HashMap<>();
    private int runs;

    /** @param flags of the engines' JVMs */
    Arena(Path folder, long commitMs, List<String> flags) throws IOException, InterruptedException {
        this.folder = folder;
        this.commitMs = commitMs;
        this.flags = flags;
        this.broker = Broker.start(folder.resolve("kafka"));
    }

    /** An {@link IllegalStateException} where an engine fails, or its result is not what the first engine's was with the same work. */
    Measured run(Side side) throws IOException, InterruptedException {
        String run = "r" + ++runs;
        Workload workload = Workloads.of(side.workload());
        DataProduct output = workload.output(run);
        broker.create(Stream.concat(workload.inputs(run).stream(), Stream.of(output))
                .map(product -> product.name().topic())
                .toList());
        Contender contender = contender(side.engine());
        try (Feed feed = new Feed(broker.address(), run)) {
            feed.fill(workload, run, side.rows(), Math.min(1_000, side.rows() / 10));
            contender.begin(new Task(
                    side.workload(),
                    run,
                    side.engine(),
                    side.threads(),
                    commitMs,
                    broker.address(),
                    folder.resolve("state").resolve(run).toString()));
            awaitFirstOutput(output.name().topic(), contender);
            return measure(side, feed, contender, output);
        } finally {
            contender.end();
            broker.forget(run);
        }
    }

    private Contender contender(Engine engine) throws IOException {
        Contender known = contenders.get(engine);
        if (known == null) {
            known = Contender.start(engine, folder, flags);
            contenders.put(engine, known);
        }
        return known;
    }

    /** Some queries say nothing yet of the few rows that are visible: then the engine has had time enough. */
    private void awaitFirstOutput(String topic, Contender contender) throws InterruptedException {
        long deadline = System.nanoTime() + FIRST_OUTPUT.toNanos();
        while (broker.committed(topic) == 0 && System.nanoTime() < deadline) {
            contender.process().check();
            Thread.sleep(LOOK_MS);
        }
        Thread.sleep(1_000);
    }

    private Measured measure(Side side, Feed feed, Contender contender, DataProduct output)
            throws InterruptedException {
        String work = side.workload() + " " + side.rows();
        double engineCpu = contender.process().cpuSeconds();
        double brokerCpu = broker.cpuSeconds();
        long start = System.nanoTime();
        feed.release();
        long changed = start;
        long seen = -1;
        double engineUsed = 0;
        double brokerUsed = 0;
        boolean looked = false;
        Duration quiet = results.containsKey(work) ? QUIET : QUIET_FIRST;
        while (true) {
            long now = System.nanoTime();
            long committed = broker.committed(output.name().topic());
            if (committed != seen) {
                seen = committed;
                changed = now;
                engineUsed = contender.process().cpuSeconds() - engineCpu;
                brokerUsed = broker.cpuSeconds() - brokerCpu;
                looked = false;
            } else if (!looked && now - changed > quiet.toNanos()) {
                ResultTable table = ResultTable.read(broker.address(), output);
                ResultTable first = results.putIfAbsent(work, table);
                if (first == null || first.holdsTheSameAs(table)) {
                    return new Measured(
                            side.rows(),
                            (changed - start) / 1e9,
                            engineUsed,
                            brokerUsed,
                            table.records(),
                            contender.process().peakBytes());
                }
                looked = true;
            }
            contender.process().check();
            if (now - changed > LONGEST.toNanos() / 10 || now - start > LONGEST.toNanos()) {
                throw new IllegalStateException("%s, %s: the result is not that of the engine before it: %s, not %s"
                        .formatted(
                                side.engine().title(),
                                work,
                                ResultTable.read(broker.address(), output),
                                results.get(work)));
            }
            Thread.sleep(LOOK_MS);
        }
    }

    @Override
    public void close() {
        contenders.values().forEach(Contender::close);
        broker.close();
    }
}
