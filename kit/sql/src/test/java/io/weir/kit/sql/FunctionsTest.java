package io.weir.kit.sql;

import static io.weir.kit.testkit.Patience.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.stream.Output;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.calcite.avatica.util.ByteString;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every function gives what PostgreSQL gives, on the same row, or fails where PostgreSQL fails.
 *
 * <p>{@code functions.tsv}: expression, type, value; {@code !} before the reason of a failure; a {@code =} before the expression where PostgreSQL has no such
 * function. {@code -Dweir.golden.write=true} fills in the types, as planned, and the values, as PostgreSQL (or, behind {@code =}, Weir) gives them.
 */
class FunctionsTest {

    private static final Path FILE = Path.of("src/test/resources/functions.tsv");
    private static final Pattern INFERRED = Pattern.compile("column \"v\" is (.+?), but the contract says");

    /** Name, type, PostgreSQL's type where it has another name, and the value. */
    private static final List<List<String>> COLUMNS = List.of(
            List.of("id", "bigint", "bigint", "1"),
            List.of("i", "integer", "integer", "7"),
            List.of("j", "bigint", "bigint", "2"),
            List.of("neg", "integer", "integer", "-7"),
            List.of("zero", "integer", "integer", "0"),
            List.of("big", "bigint", "bigint", "9223372036854775807"),
            List.of("big4", "integer", "integer", "2147483647"),
            List.of("none", "integer", "integer", "null"),
            List.of("s", "varchar", "text", "Hello World"),
            List.of("pad", "varchar", "text", "  x y "),
            List.of("digits", "varchar", "text", "a12b345"),
            List.of("uni", "varchar", "text", "Änne 😀 é"),
            List.of("csv", "varchar", "text", "a,b,,d"),
            List.of("num", "varchar", "text", " 42 "),
            List.of("empty", "varchar", "text", ""),
            List.of("nul", "varchar", "text", "null"),
            List.of("day", "varchar", "text", "2026-03-31"),
            List.of(
                    "js",
                    "varchar",
                    "text",
                    "{\"a\": 1, \"b\": {\"c\": \"x\", \"n\": null}, \"l\": [10, 20, {\"k\": true}]}"),
            List.of("d", "decimal(8,2)", "numeric(8,2)", "-12.45"),
            List.of("e", "decimal(8,2)", "numeric(8,2)", "2.50"),
            List.of("f", "double", "float8", "2.5"),
            List.of("g", "double", "float8", "-3.75"),
            List.of("fz", "double", "float8", "0"),
            List.of("b", "boolean", "boolean", "true"),
            List.of("dt", "date", "date", "2026-03-31"),
            List.of("tm", "time", "time", "18:30:15.250"),
            List.of("t", "timestamp", "timestamp", "2026-03-31 18:30:15.250"),
            List.of("tz", "timestamptz", "timestamptz", "2026-03-31 18:30:15.250Z"),
            List.of("noday", "date", "date", "null"),
            List.of("bin", "varbinary", "bytea", "00ff10"));

    /** What operators and keywords become, and functions of aggregates. */
    private static final Set<String> PARSED_OTHERWISE = Set.of(
            "DATE_TRUNK",
            "TRANSLATE3",
            "EXTRACT_DOW",
            "EXTRACT_EPOCH",
            "EXTRACT_SECOND",
            "EXTRACT_MILLISECONDS",
            "EXTRACT_MICROSECONDS",
            "JSON_GET",
            "JSON_GET_TEXT",
            "JSON_PATH",
            "JSON_PATH_TEXT",
            "TIMEZONE",
            "GROUPING",
            "GROUPING_ID",
            "GROUP_ID");

    private static EmbeddedPostgres server;
    private static Connection postgres;

    @BeforeAll
    static void startPostgres() throws IOException, SQLException {
        server = EmbeddedPostgres.builder().setPGStartupWait(LIMIT).start();
        postgres = server.getPostgresDatabase().getConnection();
        try (Statement statement = postgres.createStatement()) {
            statement.execute("SET timezone = 'UTC'");
            statement.execute("CREATE SCHEMA bronze");
            StringBuilder columns = new StringBuilder();
            StringBuilder values = new StringBuilder();
            for (List<String> column : COLUMNS) {
                columns.append(columns.isEmpty() ? "" : ", ")
                        .append(column.get(0))
                        .append(' ')
                        .append(column.get(2))
                        .append(column.get(2).equals("text") ? " COLLATE \"C.utf8\"" : "");
                values.append(values.isEmpty() ? "" : ", ")
                        .append(
                                column.get(3).equals("null")
                                        ? "NULL"
                                        : "'%s'"
                                                .formatted(
                                                        (column.get(2).equals("bytea") ? "\\x" : "") + column.get(3)));
            }
            statement.execute("CREATE TABLE bronze.a (%s)".formatted(columns));
            statement.execute("INSERT INTO bronze.a VALUES (%s)".formatted(values));
        }
    }

    @AfterAll
    static void stopPostgres() throws IOException, SQLException {
        postgres.close();
        server.close();
    }

    static Stream<Arguments> rows() throws IOException {
        return Files.readAllLines(FILE).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split("\t", -1))
                .map(parts ->
                        Arguments.of(parts[0], parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void shouldGiveWhatPostgresqlGives(String row, String type, String expected) throws SQLException {
        if (Boolean.getBoolean("weir.golden.write")) {
            return;
        }
        boolean own = row.startsWith("=");
        String expression = own ? row.substring(1) : row;

        String actual = weir(expression, type);
        String theirs = own ? expected : postgresql(expression);

        if (expected.startsWith("!")) {
            assertThat(actual).isEqualTo(expected);
            assertThat(theirs).startsWith("!");
        } else {
            assertSame(type, actual, expected);
            assertSame(type, theirs, expected);
        }
    }

    @Test
    void shouldTryEveryFunction() throws IOException {
        String tried = Files.readString(FILE).toUpperCase(Locale.ROOT);

        assertThat(PostgresOperators.INSTANCE.scalarFunctions())
                .filteredOn(name -> !PARSED_OTHERWISE.contains(name))
                .allSatisfy(name -> assertThat(tried).containsPattern("\\b" + name + "\\("));
    }

    @Test
    void shouldWriteTheGoldenFile() throws IOException, SQLException {
        if (!Boolean.getBoolean("weir.golden.write")) {
            assertThat(FILE).exists();
            return;
        }
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(FILE)) {
            if (line.isBlank() || line.startsWith("#")) {
                lines.add(line);
                continue;
            }
            String row = line.split("\t", -1)[0];
            boolean own = row.startsWith("=");
            String expression = own ? row.substring(1) : row;
            String type = inferred(expression);
            String value = type.startsWith("?") || own ? "" : postgresql(expression);
            if (value.startsWith("!") || own) {
                value = type.startsWith("?") ? "" : weir(expression, type);
            }
            lines.add(row + "\t" + type + "\t" + value);
        }
        Files.write(FILE, lines);
    }

    static void assertSame(String type, String actual, String expected) {
        if (actual.equals(expected) || actual.startsWith("!") || expected.equals("null") || actual.equals("null")) {
            assertThat(actual).isEqualTo(expected);
            return;
        }
        switch (TestDomain.type(type)) {
            case DataType.Real _, DataType.DoublePrecision _ ->
                assertThat(Double.parseDouble(actual))
                        .isCloseTo(
                                Double.parseDouble(expected), within(1e-12 * Math.abs(Double.parseDouble(expected))));
            case DataType.Decimal(int _, int scale) -> {
                BigDecimal wanted = new BigDecimal(expected);
                if (wanted.scale() > scale) {
                    wanted = wanted.setScale(scale, java.math.RoundingMode.HALF_UP);
                }
                assertThat(new BigDecimal(actual)).isEqualByComparingTo(wanted);
            }
            default -> assertThat(actual).isEqualTo(expected);
        }
    }

    private static String tables() {
        StringBuilder text = new StringBuilder("bronze.a ");
        for (List<String> column : COLUMNS) {
            text.append(text.toString().endsWith(" ") ? "" : ", ")
                    .append(column.get(0))
                    .append(' ')
                    .append(column.get(1))
                    .append(column.get(0).equals("id") ? " key" : column.get(3).equals("null") ? " null" : "");
        }
        return text.toString();
    }

    static String inferred(String expression) {
        for (String guess : List.of("varchar", "varbinary")) {
            try {
                plan(expression, guess);
            } catch (ProblemsException e) {
                Matcher type = INFERRED.matcher(String.valueOf(e.getMessage()));
                return type.find()
                        ? type.group(1).toLowerCase(Locale.ROOT).replace(", ", ",")
                        : "?" + e.getMessage().replace('\n', ' ');
            }
            return guess;
        }
        return "?";
    }

    private static ModelPlan plan(String expression, String type) {
        Domain domain = TestDomain.of(tables(), "silver.result id bigint key, v " + type + " null");
        return SqlPlanner.plan(TestDomain.model("SELECT id, " + expression + " AS v FROM bronze.a"), domain);
    }

    static String weir(String expression, String type) {
        ModelPlan plan = plan(expression, type);
        DataProduct table = plan.inputs().getFirst();
        Simulator simulator = new Simulator(plan, 1, new Random(1));
        Object[] row = COLUMNS.stream()
                .map(column ->
                        column.get(3).equals("null") ? null : parse(TestDomain.type(column.get(1)), column.get(3)))
                .toArray();
        simulator.send(table, new Object[] {1L}, row);
        simulator.run(10);
        if (simulator.output().isEmpty()) {
            Output.Rejected rejected = simulator.rejections().getFirst();
            return "!" + rejected.detail().replaceFirst("^[^ ]+: ", "").replaceFirst(" in \".*", "");
        }
        Object value = simulator.output().values().iterator().next()[1];
        return value == null ? "null" : escape(render(TestDomain.type(type), value));
    }

    static String postgresql(String expression) throws SQLException {
        try (Statement statement = postgres.createStatement();
                ResultSet result = statement.executeQuery("SELECT (%s)::text FROM bronze.a".formatted(expression))) {
            result.next();
            String text = result.getString(1);
            return text == null ? "null" : escape(text);
        } catch (SQLException e) {
            return "!" + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        }
    }

    private static String escape(String text) {
        return text.replace("\n", "\\n").replace("\t", "\\t");
    }

    private static Object parse(DataType type, String text) {
        return switch (type) {
            case DataType.Bool _ -> Boolean.valueOf(text);
            case DataType.Int _ -> Integer.valueOf(text);
            case DataType.BigInt _ -> Long.valueOf(text);
            case DataType.DoublePrecision _ -> Double.valueOf(text);
            case DataType.Decimal _ -> new BigDecimal(text);
            case DataType.Varchar _ -> text;
            case DataType.Date _ -> (int) LocalDate.parse(text).toEpochDay();
            case DataType.Time _ -> (int) (LocalTime.parse(text).toNanoOfDay() / 1_000_000);
            case DataType.Timestamp(boolean zoned) ->
                zoned
                        ? Instant.parse(text.replace(' ', 'T')).toEpochMilli()
                        : LocalDateTime.parse(text.replace(' ', 'T'))
                                .toInstant(ZoneOffset.UTC)
                                .toEpochMilli();
            case DataType.Varbinary _ -> new ByteString(HexFormat.of().parseHex(text));
            default -> throw new IllegalStateException(type.toString());
        };
    }

    private static String render(DataType type, Object value) {
        return switch (type) {
            case DataType.Date _ -> LocalDate.ofEpochDay((Integer) value).toString();
            case DataType.Time _ ->
                fraction(LocalTime.ofNanoOfDay((Integer) value * 1_000_000L)
                        .format(DateTimeFormatter.ofPattern("HH:mm:ss.SSS")));
            case DataType.Timestamp(boolean zoned) ->
                fraction(LocalDateTime.ofInstant(Instant.ofEpochMilli((Long) value), ZoneOffset.UTC)
                                .format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS")))
                        + (zoned ? "+00" : "");
            case DataType.Varbinary _ ->
                "\\x" + HexFormat.of().formatHex(value instanceof ByteString bytes ? bytes.getBytes() : (byte[]) value);
            default -> value.toString();
        };
    }

    private static String fraction(String text) {
        return text.replaceFirst("0{1,2}$", "").replaceFirst("\\.0*$", "");
    }
}
