package io.weir.kit.sql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.kit.contract.Domain;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.sql.spi.ScalarFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a domain adds to SQL: reference files behind CONFORM, and functions in jars. */
class DomainFunctionsTest {

    @TempDir
    Path folder;

    private static final String SLUG = """
            package other;

            import io.weir.kit.contract.DataType;
            import io.weir.kit.sql.spi.ScalarFunction;
            import java.util.List;

            public final class Slug implements ScalarFunction {
                public String name() {
                    return "slug";
                }

                public List<DataType> parameters() {
                    return List.of(new DataType.Varchar(), new DataType.Int());
                }

                public DataType returns() {
                    return new DataType.Varchar();
                }

                public Object call(Object... arguments) {
                    String text = (String) arguments[0];
                    if (text.isEmpty()) {
                        throw new IllegalStateException("secret");
                    }
                    return text.toLowerCase().replace(' ', '-') + "-" + arguments[1];
                }
            }
            """;

    @Test
    void shouldConformByAReferenceFile() throws IOException {
        reference("country", "from,to\nDeutschland,DE\n\"Great Britain\",GB\nUK,GB\n");

        assertThat(value("CONFORM('country', s)", " deutschland ")).isEqualTo("DE");
        assertThat(value("CONFORM('country', s)", "uk")).isEqualTo("GB");
        assertThat(value("conform('country', s)", "gb")).isEqualTo("GB");
        assertThat(value("CONFORM('country', s)", "Atlantis")).isNull();
        assertThat(value("COALESCE(CONFORM('country', s), 'none')", "Atlantis")).isEqualTo("none");
    }

    @Test
    void shouldPlanAnewWhereAReferenceFileChanges() throws IOException {
        reference("country", "from,to\nDeutschland,DE\n");
        String before = plan("CONFORM('country', s)").fingerprint();
        assertThat(plan("CONFORM('country', s)").fingerprint()).isEqualTo(before);

        reference("country", "from,to\nDeutschland,D\n");

        assertThat(plan("CONFORM('country', s)").fingerprint()).isNotEqualTo(before);
    }

    @Test
    void shouldTellWhichReferenceFileIsMissing() throws IOException {
        reference("country", "from,to\nUK,GB\n");

        assertThatThrownBy(() -> plan("CONFORM('contry', s)"))
                .hasMessage(
                        "silver/result.sql:1:20: there is no reference/contry.csv in the domain's folder (did you mean \"country\"?); write one with the columns from,to, or LEFT JOIN the product that has the names");
    }

    @Test
    void shouldTellWhatIsWrongInAReferenceFile() throws IOException {
        reference("country", "from,to\nUK,GB\nuk,EN\n");

        assertThatThrownBy(() -> plan("CONFORM('country', s)"))
                .isInstanceOf(ProblemsException.class)
                .hasMessage("reference/country.csv:3: \"uk\" stands here twice, with different values");
    }

    @Test
    void shouldCallFunctionsOfAJar() throws IOException {
        jar();

        assertThat(value("SLUG(s, 3)", "Hello World")).isEqualTo("hello-world-3");
        assertThat(value("slug(CAST(NULL AS VARCHAR), 3)", "x")).isNull();
    }

    @Test
    void shouldQuarantineWhereAFunctionOfAJarFails() throws IOException {
        jar();

        Simulator simulator = run("slug(s, 3)", "");

        assertThat(simulator.rejections()).singleElement().satisfies(rejected -> assertThat(rejected.detail())
                .isEqualTo("silver/result.sql:1:12: the value does not fit the expression in \"slug(s, 3)\""));
    }

    @Test
    void shouldRefuseArgumentsThatAFunctionOfAJarDoesNotTake() throws IOException {
        jar();

        assertThatThrownBy(() -> plan("slug(s)")).hasMessageContaining("function 'SLUG'. Was expecting 2 arguments");
    }

    private void reference(String name, String csv) throws IOException {
        Path file = folder.resolve("reference").resolve(name + ".csv");
        Files.createDirectories(file.getParent());
        Files.writeString(file, csv);
    }

    private void jar() throws IOException {
        Path source = Files.createDirectories(folder.resolve("source/other")).resolve("Slug.java");
        Files.writeString(source, SLUG);
        int exit = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        source.toString());
        assertThat(exit).isZero();
        Path file = Files.createDirectories(folder.resolve("functions")).resolve("text.jar");
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file))) {
            jar.putNextEntry(new JarEntry("other/Slug.class"));
            jar.write(Files.readAllBytes(source.resolveSibling("Slug.class")));
            jar.putNextEntry(new JarEntry("META-INF/services/" + ScalarFunction.class.getName()));
            jar.write("other.Slug\n".getBytes(UTF_8));
        }
    }

    private String value(String expression, String s) {
        Simulator simulator = run(expression, s);
        assertThat(simulator.rejections()).isEmpty();
        return (String) simulator.output().values().iterator().next()[1];
    }

    private Simulator run(String expression, String s) {
        ModelPlan plan = plan(expression);
        Simulator simulator = new Simulator(plan, 1, new Random(1));
        simulator.send(plan.inputs().getFirst(), new Object[] {1L}, new Object[] {1L, s});
        simulator.run(10);
        return simulator;
    }

    private ModelPlan plan(String expression) {
        Domain domain =
                TestDomain.of("bronze.a id bigint key, s varchar", "silver.result id bigint key, v varchar null");
        return SqlPlanner.plan(
                TestDomain.model("SELECT id, " + expression + " AS v FROM bronze.a"),
                new Domain(folder, "test", "", "team", "contact", domain.products(), List.of(), List.of(), List.of()));
    }
}
