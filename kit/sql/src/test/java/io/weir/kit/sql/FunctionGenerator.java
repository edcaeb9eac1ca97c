package io.weir.kit.sql;

import io.weir.kit.sql.QueryGenerator.Col;
import java.util.List;
import java.util.Random;

/** Random calls of functions that DuckDB computes as PostgreSQL does. */
final class FunctionGenerator {

    private static final List<String> OF_TEXT = List.of(
            "LOWER(%s)",
            "REVERSE(%s)",
            "LEFT(%s, 1)",
            "LEFT(%s, -1)",
            "RIGHT(%s, 1)",
            "REPLACE(%s, 'a', 'xy')",
            "LPAD(%s, 3, '*')",
            "RPAD(%s, 1, '*')",
            "SPLIT_PART(%s, 'b', 1)",
            "CONCAT(%s, '!', NULL)",
            "TRANSLATE(%s, 'ab', 'A')",
            "REPEAT(%s, 2)",
            "MD5(%s)",
            "LTRIM(%s)",
            "REGEXP_REPLACE(%s, '[a-c]', '#', 'g')",
            "SUBSTRING(%s FROM 2)",
            "CASE WHEN %1$s LIKE '_b%%' OR %1$s ILIKE 'B' THEN 'b' ELSE %1$s END");
    private static final List<String> TEXT_TO_NUMBER =
            List.of("LENGTH(%s)", "STRPOS(%s, 'b')", "ASCII(%s)", "TRY_CAST(%s AS INTEGER)", "POSITION('b' IN %s)");
    private static final List<String> OF_INTEGER = List.of(
            "ABS(%s - 3)", "MOD(%s, 3)", "LEAST(%s, 2)", "GREATEST(%s, NULL, 1)", "NULLIF(%s, 2)", "%s - 2 * 3");
    private static final List<String> OF_DOUBLE =
            List.of("FLOOR(%s)", "CEIL(%s)", "SQRT(ABS(%s))", "EXP(%s / 100)", "TRUNC(%s)", "POWER(%s, 2)");
    private static final List<String> OF_TIMESTAMP = List.of(
            "DATE_TRUNC('month', %s)",
            "DATE_TRUNC('week', %s)",
            "DATE_TRUNC('day', %s)",
            "DATE_TRUNC('hour', %s)",
            "%s + INTERVAL '1 day'",
            "%s - INTERVAL '1' MONTH",
            "%s + INTERVAL '90' MINUTE");
    private static final List<String> FIELDS =
            List.of("YEAR", "QUARTER", "MONTH", "DAY", "DOW", "ISODOW", "DOY", "HOUR", "MINUTE", "WEEK");

    private final Random random;

    FunctionGenerator(Random random) {
        this.random = random;
    }

    Col call(Col column) {
        String x = column.sql();
        return switch (column.type()) {
            case "varchar" ->
                random.nextInt(4) == 0
                        ? new Col(one(TEXT_TO_NUMBER).formatted(x), "bigint", true)
                        : new Col(one(OF_TEXT).formatted(x), "varchar", true);
            case "integer", "bigint" -> new Col(one(OF_INTEGER).formatted(x), column.type(), true);
            case "double" -> new Col(one(OF_DOUBLE).formatted(x), "double", true);
            case "timestamp" ->
                random.nextInt(3) == 0
                        ? new Col("EXTRACT(%s FROM %s)".formatted(one(FIELDS), x), "bigint", true)
                        : new Col(one(OF_TIMESTAMP).formatted(x), "timestamp", true);
            default -> column;
        };
    }

    private String one(List<String> forms) {
        return forms.get(random.nextInt(forms.size()));
    }
}
