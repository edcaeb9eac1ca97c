package io.weir.kit.sql;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.kit.contract.DataType;
import io.weir.kit.contract.DidYouMean;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/** The functions that a domain brings: {@code CONFORM('country', x)} by {@code reference/country.csv}, and those of the jars in {@code functions/}. */
final class DomainFunctions {

    private static final String CONFORM = "conform";

    /** What {@link #CONFORM} becomes where its column has a policy: an unknown value fails then. */
    private static final String CONFORM_KNOWN = "conform_known";

    private final Path folder;
    private final Map<String, SqlOperator> functions = new TreeMap<>();

    DomainFunctions(Path folder) {
        this.folder = folder;
    }

    /** The query as it calls them, each reference file by a function of its own. */
    SqlNode resolve(SqlNode query) {
        loadJars();
        SqlNode resolved = query.accept(new SqlShuttle() {
            @Override
            public @Nullable SqlNode visit(SqlCall call) {
                SqlNode visited = super.visit(call);
                return visited instanceof SqlCall visitedCall && isConform(visitedCall)
                        ? conform(visitedCall)
                        : visited;
            }
        });
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

    private SqlNode conform(SqlCall call) {
        SqlParserPos position = call.getParserPosition();
        if (call.operandCount() != 2
                || !(call.operand(0) instanceof SqlLiteral literal)
                || !(literal.getValue() instanceof org.apache.calcite.util.NlsString written)) {
            throw new Refusal(
                    position, "CONFORM takes the name of a reference, written out, and a value: CONFORM('country', x)");
        }
        String name = written.getValue();
        boolean known = call.getOperator().getName().equalsIgnoreCase(CONFORM_KNOWN);
        ReferenceFile reference = ReferenceFile.read(folder, name)
                .orElseThrow(() -> new Refusal(
                        literal.getParserPosition(),
                        "there is no reference/%s.csv in the domain's folder%s; write one with the columns from,to, or LEFT JOIN the product that has the names"
                                .formatted(name, DidYouMean.hint(name, ReferenceFile.names(folder)))));
        String function = call.getOperator().getName().toLowerCase(Locale.ROOT) + " " + name;
        functions.computeIfAbsent(
                function.toUpperCase(Locale.ROOT),
                _ -> PostgresFunction.of(
                        function,
                        new Conforming(function, reference, known),
                        hash(new TreeMap<>(reference.to()).toString().getBytes(UTF_8))));
        return PostgresSyntax.function(function, position, call.operand(1));
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
