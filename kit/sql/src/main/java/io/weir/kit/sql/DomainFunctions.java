package io.weir.kit.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.kit.contract.DataType;
import io.weir.kit.contract.DidYouMean;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.Problem;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.contract.ReferenceFile;
import io.weir.kit.sql.function.ValueException;
import io.weir.kit.sql.spi.ScalarFunction;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.util.Litmus;
import org.jspecify.annotations.Nullable;

/** The functions that a domain brings: {@code CONFORM('country', x)} by {@code reference/country.csv} or a product ({@link Reference}), and those of the jars in {@code functions/}. */
final class DomainFunctions {

    private static final String CONFORM = "conform";

    /** What {@link #CONFORM} becomes where its column has a policy: an unknown value fails then. */
    private static final String CONFORM_KNOWN = "conform_known";

    private final Domain domain;
    private final Path folder;
    private final Map<String, SqlOperator> functions = new TreeMap<>();
    private final Map<String, Reference> references = new TreeMap<>();

    DomainFunctions(Domain domain) {
        this.domain = domain;
        this.folder = domain.folder();
    }

    /** The products by which the resolved query has values conform. */
    List<Reference> references() {
        return List.copyOf(references.values());
    }

    /** The name that CONFORM is called with; empty where the call is none, or not as it should be. */
    static Optional<String> conformsBy(SqlCall call) {
        return isConform(call)
                        && call.operandCount() == 2
                        && call.operand(0) instanceof SqlLiteral literal
                        && literal.getValue() instanceof org.apache.calcite.util.NlsString written
                ? Optional.of(written.getValue())
                : Optional.empty();
    }

    /** The query as it calls them, each reference file by a function of its own. */
    SqlNode resolve(SqlNode query) {
        loadJars();
        SqlNode resolved = query.accept(new Resolving());
        return resolved == null ? query : resolved;
    }

    /** What the resolved query calls. */
    List<SqlOperator> functions() {
        return List.copyOf(functions.values());
    }

    /** The expression with every CONFORM failing on what it does not know. */
    static SqlNode demanding(SqlNode expression) {
        SqlNode demanding = expression.accept(new SqlShuttle() {
            @Override
            public @Nullable SqlNode visit(SqlCall call) {
                SqlNode visited = super.visit(call);
                return visited instanceof SqlCall visitedCall && isConform(visitedCall)
                        ? PostgresSyntax.function(
                                CONFORM_KNOWN,
                                visitedCall.getParserPosition(),
                                visitedCall.getOperandList().toArray(SqlNode[]::new))
                        : visited;
            }
        });
        return demanding == null ? expression : demanding;
    }

    private static boolean isConform(SqlCall call) {
        String name = call.getOperator().getName().toLowerCase(Locale.ROOT);
        return name.equals(CONFORM) || name.equals(CONFORM_KNOWN);
    }

    /** Puts the functions in the place of CONFORM; a product's names are joined to what the SELECT around reads. */
    private final class Resolving extends SqlShuttle {

        /** A reference that a SELECT needs joined, for one value. */
        private record Join(Reference reference, SqlNode value, String alias, SqlParserPos at) {}

        private final Deque<List<Join>> selects = new ArrayDeque<>();
        private int aliases;
        private int behindOn;

        @Override
        public @Nullable SqlNode visit(SqlCall call) {
            return switch (call) {
                case SqlSelect select -> select(select);
                case SqlJoin join -> {
                    behindOn++;
                    SqlNode visited = super.visit(join);
                    behindOn--;
                    yield visited;
                }
                default -> {
                    SqlNode visited = super.visit(call);
                    yield visited instanceof SqlCall inner && isConform(inner) ? conform(inner, this) : visited;
                }
            };
        }

        private @Nullable SqlNode select(SqlSelect select) {
            int outside = behindOn;
            behindOn = 0;
            selects.push(new ArrayList<>());
            SqlNode visited = super.visit(select);
            List<Join> joins = selects.pop();
            behindOn = outside;
            if (visited instanceof SqlSelect rewritten) {
                for (Join join : joins) {
                    refuseStar(rewritten, join.reference());
                    rewritten.setFrom(join.reference()
                            .joined(
                                    Objects.requireNonNull(rewritten.getFrom()),
                                    join.value(),
                                    join.alias(),
                                    join.at()));
                }
            }
            return visited;
        }

        private static void refuseStar(SqlSelect select, Reference reference) {
            for (SqlNode item : select.getSelectList()) {
                if (item instanceof SqlIdentifier star && star.isStar() && star.names.size() == 1) {
                    throw new Refusal(
                            star.getParserPosition(),
                            "* beside CONFORM by the product %s: name the columns, or write table.*"
                                    .formatted(reference.name()));
                }
            }
        }

        /** The column with what the value is called here. */
        SqlNode here(Reference reference, SqlNode value, SqlParserPos at) {
            if (behindOn > 0 || selects.isEmpty()) {
                throw new Refusal(
                        at, "CONFORM by a product does not stand behind ON: conform in a subquery, and join that");
            }
            List<Join> joins = selects.element();
            for (Join join : joins) {
                if (join.reference().equals(reference) && join.value().equalsDeep(value, Litmus.IGNORE)) {
                    return new SqlIdentifier(List.of(join.alias(), Reference.HERE), at);
                }
            }
            Join join = new Join(reference, value, "weir:reference" + ++aliases, at);
            joins.add(join);
            return new SqlIdentifier(List.of(join.alias(), Reference.HERE), at);
        }
    }

    private SqlNode conform(SqlCall call, Resolving resolving) {
        SqlParserPos position = call.getParserPosition();
        String name = conformsBy(call)
                .orElseThrow(() -> new Refusal(
                        position,
                        "CONFORM takes the name of a reference, written out, and a value: CONFORM('country', x)"));
        boolean known = call.getOperator().getName().equalsIgnoreCase(CONFORM_KNOWN);
        SqlParserPos named = call.operand(0).getParserPosition();
        Optional<ReferenceFile> file = ReferenceFile.read(folder, name);
        if (file.isEmpty()) {
            Reference product = Reference.find(domain, name, named)
                    .orElseThrow(() -> new Refusal(
                            named,
                            "there is no reference/%s.csv in the domain's folder%s, and no product of that name; write one of the two"
                                    .formatted(name, DidYouMean.hint(name, ReferenceFile.names(folder)))));
            references.put(name, product);
            return conform(product, call.operand(1), known, position, resolving);
        }
        ReferenceFile reference = file.get();
        String function = call.getOperator().getName().toLowerCase(Locale.ROOT) + " " + name;
        functions.computeIfAbsent(
                function.toUpperCase(Locale.ROOT),
                _ -> PostgresFunction.of(
                        function,
                        new Conforming(function, reference, known),
                        hash(new TreeMap<>(reference.to()).toString().getBytes(UTF_8))));
        return PostgresSyntax.function(function, position, call.operand(1));
    }

    private SqlNode conform(
            Reference reference, SqlNode value, boolean known, SqlParserPos position, Resolving resolving) {
        SqlNode lookup = resolving.here(reference, value, position);
        if (!known) {
            return lookup;
        }
        String function = CONFORM_KNOWN + " by " + reference.name();
        functions.computeIfAbsent(
                function.toUpperCase(Locale.ROOT),
                _ -> PostgresFunction.of(function, new Known(function, reference.name()), ""));
        return PostgresSyntax.function(
                function,
                position,
                value,
                SqlStdOperatorTable.COALESCE.createCall(
                        position, lookup, SqlLiteral.createCharString(Known.NOTHING, position)));
    }

    /** Of a value and what it is called here, the second; fails where that is nothing. */
    private record Known(String name, String reference) implements ScalarFunction {
        private static final String NOTHING = "";

        @Override
        public List<DataType> parameters() {
            return List.of(new DataType.Varchar(), new DataType.Varchar());
        }

        @Override
        public DataType returns() {
            return new DataType.Varchar();
        }

        @Override
        public @Nullable Object call(@Nullable Object... arguments) {
            if (NOTHING.equals(arguments[1])) {
                throw new ValueException("the value is not in the reference %s".formatted(reference));
            }
            return arguments[1];
        }
    }

    private record Conforming(String name, ReferenceFile reference, boolean known) implements ScalarFunction {
        @Override
        public List<DataType> parameters() {
            return List.of(new DataType.Varchar());
        }

        @Override
        public DataType returns() {
            return new DataType.Varchar();
        }

        @Override
        public @Nullable Object call(@Nullable Object... arguments) {
            String found = reference.to().get(ReferenceFile.form(String.valueOf(arguments[0])));
            if (found == null && known) {
                throw new ValueException("the value is not in reference/%s.csv".formatted(reference.name()));
            }
            return found;
        }
    }

    private void loadJars() {
        Path jars = folder.resolve("functions");
        if (!Files.isDirectory(jars)) {
            return;
        }
        List<Problem> problems = new ArrayList<>();
        Map<String, String> from = new HashMap<>();
        try (Stream<Path> files = Files.list(jars)) {
            for (Path jar : files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList()) {
                load(jar, from, problems);
            }
        } catch (IOException e) {
            problems.add(new Problem("functions", 0, 0, "cannot be read: " + e));
        }
        if (!problems.isEmpty()) {
            throw new ProblemsException(problems);
        }
    }

    @SuppressWarnings("resource") // the functions' classes may be loaded as long as the plan lives
    private void load(Path jar, Map<String, String> from, List<Problem> problems) throws IOException {
        String shown = "functions/" + jar.getFileName();
        URLClassLoader classes =
                new URLClassLoader(new URL[] {jar.toUri().toURL()}, ScalarFunction.class.getClassLoader());
        String version = hash(Files.readAllBytes(jar));
        try {
            for (ScalarFunction function : ServiceLoader.load(ScalarFunction.class, classes)) {
                if (function.getClass().getClassLoader() != classes) {
                    continue;
                }
                String name = function.name().toUpperCase(Locale.ROOT);
                String other = from.putIfAbsent(name, shown);
                if (other != null) {
                    problems.add(new Problem(
                            shown, 0, 0, "function %s is in %s already: rename one".formatted(function.name(), other)));
                } else {
                    functions.put(name, PostgresFunction.of(function.name(), function, version));
                }
            }
        } catch (ServiceConfigurationError | RuntimeException e) {
            problems.add(new Problem(shown, 0, 0, "its functions cannot be loaded: " + e));
        }
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of()
                    .formatHex(
                            java.security.MessageDigest.getInstance("SHA-256").digest(content), 0, 4);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
