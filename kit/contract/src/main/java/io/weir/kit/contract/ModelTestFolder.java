package io.weir.kit.contract;

import io.weir.kit.contract.ModelTest.Place;
import io.weir.kit.contract.ModelTest.Row;
import io.weir.kit.contract.ModelTest.Step;
import io.weir.kit.contract.TestRows.Demand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads {@code tests/*.yaml} of a domain: dbt's unit-test form, with {@code history} for what happens over time.
 *
 * <p>Whether a model reads the inputs that a test names is the planner's to say.
 */
public final class ModelTestFolder {

    private static final Pattern DURATION =
            Pattern.compile("(\\d{1,9}) ?(ms|s|m|min|h|d|seconds?|minutes?|hours?|days?)");
    private static final Pattern FILE = Pattern.compile("(.+?)(?:\\.v([1-9]\\d{0,5}))?\\.sql");

    /** When a test begins that has neither {@code now} nor a time in its rows. */
    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    private enum Format {
        DICT,
        CSV
    }

    private final Domain domain;
    private final List<Problem> problems;

    private ModelTestFolder(Domain domain, List<Problem> problems) {
        this.domain = domain;
        this.problems = problems;
    }

    /** The tests without mistakes, in the order of files and in them; each mistake of the others is added to {@code problems}. */
    public static List<ModelTest> read(Domain domain, List<Problem> problems) {
        return new ModelTestFolder(domain, problems).read();
    }

    private List<ModelTest> read() {
        Path folder = domain.folder().resolve("tests");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            problems.add(new Problem("tests", 0, 0, "cannot be read: " + e));
            return List.of();
        }
        List<ModelTest> tests = new ArrayList<>();
        for (Path path : files) {
            String file = shown(path);
            if (path.toString().endsWith(".yml")) {
                problems.add(new Problem(file, 0, 0, "files in tests/ end in .yaml: rename or move it"));
            } else if (path.toString().endsWith(".yaml") && isTests(path)) {
                Fields fields = Fields.read(path, file, problems);
                if (fields != null) {
                    new Reader(path, file).tests(fields).forEach(tests::add);
                }
            }
        }
        return tests;
    }

    /** A list on its own is a file of rows, which a test names. */
    private static boolean isTests(Path path) {
        return !(Fields.document(path, path.toString(), new ArrayList<>()) instanceof SequenceNode);
    }

    private String shown(Path path) {
        return domain.folder()
                .toAbsolutePath()
                .normalize()
                .relativize(path.toAbsolutePath().normalize())
                .toString()
                .replace('\\', '/');
    }

    /** One file. */
    private final class Reader {
        private final Path path;
        private final String file;
        private final TestRows rows;

        Reader(Path path, String file) {
            this.path = path;
            this.file = file;
            this.rows = new TestRows(path, file, problems);
        }

        List<ModelTest> tests(Fields fields) {
            fields.allow("unit_tests");
            List<Fields> all = fields.objects("unit_tests");
            if (all.isEmpty()) {
                fields.problem("unit_tests", "\"unit_tests\" names no test: - name, model, given, expect");
            }
            Set<String> names = new HashSet<>();
            List<ModelTest> tests = new ArrayList<>();
            for (Fields each : all) {
                int before = problems.size();
                ModelTest test = test(each);
                String name = each.has("name") ? each.textOr("name", "") : "";
                if (name != null && !name.isEmpty() && !names.add(name)) {
                    each.problem("name", "test \"%s\" is in this file already: rename one".formatted(name));
                }
                if (test != null && problems.size() == before) {
                    tests.add(test);
                }
            }
            return tests;
        }

        private @Nullable ModelTest test(Fields fields) {
            fields.allow(
                    "name",
                    "description",
                    "model",
                    "models",
                    "contract",
                    "contracts",
                    "now",
                    "given",
                    "history",
                    "expect");
            String name = fields.text("name");
            Map<ProductName, DataProduct> products = new LinkedHashMap<>(domain.products());
            for (Fields.Text contract : fields.texts("contracts")) {
                contract(fields, contract, products);
            }
            List<Model> models = models(fields, products);
            if (name == null || models.isEmpty()) {
                return null;
            }
            DataProduct last = products.get(models.getLast().product());
            Scope scope = new Scope(
                    products.equals(domain.products()) ? domain : domain.withProducts(products), models, last);
            List<Step> steps = new ArrayList<>();
            if (fields.has("given") && fields.has("history")) {
                fields.problemAtName(
                        "history",
                        "\"history\" beside \"given\": given is what stands, history is what happens; write one of them");
            } else if (!fields.has("given") && !fields.has("history")) {
                fields.problem(
                        "\"given\" is missing: a list of {input, rows}; or \"history\", what happens step by step");
            }
            for (Fields each : fields.objects("given")) {
                each.allow("input", "rows", "fixture", "format");
                DataProduct input = input(each, scope);
                if (input != null) {
                    steps.add(new Step.Upsert(place(each), input, rows(each, "rows", input, Demand.INPUT)));
                }
            }
            for (Fields each : fields.objects("history")) {
                step(each, scope, steps);
            }
            expectations(fields, scope, steps);
            if (!fields.has("expect") && steps.stream().noneMatch(Step.Expect.class::isInstance)) {
                fields.problem("\"expect\" is missing: {rows: [...]}, at the end or as a step of the history");
            }
            Instant now = fields.has("now") ? instant(fields) : beginning(steps);
            return new ModelTest(name, place(fields), models, scope.domain, now, steps);
        }

        /** What names mean in one test. */
        private record Scope(
                Domain domain, List<Model> models, @Nullable DataProduct output) {
            boolean writes(DataProduct product) {
                return models.stream().anyMatch(model -> model.product().equals(product.name()));
            }
        }

        private void step(Fields step, Scope scope, List<Step> steps) {
            step.allow("input", "upsert", "delete", "advance", "restart", "expect", "format");
            List<String> kinds = Stream.of("upsert", "delete", "advance", "restart", "expect")
                    .filter(step::has)
                    .toList();
            if (kinds.size() != 1) {
                step.problem(
                        kinds.isEmpty()
                                ? "a step is one of {input, upsert}, {input, delete}, {advance}, {restart}, {expect}"
                                : "a step does one thing, and this one has \"%s\": make several steps"
                                        .formatted(String.join("\" and \"", kinds)));
                return;
            }
            String kind = kinds.getFirst();
            Place at = place(step);
            switch (kind) {
                case "upsert", "delete" -> {
                    DataProduct input = input(step, scope);
                    if (input == null) {
                        return;
                    }
                    boolean upsert = kind.equals("upsert");
                    if (!upsert && input.kind() == DataProduct.Kind.EVENTS) {
                        step.problemAtName(
                                "delete",
                                "%s is of kind events: its rows are only added"
                                        .formatted(input.name().localName()));
                    }
                    List<Row> read = rows(step, kind, input, upsert ? Demand.INPUT : Demand.KEY);
                    steps.add(upsert ? new Step.Upsert(at, input, read) : new Step.Delete(at, input, read));
                }
                case "advance" -> {
                    Duration by = duration(step);
                    if (by != null) {
                        steps.add(new Step.Advance(at, by));
                    }
                }
                case "restart" -> {
                    if (!step.flag("restart")) {
                        step.problem("restart", "write restart: true, or leave the step out");
                    }
                    steps.add(new Step.Restart(at));
                }
                default -> expectations(step, scope, steps);
            }
        }

        private void expectations(Fields fields, Scope scope, List<Step> steps) {
            List<Fields> all = new ArrayList<>();
            if (fields.value("expect") instanceof SequenceNode) {
                all.addAll(fields.objects("expect"));
            } else {
                Fields one = fields.objectOrNull("expect");
                if (one != null) {
                    all.add(one);
                }
            }
            for (Fields expect : all) {
                expect.allow("model", "rows", "fixture", "format");
                DataProduct output = scope.output;
                Fields.Text named = expect.has("model") ? expect.placed("model") : null;
                if (named != null) {
                    output = scope.domain
                            .find(named.value())
                            .filter(scope::writes)
                            .orElse(null);
                    if (output == null) {
                        expect.problem(
                                named.node(),
                                "\"%s\" is not what this test runs%s"
                                        .formatted(
                                                named.value(),
                                                DidYouMean.hint(
                                                        named.value(),
                                                        scope.models.stream()
                                                                .map(model -> model.product()
                                                                        .localName())
                                                                .toList())));
                    }
                }
                if (output != null) {
                    steps.add(new Step.Expect(place(expect), output, rows(expect, "rows", output, Demand.ANY)));
                }
            }
        }

        private @Nullable DataProduct input(Fields fields, Scope scope) {
            fields.text("input");
            Fields.Text input = fields.has("input") ? fields.placed("input") : null;
            if (input == null) {
                return null;
            }
            Optional<DataProduct> found = find(input.value(), scope.domain);
            if (found.isEmpty()) {
                fields.problem(
                        input.node(),
                        "product \"%s\" has no contract in this domain%s"
                                .formatted(input.value(), DidYouMean.hint(input.value(), localNames(scope.domain))));
            } else if (scope.writes(found.get())) {
                fields.problem(
                        input.node(),
                        "%s is what this test runs, and not an input: give rows to what it reads"
                                .formatted(input.value()));
                return null;
            }
            return found.orElse(null);
        }

        /** The rows under a name, or in the file that {@code fixture} names. */
        private List<Row> rows(Fields fields, String name, DataProduct product, Demand demand) {
            if (fields.has("format")) {
                fields.oneOf("format", Format.class, Format.DICT);
            }
            Fields.Text fixture = fields.has("fixture") ? fields.placed("fixture") : null;
            if (fixture != null) {
                if (fields.has(name)) {
                    fields.problemAtName("fixture", "\"fixture\" beside \"%s\": remove one".formatted(name));
                }
                String file =
                        fixture.value().matches(".*\\.(csv|yaml|json)") ? fixture.value() : fixture.value() + ".csv";
                return rows.beside(file, TestRows.place(this.file, fixture.node()), product, demand);
            }
            Node value = fields.value(name);
            if (value == null) {
                fields.problem("\"%s\" is missing: a list of rows, CSV under a |, or a file's name".formatted(name));
                return List.of();
            }
            return rows.read(value, product, demand);
        }

        // ---- what is tested

        private List<Model> models(Fields fields, Map<ProductName, DataProduct> products) {
            List<Model> models = new ArrayList<>();
            if (fields.has("model") && fields.has("models")) {
                fields.problemAtName("models", "\"models\" beside \"model\": write one of them");
            } else if (fields.has("models")) {
                for (Node item : fields.items("models")) {
                    model(fields, item, null, products).ifPresent(models::add);
                }
                if (fields.has("contract")) {
                    fields.problemAtName(
                            "contract", "\"contract\" belongs to one model: write models: [{sql: ..., contract: ...}]");
                }
            } else {
                Node node = fields.value("model");
                if (node == null) {
                    fields.problem("\"model\" is missing: the product whose SELECT is tested, or a file .sql");
                } else {
                    Fields.Text contract = fields.has("contract") ? fields.placed("contract") : null;
                    model(fields, node, contract, products).ifPresent(models::add);
                }
            }
            return models;
        }

        private Optional<Model> model(
                Fields at, Node node, Fields.@Nullable Text contract, Map<ProductName, DataProduct> products) {
            if (node instanceof MappingNode mapping) {
                Fields fields = new Fields(file, mapping, problems);
                fields.allow("sql", "contract");
                fields.text("sql");
                Node sql = fields.value("sql");
                if (sql == null) {
                    return Optional.empty();
                }
                return model(fields, sql, fields.has("contract") ? fields.placed("contract") : null, products);
            }
            if (!(node instanceof ScalarNode scalar) || scalar.getValue().isBlank()) {
                at.problem(node, "a model is a product's name or a file .sql, found " + Fields.kind(node));
                return Optional.empty();
            }
            String name = scalar.getValue();
            Optional<DataProduct> contracted = contract == null ? Optional.empty() : contract(at, contract, products);
            if (contract != null && contracted.isEmpty()) {
                return Optional.empty();
            }
            Optional<Model> model = name.endsWith(".sql") ? ofFile(at, scalar) : ofDomain(at, scalar);
            return model.flatMap(found -> {
                if (contracted.isPresent()) {
                    return Optional.of(new Model(contracted.get().name(), found.sql(), found.file()));
                }
                return products.containsKey(found.product()) ? Optional.of(found) : Optional.empty();
            });
        }

        private Optional<Model> ofDomain(Fields at, ScalarNode node) {
            String name = node.getValue();
            Optional<Model> found = domain.models().stream()
                    .filter(model -> names(model.product(), name))
                    .max(Comparator.comparingInt(model -> model.product().major()));
            if (found.isEmpty()) {
                at.problem(
                        node,
                        "model \"%s\" is not in this domain%s"
                                .formatted(
                                        name,
                                        DidYouMean.hint(
                                                name,
                                                domain.models().stream()
                                                        .map(model ->
                                                                model.product().localName())
                                                        .toList())));
            }
            return found;
        }

        /** A SELECT in a file of its own, whose product is its name's where no contract is given. */
        private Optional<Model> ofFile(Fields at, ScalarNode node) {
            Optional<Path> sql = existing(at, node);
            if (sql.isEmpty()) {
                return Optional.empty();
            }
            Path real = sql.get().toAbsolutePath().normalize();
            for (Model model : domain.models()) {
                if (model.file().toAbsolutePath().normalize().equals(real)) {
                    return Optional.of(model);
                }
            }
            Matcher name = FILE.matcher(real.getFileName().toString());
            String product = name.matches() ? name.group(1) : "";
            Optional<ProductName> found = domain.products().keySet().stream()
                    .filter(each ->
                            each.layer() != Layer.BRONZE && each.product().equals(product))
                    .filter(each -> name.group(2) == null || each.major() == Integer.parseInt(name.group(2)))
                    .max(Comparator.comparing(ProductName::layer).thenComparingInt(ProductName::major));
            boolean contracted = at.has("contract");
            if (found.isEmpty() && !contracted) {
                at.problem(node, "%s has no contract: name one beside it, contract: FILE".formatted(node.getValue()));
                return Optional.empty();
            }
            try {
                return Optional.of(new Model(
                        found.orElseGet(() -> new ProductName(Layer.GOLD, domain.name(), "unnamed", 1)),
                        Files.readString(real),
                        sql.get()));
            } catch (IOException e) {
                at.problem(node, "%s cannot be read: %s".formatted(node.getValue(), e));
                return Optional.empty();
            }
        }

        /** Reads a contract outside contracts/; it goes before one of the same product that is there. */
        private Optional<DataProduct> contract(Fields at, Fields.Text text, Map<ProductName, DataProduct> products) {
            Optional<Path> found = existing(at, text.node());
            if (found.isEmpty()) {
                return Optional.empty();
            }
            Fields fields = Fields.read(found.get(), shown(found.get()), problems);
            if (fields == null) {
                return Optional.empty();
            }
            DataProduct product = new ContractReader(domain.name(), new TreeSet<>()).read(found.get(), fields);
            if (product != null) {
                products.put(product.name(), product);
            }
            return Optional.ofNullable(product);
        }

        /** A file, named from the test's folder or from the domain's. */
        private Optional<Path> existing(Fields at, Node node) {
            String name = node instanceof ScalarNode scalar ? scalar.getValue() : "";
            Path beside = path.resolveSibling(name).normalize();
            Path inDomain = domain.folder().resolve(name).normalize();
            for (Path candidate : List.of(beside, inDomain)) {
                if (Files.isRegularFile(candidate)) {
                    return Optional.of(candidate);
                }
            }
            at.problem(
                    node,
                    "there is no file %s, neither from %s nor from the domain's folder"
                            .formatted(name, shown(path.resolveSibling(""))));
            return Optional.empty();
        }

        // ---- times

        private @Nullable Duration duration(Fields step) {
            Fields.Text text = step.placed("advance");
            if (text == null) {
                return null;
            }
            Matcher words = DURATION.matcher(text.value().strip());
            if (words.matches()) {
                long count = Long.parseLong(words.group(1));
                return switch (words.group(2)) {
                    case "ms" -> Duration.ofMillis(count);
                    case "s", "second", "seconds" -> Duration.ofSeconds(count);
                    case "m", "min", "minute", "minutes" -> Duration.ofMinutes(count);
                    case "h", "hour", "hours" -> Duration.ofHours(count);
                    default -> Duration.ofDays(count);
                };
            }
            try {
                Duration by = Duration.parse(text.value().strip());
                if (!by.isNegative()) {
                    return by;
                }
            } catch (DateTimeException e) {
                // Said below.
            }
            step.problem(
                    text.node(),
                    "\"%s\" is no duration: write 30d, 12h, 90s, 500ms or PT1H30M".formatted(text.value()));
            return null;
        }

        private Instant instant(Fields fields) {
            Fields.Text text = fields.placed("now");
            if (text != null) {
                try {
                    return Instant.ofEpochMilli(RuleReader.timestampMs(text.value()));
                } catch (DateTimeException e) {
                    fields.problem(
                            text.node(), "\"%s\" is no time: write 2026-01-31T18:30:00Z".formatted(text.value()));
                }
            }
            return BEGINNING;
        }

        /** The latest time in the rows that come before time passes: with it, a test gives the same whenever it is run. */
        private static Instant beginning(List<Step> steps) {
            long latest = Long.MIN_VALUE;
            for (Step step : steps) {
                if (step instanceof Step.Advance) {
                    break;
                }
                if (step instanceof Step.Upsert upsert) {
                    for (Row row : upsert.rows()) {
                        for (int column : row.named()) {
                            if (upsert.input().rowType().columns().get(column).type() instanceof DataType.Timestamp
                                    && row.values()[column] instanceof Long ms) {
                                latest = Math.max(latest, ms);
                            }
                        }
                    }
                }
            }
            return latest == Long.MIN_VALUE ? BEGINNING : Instant.ofEpochMilli(latest);
        }

        private Place place(Fields fields) {
            return fields.place();
        }
    }

    private static List<String> localNames(Domain domain) {
        return domain.products().keySet().stream()
                .map(ProductName::localName)
                .distinct()
                .toList();
    }

    private static Optional<DataProduct> find(String name, Domain domain) {
        return domain.find(name).or(() -> domain.products().values().stream()
                .filter(product -> product.name().topic().equals(name))
                .findFirst());
    }

    private static boolean names(ProductName product, String name) {
        return name.equals(product.localName())
                || name.equals(product.topic())
                || name.equals(product.layer().text() + "." + product.domain() + "." + product.product());
    }
}
