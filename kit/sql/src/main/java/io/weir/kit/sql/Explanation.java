package io.weir.kit.sql;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import org.apache.calcite.rel.rel2sql.SqlImplementor;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.dialect.PostgresqlSqlDialect;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/**
 * A plan for people: what its operators do, what they keep, what a change costs them, and what a reader may see in passing.
 *
 * @param product the topic that is written
 * @param file the SQL
 * @param key the columns of the primary key
 * @param keyProved whether no two rows of the query can have one key; if not, a second row goes to quarantine
 * @param fingerprint changes where the state that is there cannot be used
 * @param plan from the output down to the inputs
 * @param passing states that a reader may see between two changes; empty where there are none
 */
public record Explanation(
        String product,
        String file,
        List<String> key,
        boolean keyProved,
        String fingerprint,
        Step plan,
        List<String> passing) {

    /**
     * One operator.
     *
     * @param name its processor, and the start of its stores' names
     * @param what it does
     * @param keeps what for, and what a change costs; null where it keeps nothing
     * @param stores its state stores: each has a changelog topic {@code <application id>-<store>-changelog}
     * @param filters conditions that rows must meet behind it
     * @param gives columns that it computes, as {@code expression AS name}
     * @param moves how its rows come together for the next operator: by which columns, and through which repartition topic; null where they are together
     * @param inputs the operators before it
     */
    public record Step(
            String name,
            String what,
            @Nullable String keeps,
            List<String> stores,
            List<String> filters,
            List<String> gives,
            @Nullable String moves,
            List<Step> inputs) {}

    static Explanation of(ModelPlan plan) {
        DataProduct output = plan.output();
        List<String> passing = new ArrayList<>();
        Step root = step(plan, Edge.direct(plan.root()), plan.sink() instanceof Sink.Straight);
        Step sink =
                switch (plan.sink()) {
                    case Sink.Straight _ ->
                        sink("the input's key is the output's: each row is written as it comes", null, List.of(), root);
                    case Sink.Direct _ -> sink("one row per key already: written as it comes", null, List.of(), root);
                    case Sink.Counted counted ->
                        sink(
                                "the whole row is the key",
                                "how often each row is there, O(log n)",
                                List.of("sink"),
                                step(plan, counted.input(), false));
                    case Sink.Appended _ -> sink("rows are only added", null, List.of(), root);
                    case Sink.Keyed keyed -> {
                        Step input = step(plan, keyed.input(), false);
                        if (keyed.input().repartition().isPresent()
                                && !keyed.input().isHeldBack()) {
                            passing.add(
                                    "A row that moves to another partition on its way to the sink may arrive before it has left its old place,"
                                            + " or after: then its key is deleted for a moment.");
                        }
                        yield sink(
                                "finds the row of each key", "the rows of each key, O(log n)", List.of("sink"), input);
                    }
                };
        Map<String, Integer> reads = new LinkedHashMap<>();
        count(plan.root(), reads);
        reads.forEach((product, times) -> {
            if (times > 1) {
                passing.add(
                        "%s is read %d times: after one change of it, a row may be seen with its effect on one side only."
                                .formatted(product, times));
            }
        });
        return new Explanation(
                output.name().topic(),
                plan.model().file().toString(),
                output.keyType().columns().stream().map(Column::name).toList(),
                plan.isKeyProved(),
                plan.fingerprint(),
                sink,
                passing);
    }

    private static Step sink(String what, @Nullable String keeps, List<String> stores, Step input) {
        return new Step("sink", what, keeps, stores, List.of(), List.of(), null, List.of(input));
    }

    private static void count(Operator operator, Map<String, Integer> reads) {
        if (operator instanceof Source source) {
            reads.merge(source.product().name().localName(), 1, Integer::sum);
        }
        operator.inputs().forEach(edge -> count(edge.from(), reads));
    }

    private static Step step(ModelPlan plan, Edge edge, boolean stateless) {
        Operator operator = edge.from();
        // "what it is; what it keeps, and what a change costs it"
        String text = operator.keeps();
        int keeps = text.lastIndexOf("; keeps ");
        String kept = keeps < 0 ? null : text.substring(keeps + "; keeps ".length());
        if (stateless || "nothing".equals(kept)) {
            kept = null;
        }
        List<String> stores = operator.stores();
        Source whole = operator instanceof Source source ? plan.whole(source).orElse(null) : null;
        if (whole != null && whole.isAppendOnly()) {
            kept = null;
        } else if (whole != null && whole.id().equals(operator.id())) {
            kept = (whole.isCounted() ? "how often each row is there" : "the current row of each key")
                    + " for all that read this product, O(log n)";
        } else if (whole != null) {
            kept = "nothing of its own: " + whole.id() + " reads for it";
            stores = List.of();
        }
        Calc calc = operator.calc();
        List<String> gives = new ArrayList<>();
        for (int i = 0; i < calc.projections().size(); i++) {
            if (!(calc.projections().get(i) instanceof RexInputRef)) {
                gives.add("%s AS %s"
                        .formatted(
                                sql(calc.projections().get(i), calc),
                                calc.names().get(i)));
            }
        }
        List<Step> inputs = operator.inputs().stream()
                .map(input -> step(plan, input, false))
                .toList();
        return new Step(
                operator.id(),
                named(keeps < 0 ? text : text.substring(0, keeps), operator),
                kept,
                kept == null ? List.of() : stores,
                calc.conditions().stream()
                        .map(condition -> sql(condition, calc))
                        .toList(),
                gives,
                edge.repartition().map(move -> moves(plan, move, edge)).orElse(null),
                inputs);
    }

    private static String moves(ModelPlan plan, Edge.Repartition move, Edge edge) {
        String columns = move.columns().stream()
                .map(column -> column(edge.from().calc().names(), column))
                .collect(Collectors.joining(", "));
        if (edge.isHeldBack()) {
            return "by (%s), when the task commits; within the one partition, without a topic".formatted(columns);
        }
        SharedMove shared = plan.sharedMove(edge.from()).orElse(null);
        return shared == null
                ? "%s-repartition by (%s), %d partitions".formatted(move.name(), columns, move.partitions())
                : "%s-repartition by (%s), %d partitions, once for %s"
                        .formatted(
                                shared.way().name(),
                                columns,
                                move.partitions(),
                                shared.sources().stream().map(Source::id).collect(Collectors.joining(", ")));
    }

    private static String column(List<String> names, int column) {
        return column < names.size() ? names.get(column) : "column " + (column + 1);
    }

    /** Conditions over columns by number, in an operator's own words, by name. */
    private static String named(String text, Operator operator) {
        List<String> names = new ArrayList<>();
        operator.inputs().forEach(edge -> names.addAll(edge.from().calc().names()));
        return java.util.regex.Pattern.compile("\\$(\\d+)")
                .matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(column(names, Integer.parseInt(match.group(1)))));
    }

    /** An expression as PostgreSQL writes it; as the planner does where that cannot say it. */
    private static String sql(RexNode expression, Calc calc) {
        List<String> columns = calc.input().getFieldNames();
        try {
            return new SqlImplementor.SimpleContext(
                            PostgresqlSqlDialect.DEFAULT,
                            column -> new SqlIdentifier(columns.get(column), SqlParserPos.ZERO))
                    .toSql(null, expression)
                    .toSqlString(config -> config.withDialect(PostgresqlSqlDialect.DEFAULT)
                            .withQuoteAllIdentifiers(false)
                            .withLineFolding(org.apache.calcite.sql.SqlWriterConfig.LineFolding.WIDE))
                    .getSql()
                    .replaceAll("\\s+", " ");
        } catch (RuntimeException | AssertionError unsayable) {
            return java.util.regex.Pattern.compile("\\$(\\d+)")
                    .matcher(expression.toString())
                    .replaceAll(match -> Matcher.quoteReplacement(column(columns, Integer.parseInt(match.group(1)))));
        }
    }

    /** A tree, the output on top; each line fit to read on its own. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append("%s  from %s%n".formatted(product, file));
        text.append("key    (%s), %s%n"
                .formatted(
                        String.join(", ", key),
                        keyProved
                                ? "proved: the query has one row for each"
                                : "checked as rows flow: a second row for a key goes to quarantine"));
        text.append("state  fingerprint %s; each store has a changelog topic <application id>-<store>-changelog%n%n"
                .formatted(fingerprint));
        text(plan, "", "", text);
        text.append(System.lineSeparator());
        if (passing.isEmpty()) {
            text.append(
                    "Each change of an input reaches the topic as one change per key; nothing else is seen in passing.%n"
                            .formatted());
        } else {
            text.append("What a reader may see in passing, until the input stands still:%n".formatted());
            passing.forEach(state -> text.append("  - %s%n".formatted(state)));
        }
        return text.toString();
    }

    private static void text(Step step, String first, String rest, StringBuilder text) {
        text.append("%s%s: %s%n".formatted(first, step.name(), step.what()));
        String inner = rest + (step.inputs().isEmpty() ? "   " : "│  ");
        if (step.keeps() != null) {
            String stores = step.stores().isEmpty() ? "" : "  " + step.stores();
            text.append("%skeeps  %s%s%n".formatted(inner, step.keeps(), stores));
        }
        step.filters().forEach(filter -> text.append("%swhere  %s%n".formatted(inner, filter)));
        step.gives().forEach(column -> text.append("%sgives  %s%n".formatted(inner, column)));
        if (step.moves() != null) {
            text.append("%smoves  %s%n".formatted(inner, step.moves()));
        }
        for (int i = 0; i < step.inputs().size(); i++) {
            boolean last = i == step.inputs().size() - 1;
            text(step.inputs().get(i), rest + (last ? "└─ " : "├─ "), rest + (last ? "   " : "│  "), text);
        }
    }

    /** The same as a graph in Graphviz's language: {@code dot -Tsvg}. */
    public String dot() {
        StringBuilder dot = new StringBuilder(
                "digraph model {%n  rankdir=BT;%n  node [shape=box, fontname=\"sans-serif\"];%n".formatted());
        dot.append("  topic [label=%s, shape=cylinder];%n".formatted(quoted(product)));
        dot(plan, "topic", "n", dot);
        return dot.append("}%n".formatted()).toString();
    }

    private static void dot(Step step, String to, String id, StringBuilder dot) {
        String label = step.name() + "\n" + step.what() + (step.keeps() == null ? "" : "\nkeeps " + step.keeps());
        dot.append("  %s [label=%s%s];%n".formatted(id, quoted(label), step.keeps() == null ? "" : ", style=bold"));
        dot.append("  %s -> %s%s;%n"
                .formatted(
                        id,
                        to,
                        step.moves() == null ? "" : " [style=dashed, label=%s]".formatted(quoted(step.moves()))));
        for (int i = 0; i < step.inputs().size(); i++) {
            dot(step.inputs().get(i), id, id + "_" + i, dot);
        }
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }
}
