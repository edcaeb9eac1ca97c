package io.weir.kit.sql;

import io.weir.kit.sql.QueryGenerator.Col;
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
        boolean discrete = !column.type().equals("double");
        String distinct = discrete && random.nextInt(4) == 0 ? "DISTINCT " : "";
        return switch (random.nextInt(number ? 6 : 4)) {
            case 0 -> new Col("COUNT(*)" + filter, "bigint", true);
            case 1 -> new Col("COUNT(%s%s)".formatted(distinct, x) + filter, "bigint", true);
            case 2 -> minMax("MIN", column, filter);
            case 3 -> minMax("MAX", column, filter);
            case 4 -> new Col("SUM(%s%s)".formatted(distinct, x) + filter, sumType(column), true);
            default -> new Col("CAST(AVG(%s%s)%s AS DOUBLE)".formatted(distinct, x, filter), "double", true);
        };
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
