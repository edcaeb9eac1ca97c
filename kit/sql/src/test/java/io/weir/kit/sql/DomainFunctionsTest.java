package io.weir.kit.sql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.OnError;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.contract.RowType;
import io.weir.kit.sql.spi.ScalarFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                        "silver/result.sql:1:20: there is no reference/contry.csv in the domain's folder (did you mean \"country\"?), and no product of that name; write one of the two");
    }

    @Test
    void shouldTellWhatIsWrongInAReferenceFile() throws IOException {
        reference("country", "from,to\nUK,GB\nuk,EN\n");

        assertThatThrownBy(() -> plan("CONFORM('country', s)"))
                .isInstanceOf(ProblemsException.class)
                .hasMessage("reference/country.csv:3: \"uk\" stands here twice, with different values");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            value = {
                "selected ~ SELECT id AS i, CONFORM('names', s) AS v FROM bronze.a ~ SELECT id AS i, (%s) AS v FROM bronze.a",
                "in an expression ~ SELECT id AS i, COALESCE(CONFORM('names', s), 'none') || '!' AS v FROM bronze.a ~ SELECT id AS i, COALESCE((%s), 'none') || '!' AS v FROM bronze.a",
                "as a condition ~ SELECT id AS i, s AS v FROM bronze.a WHERE CONFORM('bronze.names', s) = 'a' ~ SELECT id AS i, s AS v FROM bronze.a WHERE (%s) = 'a'",
                "grouped ~ SELECT 'x' || COALESCE(v, '') AS v, COUNT(*) AS i FROM (SELECT CONFORM('names', s) AS v FROM bronze.a) x GROUP BY 'x' || COALESCE(v, '') ~ SELECT 'x' || COALESCE(v, '') AS v, COUNT(*) AS i FROM (SELECT (%s) AS v FROM bronze.a) x GROUP BY 'x' || COALESCE(v, '')",
                "tried ~ SELECT id AS i, TRY(CONFORM('names', s)) AS v FROM bronze.a ~ SELECT id AS i, (%s) AS v FROM bronze.a",
            })
    void shouldConformByAProductAndFollowIt(String name, String sql, String asked) throws SQLException {
        String lookup =
                "SELECT COALESCE(MIN(h) FILTER (WHERE f), MIN(h)) FROM (SELECT upper(trim(variant)) AS w, here AS h, true AS f FROM bronze.names UNION ALL SELECT upper(trim(here)), here, false FROM bronze.names) r WHERE r.w = upper(trim(s))";
        String key = name.equals("grouped") ? "v varchar key, i bigint" : "i bigint key, v varchar null";
        Domain domain = TestDomain.of(
                "bronze.a id bigint key, s varchar null",
                "bronze.names variant varchar key, here varchar null, year integer null",
                "silver.result " + key);
        try (Oracle oracle = new Oracle(domain)) {
            ModelPlan plan = SqlPlanner.plan(TestDomain.model(sql), domain);
            for (int seed = 1; seed <= 8; seed++) {
                EqualsItsQueryTest.check(seed, 1 + seed % 3, new Random(seed), plan, asked.formatted(lookup), oracle);
            }
        }
    }

    @Test
    void shouldKeepToThePolicyOfAColumnThatConformsByAProduct() {
        DataProduct names = TestDomain.product("bronze.names variant varchar key, here varchar");
        DataProduct a = TestDomain.product("bronze.a id bigint key, s varchar null");
        DataProduct result = TestDomain.product("silver.result id bigint key, v varchar null");
        List<Column> columns = List.of(
                result.rowType().columns().getFirst(),
                new Column("v", new DataType.Varchar(), true, new OnError.Quarantine(true)));
        Domain domain = TestDomain.of("bronze.names variant varchar key, here varchar")
                .with(a)
                .with(new DataProduct(
                        result.name(),
                        result.version(),
                        new RowType(columns),
                        result.key(),
                        result.kind(),
                        result.onViolation(),
                        result.rules(),
                        result.partitions(),
                        result.file(),
                        result.document()));
        Simulator simulator = new Simulator(
                SqlPlanner.plan(TestDomain.model("SELECT id, CONFORM('names', s) AS v FROM bronze.a"), domain),
                1,
                new Random(1));

        simulator.send(names, new Object[] {"UK"}, new Object[] {"UK", "GB"});
        simulator.run(100);
        simulator.send(a, new Object[] {1L}, new Object[] {1L, " uk"});
        simulator.send(a, new Object[] {2L}, new Object[] {2L, null});
        simulator.run(100);
        assertThat(simulator.output().values()).contains(new Object[] {1L, "GB"}, new Object[] {2L, null});
        assertThat(simulator.rejections()).isEmpty();

        simulator.send(a, new Object[] {3L}, new Object[] {3L, "Atlantis"});
        simulator.run(100);
        assertThat(simulator.output()).doesNotContainKey(List.<Object>of(3L));
        assertThat(simulator.rejections()).singleElement().satisfies(rejected -> assertThat(rejected.detail())
                .startsWith("silver/result.sql:1:12: the value is not in the reference names"));

        simulator.send(names, new Object[] {"Atlantis"}, new Object[] {"Atlantis", "AT"});
        simulator.run(100);
        assertThat(simulator.output().get(List.<Object>of(3L))).containsExactly(3L, "AT");
    }

    @Test
    void shouldJoinAReferenceOnceForAValueAndReadTheRowsOnce() {
        String plan = TestDomain.plan(
                        "SELECT CONFORM('names', s) AS v, COUNT(*) AS i FROM bronze.a WHERE CONFORM('names', s) IS NOT NULL GROUP BY CONFORM('names', s)",
                        "bronze.a id bigint key, s varchar null",
                        "bronze.names variant varchar key, here varchar",
                        "silver.result v varchar key, i bigint")
                .explain()
                .text();

        assertThat(plan).containsOnlyOnce("bronze.test.a.v1").containsOnlyOnce("join-1:");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "SELECT *, CONFORM('names', s) AS v FROM bronze.a ~ 1:8: * beside CONFORM by the product names",
                "SELECT a.id, b.s AS v FROM bronze.a a JOIN bronze.a b ON a.s = CONFORM('names', b.s) ~ does not stand behind ON",
            })
    void shouldRefuseWhereAProductCannotBeJoined(String sql, String reason) {
        assertThatThrownBy(() -> TestDomain.plan(
                        sql,
                        "bronze.a id bigint key, s varchar null",
                        "bronze.names variant varchar key, here varchar",
                        "silver.result id bigint key, v varchar null"))
                .hasMessageContaining(reason);
    }

    @Test
    void shouldTellWhyAProductIsNoReference() {
        assertThatThrownBy(() -> TestDomain.plan(
                        "SELECT id, CONFORM('names', s) AS v FROM bronze.a",
                        "bronze.a id bigint key, s varchar null",
                        "bronze.names id integer key, here varchar",
                        "silver.result id bigint key, v varchar null"))
                .hasMessageStartingWith("silver/result.sql:1:20: bronze.names is no reference: it needs a primary key");
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
