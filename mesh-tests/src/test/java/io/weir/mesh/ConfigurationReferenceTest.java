package io.weir.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/configuration.md} says what the services' configuration interfaces say.
 *
 * <p>{@code ./weir test -Ddocs.update=true} writes it anew.
 */
class ConfigurationReferenceTest {

    private static final Path HOME = Path.of(System.getProperty("weir.home"));
    private static final Path REFERENCE = HOME.resolve("docs/configuration.md");

    private record Property(String name, String type, String fallback, String meaning) {}

    @Test
    void shouldDescribeEveryPropertyOfEveryService() throws IOException {
        String expected = render();

        if (Boolean.getBoolean("docs.update")) {
            Files.writeString(REFERENCE, expected);
        }

        assertThat(REFERENCE).content().isEqualTo(expected);
    }

    private static String render() throws IOException {
        StringBuilder page = new StringBuilder("""
                # Configuration

                Every property of every service, made from the `@ConfigMapping` interfaces; a test keeps this page equal to them.
                Set a property as a system property (`-Dweir.threads=2`), as an environment variable (`WEIR_THREADS=2`) or in
                `config/application.properties` beside the service. Quarkus's own properties (`quarkus.http.port`,
                `quarkus.log.console.json.enabled`, `quarkus.otel.exporter.otlp.endpoint` ...) work as its documentation says.
                """);
        for (Path config : configurations()) {
            String service = HOME.relativize(config).getName(0).toString();
            page.append("\n## ").append(service).append("\n\n");
            page.append("| property | type | default | meaning |\n|---|---|---|---|\n");
            for (Property property : properties(config)) {
                page.append("| `%s` | %s | %s | %s |%n"
                        .formatted(property.name(), property.type(), property.fallback(), property.meaning()));
            }
        }
        return page.toString();
    }

    private static List<Path> configurations() throws IOException {
        try (Stream<Path> files = Files.find(
                HOME, 12, (path, _) -> path.toString().matches(".*-service/src/main/java/.*Config\\.java"))) {
            return files.sorted().toList();
        }
    }

    /** The interfaces that services extend, each before those that it extends itself. */
    private static List<Path> shared() {
        Path kit = HOME.resolve("kit/service/src/main/java/io/weir/kit/service");
        return List.of(kit.resolve("StreamsServiceConfig.java"), kit.resolve("StageServiceConfig.java"));
    }

    private static List<Property> properties(Path source) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<Property> properties = new ArrayList<>();
        try (var files = compiler.getStandardFileManager(null, Locale.ROOT, null)) {
            List<Path> sources = new ArrayList<>(shared());
            sources.addFirst(source);
            JavacTask task = (JavacTask) compiler.getTask(
                    null,
                    files,
                    null,
                    List.of("-proc:none"),
                    null,
                    files.getJavaFileObjects(sources.toArray(Path[]::new)));
            DocTrees docs = DocTrees.instance(task);
            // The service's own properties first, then those of what its interface extends.
            Scanner scanner = new Scanner(docs, properties);
            for (CompilationUnitTree unit : task.parse()) {
                scanner.scan(unit, "");
            }
        }
        return properties;
    }

    private static final class Scanner extends TreePathScanner<Void, String> {

        private final DocTrees docs;
        private final List<Property> properties;
        private final Map<String, String> groups = new HashMap<>();

        Scanner(DocTrees docs, List<Property> properties) {
            this.docs = docs;
            this.properties = properties;
        }

        @Override
        public Void visitClass(ClassTree type, String prefix) {
            Optional<String> root = annotation(type.getModifiers().getAnnotations(), "ConfigMapping");
            String group = root.map(name -> name + ".")
                    .orElse(groups.get(type.getSimpleName().toString()));
            if (group != null) {
                type.getImplementsClause().forEach(extended -> groups.put(extended.toString(), group));
            }
            return group == null ? null : super.visitClass(type, group);
        }

        @Override
        public Void visitMethod(MethodTree method, String prefix) {
            var annotations = method.getModifiers().getAnnotations();
            String name = annotation(annotations, "WithName")
                    .orElseGet(() -> dashed(method.getName().toString()));
            String type = method.getReturnType().toString();
            if (isNested(type)) {
                groups.put(type, prefix + name + ".");
                return null;
            }
            if (method.getBody() != null) {
                return null;
            }
            String fallback = annotation(annotations, "WithDefault")
                    .map(value -> value.isEmpty() ? "" : "`" + value + "`")
                    .orElse(
                            type.startsWith("Optional") || type.startsWith("Map") || type.startsWith("List")
                                    ? "none"
                                    : "required");
            properties.add(new Property(
                    prefix + name + (type.startsWith("Map") ? ".*" : ""),
                    "`" + type.replace("|", "\\|") + "`",
                    fallback,
                    meaning(getCurrentPath())));
            return null;
        }

        /** Whether the type is an interface declared in this one: a group of properties. */
        private boolean isNested(String type) {
            ClassTree declaring = (ClassTree) getCurrentPath().getParentPath().getLeaf();
            return declaring.getMembers().stream()
                    .anyMatch(member -> member instanceof ClassTree nested
                            && nested.getSimpleName().contentEquals(type));
        }

        private String meaning(TreePath path) {
            String comment = docs.getDocComment(path);
            assertThat(comment).as("Javadoc of " + path.getLeaf()).isNotNull();
            return comment.strip()
                    .replaceAll("\\s+", " ")
                    .replaceAll("\\{@(?:code|link) ([^}]*)}", "`$1`")
                    .replace("|", "\\|");
        }

        private static Optional<String> annotation(List<? extends AnnotationTree> annotations, String name) {
            return annotations.stream()
                    .filter(annotation ->
                            annotation.getAnnotationType().toString().endsWith(name))
                    .map(annotation -> literal(annotation.getArguments().getFirst()))
                    .findFirst();
        }

        private static String literal(Tree argument) {
            Tree value = argument instanceof AssignmentTree assignment ? assignment.getExpression() : argument;
            return value instanceof LiteralTree literal ? literal.getValue().toString() : value.toString();
        }

        private static String dashed(String camel) {
            return camel.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
        }
    }
}
