package io.weir.kit.sql;

import io.weir.kit.sql.function.Formats;
import io.weir.kit.sql.function.Jsons;
import io.weir.kit.sql.function.Numbers;
import io.weir.kit.sql.function.Patterns;
import io.weir.kit.sql.function.Texts;
import io.weir.kit.sql.function.Times;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.SqlTableFunction;
import org.apache.calcite.sql.fun.SqlLibrary;
import org.apache.calcite.sql.fun.SqlLibraryOperatorTableFactory;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.util.SqlOperatorTables;
import org.apache.calcite.sql.validate.SqlNameMatcher;
import org.apache.calcite.sql.validate.SqlNameMatchers;
import org.jspecify.annotations.Nullable;

/**
 * The functions and operators that a query may use: ours, and of Calcite's those that are tested to mean what they mean in PostgreSQL.
 *
 * <p>Names are found whatever the case; only quoted names of products and columns have one.
 */
final class PostgresOperators implements SqlOperatorTable {

    /** Scalar functions of Calcite's that stay as they are. */
    private static final Set<String> CALCITES = Set.of(
            "LOWER",
            "UPPER",
            "TRIM",
            "OVERLAY",
            "CONCAT",
            "CONCAT_WS",
            "COALESCE",
            "NULLIF",
            "GREATEST",
            "LEAST",
            "CAST",
            "TRY_CAST",
            "ROUND",
            "CEIL",
            "CEILING",
            "FLOOR",
            "MOD",
            "SIGN",
            "LOG10",
            "CBRT",
            "PI",
            "DEGREES",
            "RADIANS",
            "SIN",
            "COS",
            "TAN",
            "ASIN",
            "ACOS",
            "ATAN",
            "ATAN2",
            "COT",
            "EXTRACT",
            "CARDINALITY",
            "JSON_VALUE",
            "JSON_QUERY",
            "JSON_EXISTS",
            "GROUPING",
            "GROUPING_ID",
            "GROUP_ID");

    static final PostgresOperators INSTANCE = new PostgresOperators();

    private final SqlOperatorTable calcite = SqlOperatorTables.chain(
            SqlLibraryOperatorTableFactory.INSTANCE.getOperatorTable(
                    EnumSet.of(SqlLibrary.STANDARD, SqlLibrary.POSTGRESQL)),
            SqlOperatorTables.of(
                    SqlLibraryOperators.MIN_BY, SqlLibraryOperators.MAX_BY, SqlLibraryOperators.ARRAY_AGG));
    private final Map<String, PostgresFunction> own = new TreeMap<>();
    private final List<SqlOperator> all = new ArrayList<>();

    private PostgresOperators() {
        text();
        numbers();
        times();
        json();
        all.addAll(own.values());
        calcite.getOperatorList().stream().filter(this::isKept).forEach(all::add);
        all.add(SqlLibraryOperators.TRY_CAST);
        all.add(Guard.TRY);
    }

    private void text() {
        add("length", Texts.class, "length(text) int", "length(bytes) int");
        add("char_length", Texts.class, "length(text) int");
        add("character_length", Texts.class, "length(text) int");
        add("octet_length", Texts.class, "octetLength(text) int", "length(bytes) int");
        add("bit_length", Texts.class, "bitLength(text) int");
        add("btrim", Texts.class, "btrim(text) text", "btrim(text, text) text");
        add("ltrim", Texts.class, "ltrim(text) text", "ltrim(text, text) text");
        add("rtrim", Texts.class, "rtrim(text) text", "rtrim(text, text) text");
        own.put(
                "SUBSTRING",
                PostgresFunction.of(
                                "substring", Texts.class, "substring(text, int) text", "substring(text, int, int) text")
                        .or(Patterns.class, "substring(text, text) text?"));
        add("substr", Texts.class, "substring(text, int) text", "substring(text, int, int) text");
        add("left", Texts.class, "left(text, int) text");
        add("right", Texts.class, "right(text, int) text");
        add("position", Texts.class, "position(text, text) int");
        add("strpos", Texts.class, "strpos(text, text) int");
        add("replace", Texts.class, "replace(text, text, text) text");
        add("split_part", Texts.class, "splitPart(text, text, int) text");
        add("lpad", Texts.class, "lpad(text, int) text", "lpad(text, int, text) text");
        add("rpad", Texts.class, "rpad(text, int) text", "rpad(text, int, text) text");
        add("repeat", Texts.class, "repeat(text, int) text");
        add("reverse", Texts.class, "reverse(text) text");
        add("initcap", Texts.class, "initcap(text) text");
        add("translate", Texts.class, "translate(text, text, text) text");
        add("translate3", Texts.class, "translate(text, text, text) text"); // the parser's name for it
        add("starts_with", Texts.class, "startsWith(text, text) boolean");
        add("ascii", Texts.class, "ascii(text) int");
        add("chr", Texts.class, "chr(int) text");
        add("to_hex", Texts.class, "toHex(int) text", "toHex(bigint) text");
        add("md5", Texts.class, "md5(text) text", "md5(bytes) text");
        add("sha256", Texts.class, "sha256(bytes) bytes");
        add("encode", Texts.class, "encode(bytes, text) text");
        add("decode", Texts.class, "decode(text, text) bytes");
        add("regexp_like", Patterns.class, "regexpLike(text, text) boolean", "regexpLike(text, text, text) boolean");
        add(
                "regexp_replace",
                Patterns.class,
                "regexpReplace(text, text, text) text",
                "regexpReplace(text, text, text, text) text",
                "regexpReplace(text, text, text, int) text",
                "regexpReplace(text, text, text, int, int) text",
                "regexpReplace(text, text, text, int, int, text) text");
        add(
                "regexp_substr",
                Patterns.class,
                "regexpSubstr(text, text) text?",
                "regexpSubstr(text, text, int) text?",
                "regexpSubstr(text, text, int, int) text?",
                "regexpSubstr(text, text, int, int, text) text?",
                "regexpSubstr(text, text, int, int, text, int) text?");
        add(
                "regexp_count",
                Patterns.class,
                "regexpCount(text, text) int",
                "regexpCount(text, text, int) int",
                "regexpCount(text, text, int, text) int");
        add(
                "regexp_instr",
                Patterns.class,
                "regexpInstr(text, text) int",
                "regexpInstr(text, text, int) int",
                "regexpInstr(text, text, int, int) int");
    }

    private void numbers() {
        add("abs", Numbers.class, "abs(int) same", "abs(bigint) same", "abs(decimal) same", "abs(double) double");
        add("trunc", Numbers.class, "trunc(decimal) same", "trunc(double) double", "trunc(decimal, int) same");
        add("power", Numbers.class, "power(double, double) double");
        add("sqrt", Numbers.class, "sqrt(double) double");
        add("exp", Numbers.class, "exp(double) double");
        add("ln", Numbers.class, "ln(double) double");
        add("log", Numbers.class, "log(double) double", "log(double, double) double");
        add(
                "div",
                Numbers.class,
                "div(int, int) int",
                "div(bigint, bigint) bigint",
                "div(decimal, decimal) decimal(38,0)");
        add("gcd", Numbers.class, "gcd(bigint, bigint) bigint");
        add("lcm", Numbers.class, "lcm(bigint, bigint) bigint");
        add(
                "width_bucket",
                Numbers.class,
                "widthBucket(decimal, decimal, decimal, int) int",
                "widthBucket(double, double, double, int) int");
    }

    private void times() {
        // The parser has a date_trunc of its own with fewer arguments, so PostgresSyntax calls ours otherwise.
        add(
                PostgresSyntax.DATE_TRUNC,
                Times.class,
                "truncate(text, timestamp) timestamp",
                "truncate(text, timestamptz) timestamptz",
                "truncateDate(text, date) timestamptz",
                "truncate(text, timestamptz, text) timestamptz");
        add(
                "date_bin",
                Times.class,
                "bin(interval, timestamp, timestamp) timestamp",
                "bin(interval, timestamptz, timestamptz) timestamptz");
        add(
                "date_part",
                Times.class,
                "part(text, timestamp) double",
                "part(text, timestamptz) double",
                "partOfDate(text, date) double",
                "partOfTime(text, time) double");
        add("timezone", Times.class, "toInstant(text, timestamp) timestamptz", "toLocal(text, timestamptz) timestamp");
        add("make_date", Times.class, "makeDate(int, int, int) date");
        add("make_time", Times.class, "makeTime(int, int, double) time");
        add("make_timestamp", Times.class, "makeTimestamp(int, int, int, int, int, double) timestamp");
        add("make_timestamptz", Times.class, "makeTimestamp(int, int, int, int, int, double) timestamptz");
        add(
                "to_char",
                Formats.class,
                "timestampToChar(timestamp, text) text",
                "timestamptzToChar(timestamptz, text) text",
                "dateToChar(date, text) text",
                "numberToChar(decimal, text) text",
                "numberToChar(double, text) text");
        add("to_date", Formats.class, "toDate(text, text) date");
        own.put(
                "TO_TIMESTAMP",
                PostgresFunction.of("to_timestamp", Formats.class, "toTimestamp(text, text) timestamptz")
                        .or(Times.class, "timestamp(double) timestamptz"));
        add(
                "extract_dow",
                Times.class,
                "dayOfWeek(timestamp) bigint",
                "dayOfWeek(timestamptz) bigint",
                "dayOfWeekOfDate(date) bigint");
        add(
                "extract_second",
                Times.class,
                "second(timestamp) decimal(8,3)",
                "second(timestamptz) decimal(8,3)",
                "secondOfTime(time) decimal(8,3)",
                "secondOfInterval(interval) decimal(8,3)");
        add(
                "extract_milliseconds",
                Times.class,
                "milliseconds(timestamp) decimal(8,3)",
                "milliseconds(timestamptz) decimal(8,3)",
                "millisecondsOfTime(time) decimal(8,3)");
        add(
                "extract_microseconds",
                Times.class,
                "microseconds(timestamp) bigint",
                "microseconds(timestamptz) bigint",
                "microsecondsOfTime(time) bigint");
        add(
                "extract_epoch",
                Times.class,
                "epoch(timestamp) decimal(19,3)",
                "epoch(timestamptz) decimal(19,3)",
                "epochOfDate(date) decimal(19,3)",
                "epochOfTime(time) decimal(19,3)",
                "epoch(interval) decimal(19,3)");
    }

    private void json() {
        add("json_get", Jsons.class, "get(text, text) text?", "get(text, int) text?");
        add("json_get_text", Jsons.class, "getText(text, text) text?", "getText(text, int) text?");
        add("json_path", Jsons.class, "path(text, text) text?");
        add("json_path_text", Jsons.class, "pathText(text, text) text?");
    }

    private void add(String name, Class<?> methods, String... signatures) {
        own.put(name.toUpperCase(Locale.ROOT), PostgresFunction.of(name, methods, signatures));
    }

    private boolean isKept(SqlOperator operator) {
        return !(operator instanceof SqlFunction function)
                || function instanceof SqlAggFunction
                || function instanceof SqlTableFunction
                || function.getSyntax() == SqlSyntax.INTERNAL
                || function.isDynamicFunction()
                || !function.isDeterministic()
                || function.getFunctionType() == SqlFunctionCategory.MATCH_RECOGNIZE
                || CALCITES.contains(function.getName().toUpperCase(Locale.ROOT));
    }

    /** The scalar functions by name, in upper case. */
    Set<String> scalarFunctions() {
        return Stream.concat(own.keySet().stream(), CALCITES.stream()).collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public void lookupOperatorOverloads(
            SqlIdentifier name,
            @Nullable SqlFunctionCategory category,
            SqlSyntax syntax,
            List<SqlOperator> found,
            SqlNameMatcher matcher) {
        if (name.isSimple() && syntax.family == SqlSyntax.FUNCTION) {
            PostgresFunction function = own.get(name.getSimple().toUpperCase(Locale.ROOT));
            if (function != null) {
                found.add(function);
                return;
            }
            if (name.getSimple().equalsIgnoreCase(Guard.TRY.getName())) {
                found.add(Guard.TRY);
                return;
            }
            if (name.getSimple().equalsIgnoreCase(ApproximateQuantile.VALUE.getName())) {
                found.add(ApproximateQuantile.VALUE);
                return;
            }
            if (name.getSimple().equalsIgnoreCase("TRY_CAST")) {
                found.add(SqlLibraryOperators.TRY_CAST);
                return;
            }
            if (name.getSimple().equalsIgnoreCase("VAR_SAMP")
                    || name.getSimple().equalsIgnoreCase("VARIANCE")) {
                found.add(SampleVariance.INSTANCE);
                return;
            }
        }
        if (name.isSimple() && syntax.family == SqlSyntax.BINARY) {
            SqlOperator arithmetic = DateArithmetic.NAMES.get(name.getSimple());
            if (arithmetic != null) {
                found.add(arithmetic);
                return;
            }
        }
        List<SqlOperator> candidates = new ArrayList<>();
        calcite.lookupOperatorOverloads(name, category, syntax, candidates, SqlNameMatchers.withCaseSensitive(false));
        candidates.stream().filter(this::isKept).forEach(found::add);
    }

    @Override
    public List<SqlOperator> getOperatorList() {
        return all;
    }

    /** These, and further functions for what is not found among them. */
    SqlOperatorTable and(List<? extends SqlOperator> further) {
        return new SqlOperatorTable() {
            @Override
            public void lookupOperatorOverloads(
                    SqlIdentifier name,
                    @Nullable SqlFunctionCategory category,
                    SqlSyntax syntax,
                    List<SqlOperator> found,
                    SqlNameMatcher matcher) {
                PostgresOperators.this.lookupOperatorOverloads(name, category, syntax, found, matcher);
                if (found.isEmpty() && name.isSimple() && syntax.family == SqlSyntax.FUNCTION) {
                    further.stream()
                            .filter(operator -> operator.getName().equalsIgnoreCase(name.getSimple()))
                            .forEach(found::add);
                }
            }

            @Override
            public List<SqlOperator> getOperatorList() {
                return Stream.concat(all.stream(), further.stream()).toList();
            }
        };
    }
}
