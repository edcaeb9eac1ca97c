package io.weir.benchmarks;

import io.weir.benchmarks.Lags.Lag;
import io.weir.benchmarks.Results.CatchUp;
import io.weir.benchmarks.Results.StageCatchUp;
import io.weir.cli.demo.Simulator;
import io.weir.cli.demo.SimulatorListener;
import io.weir.cli.demo.SimulatorOptions;
import io.weir.cli.demo.SimulatorReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Pauses the services, writes a backlog into the source, and lets one service after the other catch up on it alone. */
final class BacklogRun {

    private static final List<String> ORDER = List.of("ingest", "conform", "feature", "reverse-sync");
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final Duration FIRST_COMMIT = Duration.ofSeconds(10);
    private static final Duration SAMPLE = Duration.ofMillis(200);

    private final Mesh mesh;
    private final Set<String> stages;
    private final Said said;

    BacklogRun(Mesh mesh, Set<String> stages, Said said) {
        this.mesh = mesh;
        this.stages = stages;
        this.said = said;
    }

    CatchUp run(SimulatorOptions options) throws InterruptedException {
        try (Leases leases = new Leases(mesh.kafka());
                Lags lags = new Lags(mesh.kafka())) {
            ORDER.forEach(leases::pause);
            // A lease is heard within a second, and what was under way is committed.
            Thread.sleep(Duration.ofSeconds(3));
            long capturedBefore = lags.records("source.");
            long begin = System.nanoTime();
            SimulatorReport report = new Simulator(options, new SimulatorListener() {
                        @Override
                        public void progress(SimulatorReport now) {
                            said.passing("writing the backlog: %,d changes".formatted(now.changes()));
                        }
                    })
                    .run();
            double sourceSeconds = (System.nanoTime() - begin) / 1e9;
            long captured = awaitCapture(lags, capturedBefore);
            double captureSeconds = (System.nanoTime() - begin) / 1e9;
            List<StageCatchUp> results = new ArrayList<>();
            for (String service : ORDER) {
                results.addAll(catchUp(service, leases, lags));
            }
            return new CatchUp(report.changes(), report.changes() / sourceSeconds, captured / captureSeconds, results);
        }
    }

    /** Until capture has confirmed what the source has written; gives the events it made. */
    private long awaitCapture(Lags lags, long before) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        long last = -1;
        while (System.nanoTime() < deadline) {
            long now = lags.records("source.");
            said.passing("capturing: %,d events".formatted(now - before));
            if (now - last < 200 && now > before) {
                return now - before;
            }
            last = now;
            Thread.sleep(Duration.ofSeconds(1));
        }
        return last - before;
    }

    private List<StageCatchUp> catchUp(String service, Leases leases, Lags lags) throws InterruptedException {
        Set<String> mine = new TreeSet<>();
        stages.stream().filter(stage -> stage.startsWith(service + ".")).forEach(mine::add);
        Map<String, Lag> before = lags.of(mine);
        leases.resume(service);
        long begin = System.nanoTime();
        Map<String, StageCatchUp> done = new TreeMap<>();
        Map<String, Double> started = new TreeMap<>();
        while (done.size() < before.size() && System.nanoTime() - begin < LIMIT.toNanos()) {
            Thread.sleep(SAMPLE);
            double seconds = (System.nanoTime() - begin) / 1e9;
            Map<String, Lag> now = lags.of(mine);
            before.forEach((stage, lag) -> {
                Lag at = now.getOrDefault(stage, lag);
                if (at.read() > lag.read()) {
                    // The lease's end reaches a stage within a second: that second is not its work.
                    started.putIfAbsent(stage, Math.max(0, seconds - SAMPLE.toMillis() / 1e3));
                }
                // Kafka knows nothing of a stage that has never committed; one that finds no input never will.
                boolean begun = at.end() > 0 || seconds > FIRST_COMMIT.toSeconds();
                if (begun
                        && !done.containsKey(stage)
                        && at.records() <= Math.max(100, (at.end() - lag.read()) / 1000)) {
                    long records = at.read() - lag.read();
                    double took = Math.max(0.001, seconds - started.getOrDefault(stage, 0.0));
                    done.put(stage, new StageCatchUp(stage, records, took, records / took));
                }
            });
            said.passing("%s catches up: %,d records left"
                    .formatted(
                            service,
                            now.values().stream().mapToLong(Lag::records).sum()));
        }
        before.forEach((stage, lag) -> done.computeIfAbsent(stage, _ -> new StageCatchUp(stage, -1, -1, -1)));
        return List.copyOf(done.values());
    }
}
