package io.weir.kit.sql;

import io.weir.kit.sql.QueryGenerator.Col;
import java.util.List;
import java.util.Random;

/** Random aggregate calls. */
final class AggregateGenerator {

    private final Random random;

    AggregateGenerator(Random random) {
        this.random = random;
    }

    /** A call over the column; {@code filter} stands behind it. */
    Col call(Col column, String filter) {
        boolean number = QueryGenerator.isInteger(column)
                || column.type().startsWith("decimal")
                || column.type().equals("double");
        String x = column.sql();
        if (QueryGenerator.isNested(column)) {
            return new Col(
                    "COUNT(%s%s)".formatted(random.nextBoolean() ? "" : "DISTINCT ", x) + filter, "bigint", true);
        }
        boolean discrete = !column.type().equals("double");
        String distinct = discrete && random.nextInt(4) == 0 ? "DISTINCT " : "";
        return switch (random.nextInt(number ? 10 : 8)) {
            case 0 -> new Col("COUNT(*)" + filter, "bigint", true);
            case 1 -> new Col("COUNT(%s%s)".formatted(distinct, x) + filter, "bigint", true);
            case 2 -> minMax("MIN", column, filter);
            case 3 -> minMax("MAX", column, filter);
            case 4, 5 -> other(column, number, filter);
            case 6 -> textual(column, filter);
            case 7 -> new Col("BOOL_OR(%s IS NULL)%s".formatted(x, filter), "boolean", true);
            case 8 -> new Col("SUM(%s%s)".formatted(distinct, x) + filter, sumType(column), true);
            default -> new Col("CAST(AVG(%s%s)%s AS DOUBLE)".formatted(distinct, x, filter), "double", true);
        };
    }

    private Col other(Col column, boolean number, String filter) {
        String x = column.sql();
        if (column.type().equals("boolean")) {
            return new Col(
                    "%s(%s)%s".formatted(random.nextBoolean() ? "BOOL_AND" : "BOOL_OR", x, filter), "boolean", true);
        }
        if (number && random.nextBoolean()) {
            String function =
                    List.of("VAR_POP", "VAR_SAMP", "STDDEV_POP", "STDDEV_SAMP").get(random.nextInt(4));
            return new Col("CAST(%s(%s)%s AS DOUBLE)".formatted(function, x, filter), "double", true);
        }
        return number
                ? new Col(
                        "PERCENTILE_DISC(0.%d) WITHIN GROUP (ORDER BY %s)%s".formatted(random.nextInt(10), x, filter),
                        column.type(),
                        true)
                : new Col("ARG_MIN(%s, %s)%s".formatted(x, x, filter), column.type(), true);
    }

    private Col textual(Col column, String filter) {
        String x = column.sql();
        if (column.type().equals("integer")) {
            return new Col(
                    "ARRAY_AGG(%s ORDER BY %s%s)%s".formatted(x, x, random.nextBoolean() ? "" : " DESC", filter),
                    "integer[]",
                    true);
        }
        if (!column.type().equals("varchar")) {
            return new Col("ARG_MAX(%s, %s)%s".formatted(x, x, filter), column.type(), true);
        }
        boolean distinct = random.nextBoolean();
        return new Col(
                "STRING_AGG(%s%s, ',' ORDER BY %s%s)%s"
                        .formatted(distinct ? "DISTINCT " : "", x, x, random.nextBoolean() ? "" : " DESC", filter),
                "varchar",
                true);
    }

    private static Col minMax(String function, Col column, String filter) {
        return column.type().equals("boolean")
                ? new Col("COUNT(%s)".formatted(column.sql()) + filter, "bigint", true)
                : new Col("%s(%s)".formatted(function, column.sql()) + filter, column.type(), true);
    }

    private static String sumType(Col column) {
        return switch (column.type()) {
            case "integer" -> "bigint";
            case "bigint" -> "decimal(38,0)";
            case "double" -> "double";
            default -> "decimal(38," + column.type().substring(column.type().indexOf(',') + 1);
        };
    }
}
