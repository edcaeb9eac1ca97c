package io.weir.kit.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the folder that a team owns: {@code domain.yaml}, {@code sources/*.yaml}, {@code contracts/*.odcs.yaml}, {@code silver/*.sql}, {@code gold/*.sql},
 * {@code syncs/*.yaml}, {@code subscriptions/*.yaml}.
 *
 * <p>All mistakes of all files are found in one go and thrown as one {@link ProblemsException}. Whether the SQL is valid is the planner's to say.
 */
public final class DomainFolder {

    private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9_-]*");
    private static final Pattern TABLE = Pattern.compile("[^.\\s]+\\.[^.\\s]+");
    private static final Pattern MODEL = Pattern.compile("([a-z][a-z0-9_-]*)(?:\\.v([1-9]\\d{0,5}))?\\.sql");

    /** What databases let us do: {@code AUTO} takes the best of these. */
    private enum Capture {
        AUTO,
        CDC
    }

    private final Path folder;
    private final ConnectionReader connections;
    private final List<Problem> problems = new ArrayList<>();
    private final Set<ProductName> claimed = new TreeSet<>();
    private final Map<ProductName, DataProduct> products = new TreeMap<>();
    private String domain = "";

    private DomainFolder(Path folder, UnaryOperator<@Nullable String> environment) {
        this.folder = folder;
        this.connections = new ConnectionReader(environment);
    }

    /**
     * @param environment the value of an environment variable, null where it is not set: {@code System::getenv}
     * @throws ProblemsException with every mistake that was found, by file and line
     */
    public static Domain load(Path folder, UnaryOperator<@Nullable String> environment) {
        return new DomainFolder(folder, environment).load();
    }

    private Domain load() {
        if (!Files.isDirectory(folder)) {
            throw new ProblemsException(List.of(
                    new Problem(folder.toString(), 0, 0, "no such folder: name the folder that holds domain.yaml")));
        }
        Domain found = read();
        if (!problems.isEmpty()) {
            throw new ProblemsException(problems.stream()
                    .sorted(Comparator.comparing(Problem::file)
                            .thenComparingInt(Problem::line)
                            .thenComparingInt(Problem::column))
                    .distinct()
                    .toList());
        }
        return found;
    }

    private Domain read() {
        Path file = folder.resolve("domain.yaml");
        if (!Files.isRegularFile(file)) {
            throw new ProblemsException(List.of(new Problem(
                    "domain.yaml", 0, 0, "missing in %s: a domain folder starts with it".formatted(folder))));
        }
        String team = "";
        String contact = "";
        Fields fields = Fields.read(file, "domain.yaml", problems);
        if (fields == null) {
            throw new ProblemsException(problems);
        }
        fields.allow("apiVersion", "kind", "name", "description", "team");
        head(fields, "Domain");
        domain = word(fields, "name").orElse("");
        String description = fields.textOr("description", "");
        Fields owner = fields.object("team");
        if (owner != null) {
            owner.allow("name", "contact");
            team = owner.text("name");
            contact = owner.text("contact");
        }
        if (domain.isEmpty()) {
            throw new ProblemsException(problems);
        }
        contracts();
        List<Source> sources = sources();
        List<Model> models = new ArrayList<>();
        models(Layer.SILVER, models);
        models(Layer.GOLD, models);
        List<Sync> syncs = syncs();
        return new Domain(
                folder,
                domain,
                description == null ? "" : description,
                team == null ? "" : team,
                contact == null ? "" : contact,
                new LinkedHashMap<>(products),
                List.copyOf(sources),
                List.copyOf(models),
                List.copyOf(syncs),
                List.copyOf(subscriptions(team == null ? "" : team, contact == null ? "" : contact)));
    }

    private void contracts() {
        ContractReader reader = new ContractReader(domain, claimed);
        for (Path path : files("contracts", ".odcs.yaml")) {
            Fields fields = Fields.read(path, shown(path), problems);
            DataProduct product = fields == null ? null : reader.read(path, fields);
            if (product != null) {
                products.put(product.name(), product);
            }
        }
        reader.references().check(products.values());
        products.replaceAll(
                (name, product) -> product.withRelationships(reader.references().of(name, products)));
    }

    private List<Source> sources() {
        List<Source> sources = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Map<ProductName, String> writers = new HashMap<>();
        for (Path path : files("sources", ".yaml")) {
            Fields fields = Fields.read(path, shown(path), problems);
            if (fields == null) {
                continue;
            }
            fields.allow("apiVersion", "kind", "name", "connection", "capture", "tables", "onSchemaChange", "push");
            head(fields, "Source");
            Optional<String> name = word(fields, "name");
            name.filter(text -> !names.add(text))
                    .ifPresent(text -> fields.problem(
                            "name", "source \"%s\" is in another file already: rename one".formatted(text)));
            String source = name.orElse("?");
            Connection connection = null;
            Source.OnSchemaChange onSchemaChange = Source.OnSchemaChange.EVOLVE;
            List<Source.Table> tables = new ArrayList<>();
            List<Source.Pushed> pushed = new ArrayList<>();
            if (fields.has("push")) {
                for (String other : List.of("connection", "tables", "capture", "onSchemaChange")) {
                    if (fields.has(other)) {
                        fields.problemAtName(
                                other,
                                "\"%s\" beside \"push\": a source is a database or pushed, not both".formatted(other));
                    }
                }
                pushed(fields, writers, source, pushed);
            } else {
                Fields where = fields.object("connection");
                if (where != null) {
                    where.allow("url", "user", "passwordFrom", "password");
                    connection = connections.read(where);
                }
                fields.oneOf("capture", Capture.class, Capture.AUTO);
                onSchemaChange =
                        fields.oneOf("onSchemaChange", Source.OnSchemaChange.class, Source.OnSchemaChange.EVOLVE);
                tables(fields, writers, source, tables);
            }
            sources.add(new Source(
                    domain,
                    source,
                    Optional.ofNullable(connection),
                    List.copyOf(tables),
                    List.copyOf(pushed),
                    onSchemaChange,
                    path));
        }
        return sources;
    }

    private void tables(Fields source, Map<ProductName, String> writers, String sourceName, List<Source.Table> tables) {
        Set<String> names = new HashSet<>();
        List<Fields> list = source.objects("tables");
        if (list.isEmpty()) {
            source.problem("tables", "\"tables\" names no table: a source captures at least one");
        }
        for (Fields table : list) {
            table.allow("name", "product");
            String name = table.text("name");
            if (name != null && !TABLE.matcher(name).matches()) {
                table.problem(
                        "name",
                        "table \"%s\" has not the form schema.table (did you mean \"public.%s\"?)"
                                .formatted(name, name));
            } else if (name != null && !names.add(name)) {
                table.problem("name", "table \"%s\" appears twice: remove one".formatted(name));
            }
            table.text("product");
            Fields.Text product = table.has("product") ? table.placed("product") : null;
            if (name != null && product != null) {
                bronze(table, product, writers, sourceName)
                        .ifPresent(found -> tables.add(new Source.Table(name, found)));
            }
        }
    }

    private void pushed(
            Fields source, Map<ProductName, String> writers, String sourceName, List<Source.Pushed> pushed) {
        Fields push = source.objectOrNull("push");
        if (push == null) {
            return;
        }
        push.allow("products");
        List<Fields.Text> names = push.texts("products");
        if (names.isEmpty()) {
            push.problem("products", "\"products\" names no product: a push source has at least one");
        }
        for (Fields.Text name : names) {
            bronze(push, name, writers, sourceName).ifPresent(found -> pushed.add(new Source.Pushed(found)));
        }
    }

    /** The bronze product that a source fills, by its short name; it needs a contract and has one source. */
    private Optional<ProductName> bronze(
            Fields at, Fields.Text product, Map<ProductName, String> writers, String source) {
        Optional<ProductName> found = latest(Layer.BRONZE, product.value());
        if (found.isEmpty()) {
            List<String> known = claimed.stream()
                    .filter(name -> name.layer() == Layer.BRONZE)
                    .map(ProductName::product)
                    .distinct()
                    .toList();
            at.problem(
                    product.node(),
                    "product \"%s\" has no contract bronze.%s.%s.v1 in contracts/%s"
                            .formatted(
                                    product.value(),
                                    domain,
                                    product.value(),
                                    DidYouMean.of(product.value(), known)
                                            .map(word -> " (did you mean \"%s\"?)".formatted(word))
                                            .orElse("")));
            return Optional.empty();
        }
        String other = writers.putIfAbsent(found.get(), source);
        if (other != null) {
            at.problem(
                    product.node(),
                    "product \"%s\" is filled by source \"%s\" already: a product has one source"
                            .formatted(product.value(), other));
        }
        return found;
    }

    private void models(Layer layer, List<Model> models) {
        Map<ProductName, String> seen = new HashMap<>();
        for (Path path : files(layer.text(), ".sql")) {
            String file = shown(path);
            Matcher name = MODEL.matcher(path.getFileName().toString());
            if (!name.matches()) {
                problems.add(new Problem(
                        file, 0, 0, "the file's name is no product's: lower-case letters, digits, _ and -, then .sql"));
                continue;
            }
            String product = name.group(1);
            Optional<ProductName> found = name.group(2) == null
                    ? latest(layer, product)
                    : claimed.stream()
                            .filter(new ProductName(layer, domain, product, Integer.parseInt(name.group(2)))::equals)
                            .findFirst();
            if (found.isEmpty()) {
                String version = name.group(2) == null ? "1" : name.group(2);
                List<String> known = claimed.stream()
                        .filter(claim -> claim.layer() == layer)
                        .map(ProductName::product)
                        .distinct()
                        .toList();
                problems.add(new Problem(
                        file,
                        0,
                        0,
                        "has no contract: add contracts/%s.odcs.yaml with physicalName %s.%s.%s.v%s%s"
                                .formatted(
                                        product,
                                        layer.text(),
                                        domain,
                                        product,
                                        version,
                                        DidYouMean.of(product, known)
                                                .map(word -> " (did you mean \"%s.sql\"?)".formatted(word))
                                                .orElse(""))));
                continue;
            }
            String other = seen.putIfAbsent(found.get(), file);
            if (other != null) {
                problems.add(new Problem(
                        file, 0, 0, "%s is the model of %s already: remove one".formatted(other, found.get())));
                continue;
            }
            try {
                String sql = Files.readString(path);
                if (sql.isBlank()) {
                    problems.add(new Problem(file, 1, 1, "is empty: write one SELECT"));
                }
                models.add(new Model(found.get(), sql, path));
            } catch (IOException e) {
                problems.add(new Problem(file, 0, 0, "cannot be read: " + e));
            }
        }
    }

    private List<Sync> syncs() {
        List<Sync> syncs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Path path : files("syncs", ".yaml")) {
            Fields fields = Fields.read(path, shown(path), problems);
            if (fields == null) {
                continue;
            }
            fields.allow("apiVersion", "kind", "name", "from", "to", "mode", "key", "fields", "approvedBy", "loop");
            head(fields, "Sync");
            Optional<String> name = word(fields, "name");
            name.filter(text -> !names.add(text))
                    .ifPresent(text -> fields.problem(
                            "name", "sync \"%s\" is in another file already: rename one".formatted(text)));
            Optional<ProductName> from = from(fields);
            Connection connection = null;
            String table = null;
            Fields to = fields.object("to");
            if (to != null) {
                to.allow("jdbc");
                Fields jdbc = to.object("jdbc");
                if (jdbc != null) {
                    jdbc.allow("url", "table", "user", "passwordFrom", "password");
                    connection = connections.read(jdbc);
                    table = jdbc.text("table");
                    if (table != null && !TABLE.matcher(table).matches()) {
                        jdbc.problem(
                                "table",
                                "table \"%s\" has not the form schema.table (did you mean \"public.%s\"?)"
                                        .formatted(table, table));
                    }
                }
            }
            Sync.Mode mode = fields.oneOf("mode", Sync.Mode.class, Sync.Mode.UPSERT);
            DataProduct product = from.map(products::get).orElse(null);
            Set<String> targets = new HashSet<>();
            Map<String, String> key = columns(fields, "key", product, targets);
            Map<String, String> columns = columns(fields, "fields", product, targets);
            if (product != null) {
                keyIsThePrimaryKey(fields, product, key);
            }
            String approvedBy = fields.has("approvedBy") ? fields.text("approvedBy") : null;
            if (!fields.has("approvedBy")) {
                fields.problem("\"approvedBy\" is missing: the owner of the product approves what leaves it");
            }
            if (name.isPresent() && from.isPresent() && connection != null && table != null && approvedBy != null) {
                syncs.add(new Sync(
                        domain,
                        name.get(),
                        from.get(),
                        connection,
                        table,
                        mode,
                        key,
                        columns,
                        approvedBy,
                        fields.has("loop") ? Optional.ofNullable(fields.text("loop")) : Optional.empty(),
                        path));
            }
        }
        return syncs;
    }

    private List<Subscription> subscriptions(String team, String contact) {
        List<Subscription> subscriptions = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Path path : files("subscriptions", ".yaml")) {
            Fields fields = Fields.read(path, shown(path), problems);
            if (fields == null) {
                continue;
            }
            fields.allow("apiVersion", "kind", "name", "product", "purpose", "team", "columns");
            head(fields, "Subscription");
            Optional<String> name = word(fields, "name");
            name.filter(text -> !names.add(text))
                    .ifPresent(text -> fields.problem(
                            "name", "subscription \"%s\" is in another file already: rename one".formatted(text)));
            String ownTeam = team;
            String ownContact = contact;
            Fields owner = fields.has("team") ? fields.objectOrNull("team") : null;
            if (owner != null) {
                owner.allow("name", "contact");
                ownTeam = String.valueOf(owner.text("name"));
                ownContact = String.valueOf(owner.text("contact"));
            }
            Optional<ProductName> product = subscribed(fields);
            Map<String, Set<String>> columns =
                    subscribedColumns(fields, product.map(products::get).orElse(null));
            if (name.isPresent() && product.isPresent()) {
                subscriptions.add(
                        new Subscription(domain, name.get(), product.get(), ownTeam, ownContact, columns, path));
            }
        }
        return subscriptions;
    }

    /** A product of this domain has to be there; another domain's is named by its topic. */
    private Optional<ProductName> subscribed(Fields subscription) {
        String topic = subscription.text("product");
        if (topic == null) {
            return Optional.empty();
        }
        try {
            ProductName name = ProductName.ofTopic(topic);
            if (name.domain().equals(domain) && !claimed.contains(name)) {
                subscription.problem(
                        "product",
                        "product \"%s\" has no contract in this domain%s"
                                .formatted(
                                        topic,
                                        DidYouMean.hint(
                                                topic,
                                                claimed.stream()
                                                        .map(ProductName::topic)
                                                        .toList())));
                return Optional.empty();
            }
            return Optional.of(name);
        } catch (IllegalArgumentException e) {
            subscription.problem("product", "product " + e.getMessage());
            return Optional.empty();
        }
    }

    private static Map<String, Set<String>> subscribedColumns(Fields subscription, @Nullable DataProduct product) {
        Map<String, Set<String>> columns = new TreeMap<>();
        for (Fields column : subscription.objects("columns")) {
            column.allow("name", "matches");
            String name = column.text("name");
            if (name == null) {
                continue;
            }
            if (product != null && product.rowType().indexOf(name) < 0) {
                column.problem(
                        "name",
                        "column \"%s\" is not in %s%s"
                                .formatted(
                                        name,
                                        product.name(),
                                        DidYouMean.hint(
                                                name,
                                                product.rowType().columns().stream()
                                                        .map(Column::name)
                                                        .toList())));
            }
            Set<String> matches = new TreeSet<>();
            column.texts("matches").forEach(value -> matches.add(value.value()));
            columns.put(name, matches);
        }
        return columns;
    }

    private Optional<ProductName> from(Fields sync) {
        sync.text("from");
        Fields.Text from = sync.has("from") ? sync.placed("from") : null;
        if (from == null) {
            return Optional.empty();
        }
        Optional<ProductName> found = claimed.stream()
                .filter(name -> from.value().equals(name.localName())
                        || from.value().equals(name.topic())
                        || from.value().equals(name.layer().text() + "." + name.domain() + "." + name.product()))
                .max(Comparator.comparingInt(ProductName::major));
        if (found.isEmpty()) {
            List<String> known = claimed.stream()
                    .filter(name -> name.layer() == Layer.GOLD)
                    .map(ProductName::localName)
                    .distinct()
                    .toList();
            sync.problem(
                    from.node(),
                    "product \"%s\" has no contract in this domain%s"
                            .formatted(from.value(), DidYouMean.hint(from.value(), known)));
        } else if (found.get().layer() != Layer.GOLD) {
            sync.problem(
                    from.node(),
                    "product \"%s\" is %s: only gold products leave the mesh"
                            .formatted(from.value(), found.get().layer().text()));
        }
        return found;
    }

    /** Product column -> destination column; every one known, no destination twice. */
    private static Map<String, String> columns(
            Fields sync, String name, @Nullable DataProduct product, Set<String> targets) {
        Fields map = sync.object(name);
        Map<String, String> columns = new LinkedHashMap<>();
        if (map == null) {
            return columns;
        }
        List<String> known = product == null
                ? List.of()
                : product.rowType().columns().stream().map(Column::name).toList();
        map.texts().forEach((column, target) -> {
            if (product != null && !known.contains(column)) {
                map.problemAtName(
                        column,
                        "column \"%s\" is not in %s%s"
                                .formatted(column, product.name(), DidYouMean.hint(column, known)));
            }
            if (!targets.add(target.value())) {
                map.problem(
                        target.node(),
                        "column \"%s\" of the destination appears twice: remove one".formatted(target.value()));
            }
            columns.put(column, target.value());
        });
        return columns;
    }

    private static void keyIsThePrimaryKey(Fields sync, DataProduct product, Map<String, String> key) {
        Set<String> primary = new TreeSet<>();
        product.keyType().columns().forEach(column -> primary.add(column.name()));
        if (sync.has("key") && !primary.equals(new TreeSet<>(key.keySet()))) {
            sync.problem(
                    "key",
                    "the key of %s is (%s): \"key\" maps these columns, no more and no less"
                            .formatted(product.name(), String.join(", ", primary)));
        }
    }

    private Optional<ProductName> latest(Layer layer, String product) {
        return claimed.stream()
                .filter(name -> name.layer() == layer && name.product().equals(product))
                .max(Comparator.comparingInt(ProductName::major));
    }

    private static void head(Fields fields, String kind) {
        fields.expect("apiVersion", "weir/v1");
        fields.expect("kind", kind);
    }

    private static Optional<String> word(Fields fields, String name) {
        String text = fields.text(name);
        if (text != null && !WORD.matcher(text).matches()) {
            fields.problem(name, "%s \"%s\": write lower-case letters, digits, _ and -".formatted(name, text));
            return Optional.empty();
        }
        return Optional.ofNullable(text);
    }

    /** The files of one kind, by name; a file that looks like one but is called otherwise is a problem, not passed over. */
    private List<Path> files(String directory, String suffix) {
        Path path = folder.resolve(directory);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        List<Path> files;
        try (Stream<Path> listed = Files.list(path)) {
            files = listed.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            problems.add(new Problem(directory, 0, 0, "cannot be read: " + e));
            return List.of();
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (!name.endsWith(suffix) && Stream.of(".yaml", ".yml", ".sql").anyMatch(name::endsWith)) {
                problems.add(new Problem(
                        shown(file), 0, 0, "files in %s/ end in %s: rename or move it".formatted(directory, suffix)));
            }
        }
        return files.stream().filter(file -> file.toString().endsWith(suffix)).toList();
    }

    private String shown(Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }
}
