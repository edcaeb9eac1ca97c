package io.weir.benchmarks.comparison;

import java.util.List;
import java.util.function.Function;

/** A {@link Report} as a page for a browser: one file, without scripts, for light and dark. */
final class HtmlReport {

    private static final int LEFT = 330;
    private static final int WIDTH = 900;
    private static final int ROW = 44;
    private static final int TOP = 30;

    private static final String STYLE = """
            :root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6677; --line: #d6dbe3; --page: #ffffff; --weir: #0b6e99; --other: #c2703d; --met: #2c7a4b; --missed: #b3372f; }
            @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #9aa5b5; --line: #3a4350; --page: #14181f; --weir: #4fb3dc; --other: #e09a68; --met: #5fbf85; --missed: #f0837a; } }
            body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); }
            h1 { font-size: 1.5rem; margin-bottom: 0; } h2 { font-size: 1.1rem; margin: 2.2rem 0 .3rem; } p { color: var(--soft); margin: .2rem 0 1rem; }
            svg { width: 100%; height: auto; display: block; } svg text { font: 12.5px system-ui, sans-serif; fill: var(--ink); } svg text.soft { fill: var(--soft); font-size: 11.5px; }
            .table { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; } th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
            th { font-weight: 600; color: var(--soft); } th:first-child, td:first-child, th:nth-child(2), td:nth-child(2) { text-align: left; }
            .met { color: var(--met); } .missed { color: var(--missed); }
            """;

    private final Report report;

    HtmlReport(Report report) {
        this.report = report;
    }

    String page() {
        StringBuilder page = new StringBuilder();
        page.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<title>Weir bench</title>\n<style>\n")
                .append(STYLE)
                .append("</style>\n</head>\n<body>\n<h1>Weir beside others</h1>\n")
                .append("<p>%s. %s</p>\n".formatted(text(report.at()), text(report.circumstances())));
        page.append("<h2>How many times as fast</h2>\n")
                .append(
                        "<p>Rows a second, Weir's over the other's: the median of the rounds, from least to most, and the goal: green where it is met, red where not.</p>\n")
                .append(ratios());
        page.append(
                        "<h2>Rows a second</h2>\n<p>From when all rows could be read until all of the result could: median.</p>\n")
                .append(bars(
                        outcome -> outcome.weirRowsPerSecond().median(),
                        outcome -> outcome.otherRowsPerSecond().median(),
                        "%,.0f"));
        page.append(
                        "<h2>Processor time for a row</h2>\n<p>Engine and broker together, in microseconds: median. Less is better.</p>\n")
                .append(bars(
                        outcome -> outcome.weirCpuMicros().median(),
                        outcome -> outcome.otherCpuMicros().median(),
                        "%.1f"));
        page.append("<h2>Every round</h2>\n").append(table());
        return page.append("</body>\n</html>\n").toString();
    }

    private String ratios() {
        List<Outcome> outcomes = report.outcomes();
        double most = outcomes.stream()
                .mapToDouble(outcome ->
                        Math.max(outcome.ratio().max(), outcome.comparison().goal()))
                .max()
                .orElse(1);
        double scale = (WIDTH - LEFT - 90) / most;
        StringBuilder svg = new StringBuilder();
        double one = LEFT + scale;
        int height = TOP + ROW * outcomes.size();
        svg.append(line(one, TOP - 8, one, height, "var(--soft)", "4 4"))
                .append(label(one, 14, "middle", "soft", "1x"));
        for (int i = 0; i < outcomes.size(); i++) {
            Outcome outcome = outcomes.get(i);
            Spread ratio = outcome.ratio();
            double y = TOP + ROW * i;
            double middle = y + 13;
            double goal = LEFT + scale * outcome.comparison().goal();
            svg.append(names(outcome, y))
                    .append(bar(LEFT, y + 4, scale * ratio.median(), 18, "var(--weir)"))
                    .append(line(
                            LEFT + scale * ratio.min(), middle, LEFT + scale * ratio.max(), middle, "var(--ink)", ""))
                    .append(line(
                            LEFT + scale * ratio.min(),
                            middle - 5,
                            LEFT + scale * ratio.min(),
                            middle + 5,
                            "var(--ink)",
                            ""))
                    .append(line(
                            LEFT + scale * ratio.max(),
                            middle - 5,
                            LEFT + scale * ratio.max(),
                            middle + 5,
                            "var(--ink)",
                            ""))
                    .append(line(goal, y, goal, y + 26, outcome.meetsGoal() ? "var(--met)" : "var(--missed)", ""))
                    .append(label(
                            LEFT
                                    + scale
                                            * Math.max(
                                                    ratio.max(),
                                                    outcome.comparison().goal())
                                    + 8,
                            middle + 4,
                            "start",
                            "",
                            "%.2fx".formatted(ratio.median())));
        }
        return svg("Ratios", height, svg);
    }

    private String bars(Function<Outcome, Double> weir, Function<Outcome, Double> other, String format) {
        List<Outcome> outcomes = report.outcomes();
        double most = outcomes.stream()
                .mapToDouble(outcome -> Math.max(weir.apply(outcome), other.apply(outcome)))
                .max()
                .orElse(1);
        double scale = (WIDTH - LEFT - 90) / Math.max(most, 1e-9);
        StringBuilder svg = new StringBuilder();
        svg.append(bar(LEFT, 4, 12, 12, "var(--weir)"))
                .append(label(LEFT + 18, 14, "start", "soft", "Weir"))
                .append(bar(LEFT + 70, 4, 12, 12, "var(--other)"))
                .append(label(LEFT + 88, 14, "start", "soft", "the other"));
        for (int i = 0; i < outcomes.size(); i++) {
            Outcome outcome = outcomes.get(i);
            double y = TOP + ROW * i;
            svg.append(names(outcome, y))
                    .append(bar(LEFT, y, scale * weir.apply(outcome), 13, "var(--weir)"))
                    .append(label(
                            LEFT + scale * weir.apply(outcome) + 8,
                            y + 11,
                            "start",
                            "soft",
                            format.formatted(weir.apply(outcome))))
                    .append(bar(LEFT, y + 15, scale * other.apply(outcome), 13, "var(--other)"))
                    .append(label(
                            LEFT + scale * other.apply(outcome) + 8,
                            y + 26,
                            "start",
                            "soft",
                            format.formatted(other.apply(outcome))));
        }
        return svg("Bars", TOP + ROW * outcomes.size(), svg);
    }

    private static String names(Outcome outcome, double y) {
        return label(0, y + 11, "start", "", outcome.comparison().title())
                + label(
                        0,
                        y + 26,
                        "start",
                        "soft",
                        "against " + outcome.comparison().against());
    }

    private String table() {
        StringBuilder table = new StringBuilder(
                "<div class=\"table\"><table>\n<tr><th>Comparison</th><th>Against</th><th>Round</th><th>Ratio</th><th>Rows/s</th><th>Other's</th><th>CPU µs/row</th><th>Other's</th><th>Peak MB</th><th>Other's</th></tr>\n");
        for (Outcome outcome : report.outcomes()) {
            int number = 1;
            for (Outcome.Round round : outcome.rounds()) {
                table.append(
                        "<tr><td>%s</td><td>%s</td><td>%d</td><td class=\"%s\">%.2fx</td><td>%,.0f</td><td>%,.0f</td><td>%.1f</td><td>%.1f</td><td>%,d</td><td>%,d</td></tr>\n"
                                .formatted(
                                        text(outcome.comparison().name()),
                                        text(outcome.comparison().against()),
                                        number++,
                                        round.ratio() >= outcome.comparison().goal() ? "met" : "missed",
                                        round.ratio(),
                                        round.weir().rowsPerSecond(),
                                        round.other().rowsPerSecond(),
                                        round.weir().cpuMicros(),
                                        round.other().cpuMicros(),
                                        round.weir().peakBytes() >> 20,
                                        round.other().peakBytes() >> 20));
            }
        }
        return table.append("</table></div>\n").toString();
    }

    private static String svg(String title, int height, StringBuilder content) {
        return "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n%s</svg>\n"
                .formatted(WIDTH, height, title, content);
    }

    private static String bar(double x, double y, double width, double height, String colour) {
        return "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\" style=\"fill:%s\"/>\n"
                .formatted(x, y, width, height, colour);
    }

    private static String line(double x1, double y1, double x2, double y2, String colour, String dashes) {
        return "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke-dasharray=\"%s\" style=\"stroke:%s;stroke-width:2\"/>\n"
                .formatted(x1, y1, x2, y2, dashes.isEmpty() ? "none" : dashes, colour);
    }

    private static String label(double x, double y, String anchor, String style, String text) {
        return "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">%s</text>\n"
                .formatted(x, y, anchor, style, text(text));
    }

    private static String text(String raw) {
        return raw.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
