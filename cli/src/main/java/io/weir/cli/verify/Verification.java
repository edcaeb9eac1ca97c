package io.weir.cli.verify;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.Model;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.contract.ProductSettings;
import io.weir.kit.contract.RowRules;
import io.weir.kit.contract.RowType;
import io.weir.kit.contract.Schemas;
import io.weir.kit.contract.Sync;
import io.weir.kit.sql.ModelPlan;
import io.weir.kit.sql.Reference;
import io.weir.kit.sql.SqlPlanner;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.jspecify.annotations.Nullable;

/**
 * Compares every captured table with its bronze product; then, while the ingest stages are paused and the others have come to rest, every model's
 * output with its own SQL over its inputs, run by {@link Oracle}, and every sync's destination with its product.
 */
public final class Verification {

    private static final String PAUSED_SERVICE = "ingest";

    /** Of what moment a model that compares with the current time is true: at most so long ago. */
    private static final Duration CLOCK_BEHIND = Duration.ofSeconds(30);

    private final Domain domain;
    private final String kafka;
    private final Schemas schemas;
    private final Destinations destinations;

    /** How a sync's destination is reached. */
    @FunctionalInterface
    public interface Destinations {
        Connection open(io.weir.kit.contract.Connection destination) throws SQLException;
    }

    public Verification(Domain domain, String kafka, Schemas schemas, Destinations destinations) {
        this.domain = domain;
        this.kafka = kafka;
        this.schemas = schemas;
        this.destinations = destinations;
    }

    /** What was found; or, in {@code notDrained}, what did not come to rest. */
    public record Report(@Nullable String notDrained, double drainSeconds, List<Result> results) {
        public boolean isClean() {
            return notDrained == null && results.stream().allMatch(Result::clean);
        }
    }

    /** One comparison, for a person or a program; see {@link Comparison}. */
    public record Result(
            String subject,
            boolean clean,
            long compared,
            long missing,
            long extra,
            long different,
            long leftOut,
            List<Sample> samples,
            @Nullable String failure) {}

    /** One difference. */
    public record Sample(String key, String problem) {}

    /**
     * @param only a model's local name: it alone is looked at, and the syncs of its product; empty for all
     * @param limit how long it may take until the captures have caught up, and then until nothing moves
     * @param done hears each result as it is there
     */
    public Report run(Optional<String> only, Duration limit, Consumer<Result> done)
            throws InterruptedException, SQLException {
        List<Result> captured = new ArrayList<>();
        if (only.isEmpty()) {
            // Before the pause: bronze follows its table only while ingest runs.
            Capture.Outcome outcome = new Capture(domain, kafka, schemas, destinations).compare(limit);
            if (outcome.behind().isPresent()) {
                return new Report(outcome.behind().get(), limit.toMillis() / 1000.0, List.of());
            }
            outcome.comparisons().forEach(comparison -> add(comparison, captured, done));
        }
        Report paused = runPausing(only, limit, done);
        captured.addAll(paused.results());
        return new Report(paused.notDrained(), paused.drainSeconds(), captured);
    }

    private Report runPausing(Optional<String> only, Duration limit, Consumer<Result> done)
            throws InterruptedException, SQLException {
        try (PauseLease lease = PauseLease.take(kafka, PAUSED_SERVICE)) {
            Thread resume = new Thread(lease::close);
            Runtime.getRuntime().addShutdownHook(resume);
            try {
                return runPaused(only, limit, done);
            } finally {
                forget(resume);
            }
        }
    }

    private Report runPaused(Optional<String> only, Duration limit, Consumer<Result> done)
            throws InterruptedException, SQLException {
        long from = System.nanoTime();
        try (Admin admin = Admin.create(Map.<String, Object>of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                10_000,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                15_000))) {
            Optional<String> moving = new Drain(kafka, PAUSED_SERVICE, admin).await(limit);
            double seconds = (System.nanoTime() - from) / 1e9;
            if (moving.isPresent()) {
                return new Report(moving.get(), seconds, List.of());
            }
            Instant atRest = Instant.now();
            List<Result> results = new ArrayList<>();
            try (TopicTables topics = new TopicTables(kafka, schemas);
                    Oracle oracle = Oracle.open()) {
                oracle.conformBy(domain.folder());
                for (Model model : domain.models()) {
                    if (only.isEmpty() || only.get().equals(model.product().localName())) {
                        add(compare(model, atRest, topics, oracle), results, done);
                    }
                }
                for (Sync sync : domain.syncs()) {
                    if (only.isEmpty() || only.get().equals(sync.from().localName())) {
                        add(compare(sync, topics), results, done);
                    }
                }
            }
            return new Report(null, seconds, results);
        }
    }

    private static void add(Comparison comparison, List<Result> results, Consumer<Result> done) {
        Result result = new Result(
                comparison.subject(),
                comparison.isClean(),
                comparison.compared(),
                comparison.missing(),
                comparison.extra(),
                comparison.different(),
                comparison.leftOut(),
                comparison.samples().stream()
                        .map(sample -> new Sample(sample.key(), sample.problem()))
                        .toList(),
                comparison.failure());
        results.add(result);
        done.accept(result);
    }

    private Comparison compare(Model model, Instant atRest, TopicTables topics, Oracle oracle) {
        String subject = model.product().localName();
        try {
            ModelPlan plan = SqlPlanner.plan(model, domain);
            DataProduct output = plan.output();
            for (DataProduct input : plan.inputs()) {
                oracle.load(input, topics.of(input));
            }
            for (Reference reference : plan.references()) {
                oracle.conformBy(reference);
            }
            topics.of(output); // read before the later moment
            Table expected = at(Instant.now(), plan, oracle);
            Set<List<Object>> leaveOut = new HashSet<>(topics.quarantined(output));
            leaveOut.addAll(violating(expected, output));
            if (plan.usesClock()) {
                leaveOut.addAll(changed(at(atRest.minus(CLOCK_BEHIND), plan, oracle), expected));
            }
            if (plan.closesWindows()) {
                leaveOut.addAll(unsettled(topics.of(output), expected, output, topics.hasLate(output)));
            }
            return Comparison.of(
                    subject, expected, topics.of(output), leaveOut, Comparison.Scope.ALL, plan.approximateColumns());
        } catch (ProblemsException e) {
            return Comparison.failed(subject, String.valueOf(e.getMessage()));
        } catch (SQLException | IllegalArgumentException | ArithmeticException e) {
            return Comparison.failed(subject, "DuckDB cannot run it: " + firstLine(e));
        }
    }

    private static Table at(Instant moment, ModelPlan plan, Oracle oracle) throws SQLException {
        DataProduct output = plan.output();
        return Table.of(output.rowType(), output.key(), oracle.query(plan.sqlAt(moment), output.rowType()));
    }

    /** Keys whose row has come, gone or changed by time alone: either of the two is right. */
    private static Set<List<Object>> changed(Table before, Table after) {
        Set<List<Object>> keys = new HashSet<>(before.rows().keySet());
        keys.addAll(after.rows().keySet());
        keys.removeIf(key -> Arrays.equals(before.rows().get(key), after.rows().get(key)));
        return keys;
    }

    /** Keys about which the query over all rows does not tell: of windows that are written only when they close, and, where rows were late, of those that differ. */
    private static Set<List<Object>> unsettled(Table actual, Table expected, DataProduct output, boolean late) {
        Set<List<Object>> keys = changed(actual, expected);
        boolean closed = output.settings().emit() == ProductSettings.Emit.CLOSED;
        keys.removeIf(key -> !late && (!closed || actual.rows().containsKey(key)));
        return keys;
    }

    /** Keys whose row the gate has kept back: what stands under them is their last good row. */
    static Set<List<Object>> violating(Table expected, DataProduct output) {
        RowRules rules = RowRules.of(output);
        return expected.rows().entrySet().stream()
                .filter(entry -> rules.firstBroken(entry.getValue()).isPresent())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private Comparison compare(Sync sync, TopicTables topics) {
        String subject = "%s: %s".formatted(sync.to().database(), sync.table());
        DataProduct product = domain.products().get(sync.from());
        if (product == null) {
            return Comparison.failed(subject, "%s is not a product of this domain".formatted(sync.from()));
        }
        List<String> columns = new ArrayList<>(sync.key().keySet());
        sync.fields().keySet().stream()
                .filter(field -> !columns.contains(field))
                .forEach(columns::add);
        List<Integer> positions =
                columns.stream().map(product.rowType()::indexOf).toList();
        RowType type = product.rowType().project(positions);
        List<Integer> key = sync.key().keySet().stream().map(columns::indexOf).toList();
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (@Nullable Object[] row : topics.of(product).rows().values()) {
            @Nullable Object[] synced = new Object[positions.size()];
            for (int i = 0; i < synced.length; i++) {
                synced[i] = row[positions.get(i)];
            }
            rows.add(synced);
        }
        try (Connection destination = destinations.open(sync.to())) {
            Table expected = Table.of(type, key, rows);
            Table actual = Table.of(type, key, read(destination, sync, columns, type));
            return Comparison.of(
                    subject, expected, actual, refused(sync, product, topics, columns, key), scope(sync.mode()));
        } catch (SQLException | IllegalArgumentException | ArithmeticException e) {
            return Comparison.failed(subject, "the destination cannot be read: " + firstLine(e));
        }
    }

    private static Set<List<Object>> refused(
            Sync sync, DataProduct product, TopicTables topics, List<String> columns, List<Integer> key) {
        // In the order of the sync's key, which need not be that of the product's.
        List<String> productKey = product.key().stream()
                .map(position -> product.rowType().columns().get(position).name())
                .toList();
        return topics.refused(product, sync.outcomeTopic()).stream()
                .map(values -> key.stream()
                        .map(position -> values.get(productKey.indexOf(columns.get(position))))
                        .toList())
                .collect(Collectors.toSet());
    }

    private static Comparison.Scope scope(Sync.Mode mode) {
        return switch (mode) {
            case UPSERT, MIRROR -> Comparison.Scope.ALL;
            case INSERT -> new Comparison.Scope(true, false, false);
            case UPDATE -> new Comparison.Scope(false, false, true);
        };
    }

    private static List<@Nullable Object[]> read(Connection destination, Sync sync, List<String> columns, RowType type)
            throws SQLException {
        String list = columns.stream()
                .map(column -> Optional.ofNullable(sync.key().get(column))
                        .orElseGet(() -> sync.fields().getOrDefault(column, column)))
                .map(name -> '"' + name.replace("\"", "\"\"") + '"')
                .collect(Collectors.joining(", "));
        List<@Nullable Object[]> rows = new ArrayList<>();
        try (Statement statement = destination.createStatement()) {
            try (ResultSet result = statement.executeQuery("SELECT %s FROM %s".formatted(list, sync.table()))) {
                while (result.next()) {
                    @Nullable Object[] row = new Object[type.size()];
                    for (int i = 0; i < row.length; i++) {
                        Column column = type.columns().get(i);
                        row[i] = Values.of(get(result, i + 1), column.type());
                    }
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    static @Nullable Object get(ResultSet result, int column) throws SQLException {
        return switch (result.getMetaData().getColumnTypeName(column)) {
            case "timestamp" -> result.getObject(column, LocalDateTime.class);
            case "timestamptz" -> result.getObject(column, OffsetDateTime.class);
            case "date" -> result.getObject(column, LocalDate.class);
            case "time" -> result.getObject(column, LocalTime.class);
            case "bytea" -> result.getBytes(column);
            default -> result.getObject(column);
        };
    }

    static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyStopping) {
            // The hook runs right now.
        }
    }
}
