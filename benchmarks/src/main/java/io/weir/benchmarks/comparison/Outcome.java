package io.weir.benchmarks.comparison;

import java.util.List;

/**
 * What a comparison came to.
 *
 * @param rounds in the order in which they were run
 */
record Outcome(Comparison comparison, List<Round> rounds) {

    /** Both sides, one after the other. */
    record Round(Measured weir, Measured other) {
        double ratio() {
            return weir.rowsPerSecond() / other.rowsPerSecond();
        }
    }

    /** Of the ratios of the rounds. */
    Spread ratio() {
        return Spread.of(rounds.stream().mapToDouble(Round::ratio).toArray());
    }

    Spread weirRowsPerSecond() {
        return Spread.of(rounds.stream()
                .mapToDouble(round -> round.weir().rowsPerSecond())
                .toArray());
    }

    Spread otherRowsPerSecond() {
        return Spread.of(rounds.stream()
                .mapToDouble(round -> round.other().rowsPerSecond())
                .toArray());
    }

    /** Processor time of engine and broker for a row, in microseconds. */
    Spread weirCpuMicros() {
        return Spread.of(
                rounds.stream().mapToDouble(round -> round.weir().cpuMicros()).toArray());
    }

    Spread otherCpuMicros() {
        return Spread.of(
                rounds.stream().mapToDouble(round -> round.other().cpuMicros()).toArray());
    }

    boolean meetsGoal() {
        return ratio().median() >= comparison.goal();
    }
}
