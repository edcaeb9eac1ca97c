package io.weir.benchmarks.comparison;

import io.weir.cli.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that was measured, as a table and as a document.
 *
 * @param at ISO 8601
 * @param commitMs milliseconds between commits
 */
record Report(String at, int processors, String architecture, long commitMs, List<Outcome> outcomes) {

    String circumstances() {
        return "%d processors (%s) for broker and engine, a commit every %d ms."
                .formatted(processors, architecture, commitMs);
    }

    /** For a person. */
    List<String> lines() {
        TextTable table = new TextTable(
                "COMPARISON",
                "AGAINST",
                ">THREADS",
                ">RATIO",
                ">MIN",
                ">MAX",
                ">GOAL",
                "",
                ">ROWS/S",
                ">OTHER'S",
                ">CPU US/ROW",
                ">OTHER'S");
        for (Outcome outcome : outcomes) {
            Comparison comparison = outcome.comparison();
            Spread ratio = outcome.ratio();
            table.row(
                    comparison.name(),
                    comparison.against(),
                    Integer.toString(comparison.weir().threads()),
                    times(ratio.median()),
                    times(ratio.min()),
                    times(ratio.max()),
                    times(comparison.goal()),
                    outcome.meetsGoal() ? "met" : "missed",
                    "%,.0f".formatted(outcome.weirRowsPerSecond().median()),
                    "%,.0f".formatted(outcome.otherRowsPerSecond().median()),
                    "%.1f".formatted(outcome.weirCpuMicros().median()),
                    "%.1f".formatted(outcome.otherCpuMicros().median()));
        }
        List<String> lines = new ArrayList<>();
        lines.add(circumstances() + " " + at);
        lines.add("");
        lines.addAll(table.lines());
        if (!Double.isNaN(nexmark())) {
            lines.add("");
            lines.add("Nexmark, geometric mean: " + times(nexmark()));
        }
        return lines;
    }

    /** The geometric mean of the median ratios of the Nexmark queries; NaN where none was run. */
    double nexmark() {
        return Math.exp(outcomes.stream()
                .filter(outcome -> outcome.comparison().name().startsWith(Nexmark.PREFIX))
                .mapToDouble(outcome -> Math.log(outcome.ratio().median()))
                .average()
                .orElse(Double.NaN));
    }

    private static String times(double ratio) {
        return "%.2fx".formatted(ratio);
    }

    /** For a program. */
    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("at", at);
        document.put("processors", processors);
        document.put("architecture", architecture);
        document.put("commitMs", commitMs);
        if (!Double.isNaN(nexmark())) {
            document.put("nexmarkGeometricMean", nexmark());
        }
        document.put("comparisons", outcomes.stream().map(Report::document).toList());
        return document;
    }

    private static Map<String, Object> document(Outcome outcome) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("name", outcome.comparison().name());
        document.put("title", outcome.comparison().title());
        document.put("goal", outcome.comparison().goal());
        document.put("meetsGoal", outcome.meetsGoal());
        document.put("ratio", outcome.ratio());
        document.put("weir", outcome.comparison().weir());
        document.put("other", outcome.comparison().other());
        document.put("rounds", outcome.rounds());
        return document;
    }
}
