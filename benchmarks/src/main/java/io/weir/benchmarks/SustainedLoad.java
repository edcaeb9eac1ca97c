package io.weir.benchmarks;

import io.weir.benchmarks.Lags.Lag;
import io.weir.benchmarks.Results.StageLoad;
import io.weir.benchmarks.Results.Sustained;
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

/** Writes at a steady rate and watches whether the stages keep up. */
final class SustainedLoad {

    private static final Duration DRAIN_LIMIT = Duration.ofMinutes(1);
    /** Transaction markers, and what the mesh's own gentle traffic has just written. */
    private static final long DRAINED = 50;

    private final Mesh mesh;
    private final Set<String> stages;
    private final Said said;

    SustainedLoad(Mesh mesh, Set<String> stages, Said said) {
        this.mesh = mesh;
        this.stages = stages;
        this.said = said;
    }

    Sustained run(SimulatorOptions options, Duration warmUp, Duration measured) throws InterruptedException {
        Meter meter = new Meter();
        Thread simulator =
                Thread.ofPlatform().name("simulator").daemon().start(() -> new Simulator(options, meter).run());
        try (Lags lags = new Lags(mesh.kafka());
                WriteBacks writeBacks = new WriteBacks(mesh.kafka())) {
            said.line("warming up for %d s at %.0f changes/s".formatted(warmUp.toSeconds(), options.rate()));
            Thread.sleep(warmUp);
            writeBacks.take();
            long writtenBefore = meter.changes;
            long begin = System.nanoTime();
            Map<String, List<Lag>> samples = new TreeMap<>();
            while (System.nanoTime() - begin < measured.toNanos()) {
                lags.of(stages).forEach((stage, lag) -> samples.computeIfAbsent(stage, _ -> new ArrayList<>())
                        .add(lag));
                said.passing("%3d s of %d: %,d changes written, %,d records behind"
                        .formatted(
                                Duration.ofNanos(System.nanoTime() - begin).toSeconds(),
                                measured.toSeconds(),
                                meter.changes - writtenBefore,
                                samples.values().stream()
                                        .mapToLong(list -> list.getLast().records())
                                        .sum()));
                Thread.sleep(Duration.ofSeconds(1));
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            long written = meter.changes - writtenBefore;
            long behindBytes = mesh.captureBehindBytes();
            simulator.interrupt();
            simulator.join();
            double drain = drain(lags);
            Percentiles freshness = writeBacks.take();
            List<StageLoad> loads = samples.entrySet().stream()
                    .map(stage -> load(stage.getKey(), stage.getValue(), seconds))
                    .toList();
            return new Sustained(options.rate(), written / seconds, seconds, freshness, behindBytes, drain, loads);
        } finally {
            simulator.interrupt();
        }
    }

    private double drain(Lags lags) throws InterruptedException {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < DRAIN_LIMIT.toNanos()) {
            if (lags.of(stages).values().stream().allMatch(lag -> lag.records() <= DRAINED)) {
                return (System.nanoTime() - begin) / 1e9;
            }
            Thread.sleep(Duration.ofMillis(250));
        }
        return -1;
    }

    private static StageLoad load(String stage, List<Lag> lags, double seconds) {
        int quarter = Math.max(1, lags.size() / 4);
        return new StageLoad(
                stage,
                (lags.getLast().read() - lags.getFirst().read()) / seconds,
                mean(lags.subList(0, quarter)),
                mean(lags.subList(lags.size() - quarter, lags.size())),
                lags.stream().mapToLong(Lag::records).max().orElse(0),
                slope(lags, seconds));
    }

    private static double mean(List<Lag> lags) {
        return lags.stream().mapToLong(Lag::records).average().orElse(0);
    }

    private static double slope(List<Lag> lags, double seconds) {
        double step = seconds / lags.size();
        double meanAt = step * (lags.size() - 1) / 2;
        double meanLag = mean(lags);
        double above = 0;
        double below = 0;
        for (int i = 0; i < lags.size(); i++) {
            above += (step * i - meanAt) * (lags.get(i).records() - meanLag);
            below += (step * i - meanAt) * (step * i - meanAt);
        }
        return below == 0 ? 0 : above / below;
    }

    /** The simulator's count of committed changes, from its thread. */
    private static final class Meter implements SimulatorListener {
        private volatile long changes;

        @Override
        public void progress(SimulatorReport report) {
            changes = report.changes();
        }
    }
}
