package io.weir.kit.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.kit.contract.Consumer.Use;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Model;
import io.weir.kit.contract.ProductName;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One model, planned: the operators that keep its output equal to its query. Immutable; expressions are compiled once, here. */
public final class ModelPlan {

    /** Raised when what operators keep, or how, changes its form: old state is not read by new code then. */
    private static final int STATE_VERSION = 3;

    private final Model model;
    private final DataProduct output;
    private final Operator root;
    private final Sink sink;
    private final Uniqueness.Verdict uniqueness;
    private final Map<String, Set<String>> lineage;
    private final Map<String, Set<String>> masked;
    private final Map<ProductName, Map<String, Use>> uses;
    private final Set<String> approximate;
    private final List<Reference> references;
    private final List<SharedMove> sharedMoves;
    private final Map<String, RowProgram.Compiled> programs = new LinkedHashMap<>();

    ModelPlan(
            Model model,
            DataProduct output,
            Operator root,
            Uniqueness.Verdict uniqueness,
            Map<String, Set<String>> lineage,
            Map<String, Set<String>> masked,
            Map<ProductName, Map<String, Use>> uses,
            Set<String> approximate,
            List<Reference> references,
            ExpressionCompiler compiler) {
        this.model = model;
        this.output = output;
        this.root = root;
        this.uniqueness = uniqueness;
        this.sink = Sink.of(root, output, uniqueness == Uniqueness.Verdict.PROVED);
        this.lineage = Collections.unmodifiableMap(lineage);
        this.masked = Collections.unmodifiableMap(masked);
        this.uses = Collections.unmodifiableMap(uses);
        this.approximate = approximate;
        this.references = references;
        this.sharedMoves = SharedMove.of(operators().stream()
                .flatMap(operator -> operator.inputs().stream())
                .toList());
        compile(root, compiler);
    }

    private void compile(Operator operator, ExpressionCompiler compiler) {
        operator.inputs().forEach(edge -> compile(edge.from(), compiler));
        programs.put(operator.id(), new RowProgram.Compiled(operator.calc(), compiler));
    }

    public Model model() {
        return model;
    }

    public DataProduct output() {
        return output;
    }

    /** The products that the query reads, each once, in the order of the query. */
    public List<DataProduct> inputs() {
        Set<DataProduct> inputs = new LinkedHashSet<>();
        operators().forEach(operator -> {
            if (operator instanceof Source source) {
                inputs.add(source.product());
            }
        });
        return List.copyOf(inputs);
    }

    /** For each output column the input columns from which its value comes, as {@code topic.column}. */
    public Map<String, Set<String>> columnLineage() {
        return lineage;
    }

    /** Of {@link #columnLineage()}, the input columns of which the output column holds nothing but a digest. */
    public Map<String, Set<String>> maskedColumns() {
        return masked;
    }

    /** The columns of each input that the query uses, for what, and the values that it compares them with. */
    public Map<ProductName, Map<String, Use>> columnUses() {
        return uses;
    }

    /** The products by which it has values conform; they are among {@link #inputs}. */
    public List<Reference> references() {
        return references;
    }

    /**
     * Tells plans apart whose state differs in form or meaning. Equal fingerprints: one can go on where the other stopped.
     */
    public String fingerprint() {
        StringBuilder text = new StringBuilder("state " + STATE_VERSION + "\n");
        for (Operator operator : operators()) {
            text.append(operator.id())
                    .append(' ')
                    .append(operator.describe())
                    .append(operator.calc().describe())
                    .append('\n');
            for (Edge edge : operator.inputs()) {
                text.append("  from ")
                        .append(edge.from().id())
                        .append(edge.repartition())
                        .append('\n');
            }
        }
        sharedMoves.forEach(move -> text.append(move.describe()).append('\n'));
        operators().stream()
                .filter(operator -> operator instanceof Source source
                        && source.isCounted()
                        && whole(source).isPresent())
                .forEach(source -> text.append(source.id()).append(" counts for all\n"));
        text.append(sink.describe());
        switch (sink) {
            case Sink.Keyed keyed -> text.append(keyed.input().repartition());
            case Sink.Counted counted -> text.append(counted.input().repartition());
            case Sink.Straight _, Sink.Direct _, Sink.Appended _ -> {}
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The operators from the output down to the inputs, with what each keeps and what a change costs it. */
    public Explanation explain() {
        return Explanation.of(this);
    }

    /** Whether the planner proved that the query has one row per key; if not, it is checked as rows flow. */
    public boolean isKeyProved() {
        return uniqueness == Uniqueness.Verdict.PROVED;
    }

    /**
     * Whether the output changes as time goes on, without any input changing. It is true of a moment less than two seconds ago, apart from what is on its way; each
     * Kafka partition has its own.
     */
    public boolean usesClock() {
        return operators().stream().anyMatch(Operator::isTimed);
    }

    /** Whether windows of event time close: then rows that come too late for theirs do not count, and are in quarantine as {@code LATE}. */
    public boolean closesWindows() {
        return operators().stream().anyMatch(OnTimeRows.class::isInstance);
    }

    /** The columns whose values come from approximate aggregates, in which {@link #sqlAt} is exact. */
    public Set<String> approximateColumns() {
        return approximate;
    }

    /** The query as it reads at a moment, with that for the current time, TUMBLE, HOP and SESSION as DuckDB says them, and exact aggregates for approximate ones. For another engine that is asked for the same rows. */
    public String sqlAt(Instant now) {
        return Approximations.exactly(WindowText.of(ClockText.at(model.sql(), now)));
    }

    Operator root() {
        return root;
    }

    Sink sink() {
        return sink;
    }

    /** What reads the product for several sources, of which this is one; empty where this is the only one. */
    Optional<Source> whole(Source source) {
        List<Source> sources = sources(source.product());
        return sources.size() < 2 ? Optional.empty() : Optional.of(SharedProcessors.whole(sources));
    }

    private List<Source> sources(DataProduct product) {
        return operators().stream()
                .filter(Source.class::isInstance)
                .map(Source.class::cast)
                .filter(source -> source.product().equals(product))
                .toList();
    }

    /** The way that the operator's rows share with those of others; empty where they move alone, or do not move. */
    Optional<SharedMove> sharedMove(Operator from) {
        return sharedMoves.stream()
                .filter(move ->
                        move.sources().stream().anyMatch(source -> source.id().equals(from.id())))
                .findFirst();
    }

    RowProgram.Compiled program(Operator operator) {
        RowProgram.Compiled compiled = programs.get(operator.id());
        if (compiled == null) {
            throw new IllegalStateException("not of this plan: " + operator.id());
        }
        return compiled;
    }

    private List<Operator> operators() {
        List<Operator> all = new ArrayList<>();
        collect(root, all);
        return all;
    }

    private static void collect(Operator operator, List<Operator> into) {
        operator.inputs().forEach(edge -> collect(edge.from(), into));
        into.add(operator);
    }
}
