package io.weir.kit.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Random queries over three small tables, within the language that is maintained, together with the contract of their result. */
final class QueryGenerator {

    static final String A =
            "bronze.a id bigint key, k integer null, s varchar null, n bigint null, d decimal(8,2) null, f double null, t timestamp null, b boolean null";
    static final String B = "bronze.b id integer key, a_id bigint null, k integer null, s varchar null, q integer";
    static final String C = "bronze.c x varchar key, y integer key, v bigint null, d decimal(6,1) null";

    static final String E =
            "bronze.e:events id bigint key, k integer null, s varchar null, d decimal(8,2) null, g integer[] null, r row(x:integer;y:varchar) null";
    static final String M =
            "bronze.m k integer null, s varchar null, b boolean null, r row(x:integer;y:varchar) null, h map(integer) null";

    static final String VERSIONS = "bronze.v k integer key, t timestamp key, p bigint null";

    /** The tables, one of them of events, one whose row is its key, and one of versions. */
    static final String[] TABLES = {A, B, C, E, M, VERSIONS};

    /** A query and its contract, in {@link TestDomain}'s form. */
    record Query(String sql, String contract) {}

    record Col(String sql, String type, boolean nullable) {
        Col orNull() {
            return new Col(sql, type, true);
        }
    }

    /** A relation in FROM; {@code key} is enough of its columns to tell its rows apart, none where rows can be equal. */
    record Rel(String sql, String alias, List<Col> columns, List<Col> key) {}

    private final Random random;
    private int aliases;

    QueryGenerator(Random random) {
        this.random = random;
    }

    Query query() {
        List<Rel> rels = new ArrayList<>();
        StringBuilder from = new StringBuilder();
        List<Col> columns = new ArrayList<>();
        List<Col> keys = new ArrayList<>();
        Rel first = rel(2);
        from.append(first.sql()).append(' ').append(first.alias());
        rels.add(first);
        columns.addAll(qualified(first, first.columns(), false));
        keys.addAll(qualified(first, first.key(), false));
        int joins = random.nextInt(3);
        for (int i = 0; i < joins; i++) {
            Rel right = rel(1);
            List<Col> others = qualified(right, right.columns(), false);
            String condition = condition(columns, others);
            String kind = List.of("JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN")
                    .get(random.nextInt(6));
            if (kind.equals("FULL JOIN") && right.key().stream().anyMatch(Col::nullable)) {
                kind = "LEFT JOIN"; // else a row of null on each side alone would be two rows of one key
            }
            boolean free = random.nextInt(12) == 0;
            if (condition == null && !free) {
                continue;
            }
            if (free) {
                condition = kind.equals("FULL JOIN") ? condition : comparison(columns, others);
            } else if (random.nextInt(3) == 0) {
                String more = comparison(columns, others);
                condition = more == null ? condition : condition + " AND " + more;
            }
            if (condition == null) {
                kind = "CROSS JOIN";
            }
            from.append(' ')
                    .append(kind)
                    .append(' ')
                    .append(right.sql())
                    .append(' ')
                    .append(right.alias());
            if (condition != null) {
                from.append(" ON ").append(condition);
            }
            boolean extendsLeft = kind.equals("RIGHT JOIN") || kind.equals("FULL JOIN");
            boolean extendsRight = kind.equals("LEFT JOIN") || kind.equals("FULL JOIN");
            if (extendsLeft) {
                columns.replaceAll(Col::orNull);
                keys.replaceAll(Col::orNull);
            }
            columns.addAll(qualified(right, right.columns(), extendsRight));
            keys.addAll(qualified(right, right.key(), extendsRight));
            rels.add(right);
        }
        if (random.nextInt(8) == 0) {
            temporal(from, columns);
        }
        String where = random.nextInt(3) == 0 ? "" : " WHERE " + predicate(columns, 2);
        if (random.nextInt(4) == 0) {
            String subQuery = subQuery(columns);
            where = where.isEmpty()
                    ? " WHERE " + subQuery
                    : where + (random.nextInt(3) == 0 ? " OR " : " AND ") + subQuery;
        }
        boolean keyless = rels.stream().anyMatch(rel -> rel.key().isEmpty());
        return switch (random.nextInt(keyless ? 5 : 9)) {
            case 0 -> distinct(from.toString(), where, columns);
            case 1 -> counted(from.toString(), where, columns);
            case 2, 3, 4 -> grouped(from.toString(), where, columns);
            default -> plain(from.toString(), where, columns, keys);
        };
    }

    private Query distinct(String from, String where, List<Col> columns) {
        List<String> items = new ArrayList<>();
        List<String> contract = new ArrayList<>();
        int count = 1 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            Col column = pick(scalars(discrete(columns)));
            items.add(notNull(column) + " AS k" + i);
            contract.add("k" + i + " " + column.type() + " key");
        }
        return new Query(
                "SELECT DISTINCT " + String.join(", ", items) + " FROM " + from + where,
                "silver.result " + String.join(", ", contract));
    }

    /** The whole row is the key. */
    private Query counted(String from, String where, List<Col> columns) {
        List<String> items = new ArrayList<>();
        List<String> contract = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            Col column = pick(discrete(columns));
            items.add(column.sql() + " AS v" + i);
            contract.add("v" + i + " " + column.type() + " null");
        }
        return new Query(
                "SELECT " + String.join(", ", items) + " FROM " + from + where,
                "silver.result " + String.join(", ", contract));
    }

    /** Without floating-point numbers, whose sums differ in the last digit. */
    private static List<Col> discrete(List<Col> columns) {
        return columns.stream()
                .filter(column -> !column.type().equals("double"))
                .toList();
    }

    static boolean isNested(Col column) {
        return column.type().endsWith("[]") || isRecord(column) || isMap(column);
    }

    static boolean isRecord(Col column) {
        return column.type().startsWith("row(");
    }

    static boolean isMap(Col column) {
        return column.type().startsWith("map(");
    }

    private static List<Col> scalars(List<Col> columns) {
        return columns.stream().filter(column -> !isNested(column)).toList();
    }

    /** A part of a nested value: an element of an array, the number of a record, the value of a map's key. */
    Col part(Col nested) {
        String x = nested.sql();
        String part = isRecord(nested)
                ? (random.nextBoolean() ? "(%s).x" : "%s.x").formatted(x)
                : isMap(nested)
                        ? "%s['%s']".formatted(x, "abc".charAt(random.nextInt(3)))
                        : "%s[%d]".formatted(x, 1 + random.nextInt(2));
        return new Col(part, "integer", true);
    }

    private Query plain(String from, String where, List<Col> columns, List<Col> keys) {
        List<String> items = new ArrayList<>();
        List<String> contract = new ArrayList<>();
        for (Col column : keys) {
            Col key = column.type().equals("boolean")
                    ? new Col("CAST(%s AS VARCHAR)".formatted(column.sql()), "varchar", column.nullable())
                    : column;
            String name = "k" + items.size();
            items.add(notNull(key) + " AS " + name);
            contract.add(name + " " + key.type() + " key");
        }
        int values = random.nextInt(4);
        for (int i = 0; i < values; i++) {
            Col value = expression(columns, 2);
            items.add(value.sql() + " AS v" + i);
            contract.add("v" + i + " " + value.type() + " null");
        }
        return new Query(
                "SELECT " + String.join(", ", items) + " FROM " + from + where,
                "silver.result " + String.join(", ", contract));
    }

    private Query grouped(String from, String where, List<Col> columns) {
        List<String> items = new ArrayList<>();
        List<String> groups = new ArrayList<>();
        List<String> contract = new ArrayList<>();
        int keys = random.nextInt(6) == 0 ? 0 : 1 + random.nextInt(2);
        if (keys == 0) {
            items.add("1 AS one");
            contract.add("one integer key");
        }
        for (int i = 0; i < keys; i++) {
            Col key = pick(scalars(discrete(columns)));
            String sql = notNull(key);
            items.add(sql + " AS k" + i);
            groups.add(sql);
            contract.add("k" + i + " " + key.type() + " key");
        }
        int calls = 1 + random.nextInt(4);
        for (int i = 0; i < calls; i++) {
            Col call = aggregate(columns);
            items.add(call.sql() + " AS v" + i);
            contract.add("v" + i + " " + call.type() + " null");
        }
        String having = random.nextInt(4) == 0 ? " HAVING COUNT(*) > 1" : "";
        return new Query(
                "SELECT " + String.join(", ", items) + " FROM " + from + where
                        + (keys == 0 ? "" : " GROUP BY " + String.join(", ", groups)) + having,
                "silver.result " + String.join(", ", contract));
    }

    private Rel rel(int depth) {
        String alias = "r" + aliases++;
        int choice = random.nextInt(depth > 0 ? 12 : 5);
        return switch (choice) {
            case 0 -> table("bronze.a", alias, A);
            case 1 -> table("bronze.b", alias, B);
            case 2 -> table("bronze.c", alias, C);
            case 3 -> table("bronze.e", alias, E);
            case 4 -> table("bronze.m", alias, M);
            case 5 -> table("bronze.a", alias, A);
            case 6 -> groupedRel(alias, depth);
            case 7 -> setRel(alias, depth);
            case 8 -> windowRel(alias, depth);
            case 9 -> unnestedRel(alias);
            default -> topRel(alias, depth);
        };
    }

    /** The elements of arrays, which no column tells apart. */
    private Rel unnestedRel(String alias) {
        Rel events = table("bronze.e", "r" + aliases++, E);
        String sql =
                "(SELECT %1$s.id AS id, %1$s.s AS s, y.x AS x FROM bronze.e %1$s CROSS JOIN UNNEST(%1$s.g) AS y (x)%2$s)"
                        .formatted(
                                events.alias(),
                                random.nextBoolean()
                                        ? ""
                                        : " WHERE "
                                                + comparison(
                                                        pick(qualified(events, scalars(events.columns()), false))));
        return new Rel(
                sql,
                alias,
                List.of(new Col("id", "bigint", false), new Col("s", "varchar", true), new Col("x", "integer", true)),
                List.of());
    }

    private Rel setRel(String alias, int depth) {
        Rel left = rel(depth - 1);
        Rel right = rel(depth - 1);
        List<Col> rightColumns = qualified(right, right.columns(), false);
        List<Col> columns = new ArrayList<>();
        List<String> leftItems = new ArrayList<>();
        List<String> rightItems = new ArrayList<>();
        int count = 1 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            List<Col> leftColumns = discrete(qualified(left, left.columns(), false));
            Col a = pick(i == 0 ? scalars(leftColumns) : leftColumns);
            List<Col> alike = rightColumns.stream()
                    .filter(b -> b.type().equals(a.type()) || (isInteger(a) && isInteger(b)))
                    .toList();
            Col b = alike.isEmpty() ? a : pick(alike);
            boolean wide = a.type().equals("bigint") || b.type().equals("bigint");
            columns.add(new Col("u" + i, isInteger(a) && wide ? "bigint" : a.type(), true));
            leftItems.add(a.sql() + " AS u" + i);
            rightItems.add(alike.isEmpty() ? "NULL" : b.sql());
        }
        String operation = List.of("UNION", "UNION ALL", "INTERSECT", "INTERSECT ALL", "EXCEPT", "EXCEPT ALL")
                .get(random.nextInt(6));
        String sql = "(SELECT %s FROM %s %s %s SELECT %s FROM %s %s%s)"
                .formatted(
                        String.join(", ", leftItems),
                        left.sql(),
                        left.alias(),
                        operation,
                        String.join(", ", rightItems),
                        right.sql(),
                        right.alias(),
                        random.nextBoolean() ? "" : " WHERE " + predicate(rightColumns, 1));
        boolean keyless = operation.endsWith("ALL") || columns.stream().anyMatch(QueryGenerator::isNested);
        return new Rel(sql, alias, columns, keyless ? List.of() : columns);
    }

    private Rel groupedRel(String alias, int depth) {
        Rel inner = rel(depth - 1);
        List<Col> columns = qualified(inner, inner.columns(), false);
        Col key = pick(scalars(discrete(columns)));
        Col call = aggregate(columns);
        Col other = aggregate(columns);
        String where = random.nextBoolean() ? "" : " WHERE " + predicate(columns, 1);
        String sql = "(SELECT %s AS g, %s AS m, %s AS o FROM %s %s%s GROUP BY %s)"
                .formatted(key.sql(), call.sql(), other.sql(), inner.sql(), inner.alias(), where, key.sql());
        Col group = new Col("g", key.type(), key.nullable());
        return new Rel(
                sql,
                alias,
                List.of(group, new Col("m", call.type(), true), new Col("o", other.type(), true)),
                List.of(group));
    }

    /** The first rows of each partition. */
    private Rel topRel(String alias, int depth) {
        Rel inner = rel(depth - 1);
        List<Col> columns = qualified(inner, inner.columns(), false);
        Col partition = pick(scalars(discrete(columns)));
        Col order = pick(scalars(columns));
        Col value = expression(columns, 1);
        int limit = 1 + random.nextInt(3) * random.nextInt(2);
        String sql =
                "(SELECT p, w, o, rn FROM (SELECT %s AS p, %s AS w, %s AS o, ROW_NUMBER() OVER (PARTITION BY %s ORDER BY %s) AS rn FROM %s %s) z WHERE %s)"
                        .formatted(
                                partition.sql(),
                                value.sql(),
                                order.sql(),
                                partition.sql(),
                                total(order, inner),
                                inner.sql(),
                                inner.alias(),
                                limit == 1 && random.nextBoolean()
                                        ? "rn = 1"
                                        : "rn <= %d AND p IS NOT NULL".formatted(limit));
        Col key = new Col("p", partition.type(), partition.nullable());
        Col number = new Col("rn", "bigint", false);
        return new Rel(
                sql,
                alias,
                List.of(key, new Col("w", value.type(), true), new Col("o", order.type(), true), number),
                limit == 1 ? List.of(key) : List.of(key, number));
    }

    /** An order in which every row has its place. */
    private String total(Col order, Rel rows) {
        String direction = random.nextBoolean() ? "" : random.nextBoolean() ? " DESC" : " DESC NULLS LAST";
        return order.sql() + direction + ", "
                + qualified(rows, rows.key().isEmpty() ? rows.columns() : rows.key(), false).stream()
                        .map(column -> column.sql() + (random.nextBoolean() ? "" : " DESC"))
                        .collect(Collectors.joining(", "));
    }

    /** The rows with a window function. */
    private Rel windowRel(String alias, int depth) {
        Rel inner = rel(depth - 1);
        List<Col> columns = qualified(inner, inner.columns(), false);
        String partition = random.nextInt(4) == 0
                ? ""
                : "PARTITION BY %s "
                        .formatted(pick(columns.stream()
                                        .filter(column -> !column.type().equals("double"))
                                        .toList())
                                .sql());
        Col order = pick(scalars(columns));
        boolean unique = random.nextBoolean();
        String over = partition + "ORDER BY " + (unique ? total(order, inner) : order.sql());
        Col value = pick(columns);
        Col call =
                switch (random.nextInt(unique ? 6 : 3)) {
                    case 0 -> new Col("RANK() OVER (%s)".formatted(over), "bigint", false);
                    case 1 -> new Col("DENSE_RANK() OVER (%s)".formatted(over), "bigint", false);
                    case 2 -> framed(columns, over, unique);
                    case 3 -> new Col("ROW_NUMBER() OVER (%s)".formatted(over), "bigint", false);
                    case 4 ->
                        new Col(
                                "%s(%s, %d) OVER (%s)"
                                        .formatted(
                                                random.nextBoolean() ? "LAG" : "LEAD",
                                                value.sql(),
                                                1 + random.nextInt(2),
                                                over),
                                value.type(),
                                true);
                    default ->
                        new Col(
                                "%s(%s) OVER (%s %s)"
                                        .formatted(
                                                random.nextBoolean() ? "FIRST_VALUE" : "LAST_VALUE",
                                                value.sql(),
                                                over,
                                                frame()),
                                value.type(),
                                true);
                };
        String name = "w" + aliases++;
        List<Col> all = new ArrayList<>(inner.columns());
        all.add(new Col(name, call.type(), call.nullable()));
        return new Rel(
                "(SELECT %s.*, %s AS %s FROM %s %s)"
                        .formatted(inner.alias(), call.sql(), name, inner.sql(), inner.alias()),
                alias,
                all,
                inner.key());
    }

    private Col framed(List<Col> columns, String over, boolean rows) {
        Col call = aggregate(columns);
        int end = call.sql().indexOf(" FILTER");
        String plain = end < 0 ? call.sql() : call.sql().substring(0, end);
        if (Stream.of("DISTINCT", "AVG", "VAR_", "STDDEV_", "ARG_", "STRING_AGG", "ARRAY_AGG", "PERCENTILE")
                .anyMatch(plain::contains)) {
            plain = "COUNT(*)";
        }
        return new Col(
                "%s OVER (%s%s)".formatted(plain, over, rows ? " " + frame() : ""),
                plain.startsWith("COUNT") ? "bigint" : call.type(),
                true);
    }

    private String frame() {
        return List.of(
                        "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
                        "ROWS 1 PRECEDING",
                        "ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING",
                        "ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING",
                        "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
                        "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING",
                        "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING")
                .get(random.nextInt(7));
    }

    private static Rel table(String name, String alias, String text) {
        List<Col> columns = new ArrayList<>();
        List<Col> key = new ArrayList<>();
        for (String column : text.substring(text.indexOf(' ') + 1).split(", ")) {
            String[] words = column.split(" ");
            Col col = new Col(words[0], words[1], column.endsWith(" null"));
            columns.add(col);
            if (column.endsWith(" key")) {
                key.add(col);
            }
        }
        return new Rel(name, alias, columns, key);
    }

    private static List<Col> qualified(Rel rel, List<Col> columns, boolean nullable) {
        return columns.stream()
                .map(column -> new Col(rel.alias() + "." + column.sql(), column.type(), nullable || column.nullable()))
                .toList();
    }

    /** An equality or two between columns of like type; null where there are none. */
    private String condition(List<Col> left, List<Col> right) {
        List<String> equalities = new ArrayList<>();
        for (int i = 0; i < 12 && equalities.isEmpty() || i < 2; i++) {
            Col a = pick(left);
            Col b = pick(right);
            boolean integers = isInteger(a) && isInteger(b);
            if ((integers || a.type().equals(b.type()))
                    && !a.type().equals("double")
                    && !a.type().equals("boolean")) {
                equalities.add(
                        random.nextInt(6) == 0 && a.type().equals("varchar")
                                ? "LOWER(%s) = %s".formatted(a.sql(), b.sql())
                                : "%s = %s".formatted(a.sql(), b.sql()));
            }
        }
        if (equalities.isEmpty()) {
            return null;
        }
        if (random.nextInt(5) == 0) {
            equalities.add(comparison(pick(right)));
        }
        return String.join(" AND ", equalities);
    }

    /** A comparison across two relations; null where no columns are of like type. */
    private String comparison(List<Col> left, List<Col> right) {
        for (int i = 0; i < 12; i++) {
            Col a = pick(left);
            Col b = pick(right);
            if (a.type().equals(b.type()) && !a.type().equals("boolean")) {
                String operator = isMap(a)
                        ? "<>"
                        : List.of("<", "<=", ">", ">=", "<>", "IS DISTINCT FROM")
                                .get(random.nextInt(6));
                if (a.type().equals("timestamp") && random.nextBoolean()) {
                    return "%s BETWEEN %s - INTERVAL '%d' HOUR AND %s"
                            .formatted(a.sql(), b.sql(), 12 * random.nextInt(3), b.sql());
                }
                return "%s %s %s".formatted(a.sql(), operator, b.sql());
            }
        }
        return null;
    }

    /** Adds the version at a row's time. */
    private void temporal(StringBuilder from, List<Col> columns) {
        List<Col> times = columns.stream()
                .filter(column -> column.type().equals("timestamp"))
                .toList();
        List<Col> keys = columns.stream()
                .filter(column -> column.type().equals("integer"))
                .toList();
        if (times.isEmpty() || keys.isEmpty()) {
            return;
        }
        Rel versions = table("bronze.v", "r" + aliases++, VERSIONS);
        boolean outer = random.nextBoolean();
        from.append("%s JOIN bronze.v FOR SYSTEM_TIME AS OF %s %s ON %s.k = %s"
                .formatted(
                        outer ? " LEFT" : "",
                        pick(times).sql(),
                        versions.alias(),
                        versions.alias(),
                        pick(keys).sql()));
        columns.addAll(qualified(versions, versions.columns(), outer));
    }

    /** A condition that asks another table. */
    private String subQuery(List<Col> outer) {
        Rel inner = rel(0);
        List<Col> columns = qualified(inner, inner.columns(), false);
        List<String> conditions = new ArrayList<>();
        if (random.nextInt(3) > 0) {
            Optional.ofNullable(condition(outer, columns)).ifPresent(conditions::add);
        }
        if (random.nextInt(3) == 0) {
            Optional.ofNullable(comparison(outer, columns)).ifPresent(conditions::add);
        }
        if (random.nextBoolean()) {
            conditions.add(comparison(pick(columns)));
        }
        String from = "FROM %s %s%s"
                .formatted(
                        inner.sql(),
                        inner.alias(),
                        conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions));
        String not = random.nextBoolean() ? "" : "NOT ";
        Col x = pick(outer);
        List<Col> alike = columns.stream()
                .filter(column -> column.type().equals(x.type()) && !isRecord(x)) // IN takes no records
                .toList();
        return switch (random.nextInt(alike.isEmpty() ? 2 : 5)) {
            case 0 -> "%sEXISTS (SELECT 1 %s)".formatted(not, from);
            case 1 -> "(SELECT COUNT(*) %s) < %d".formatted(from, 1 + random.nextInt(3));
            case 2 ->
                x.type().equals("boolean") || isNested(x)
                        ? x.sql() + " IS NULL"
                        : "%s < ANY (SELECT %s %s)"
                                .formatted(x.sql(), pick(alike).sql(), from);
            default ->
                "%s %sIN (SELECT %s %s)".formatted(x.sql(), not, pick(alike).sql(), from);
        };
    }

    private String predicate(List<Col> columns, int depth) {
        if (depth > 0 && random.nextInt(3) == 0) {
            String a = predicate(columns, depth - 1);
            String b = predicate(columns, depth - 1);
            return switch (random.nextInt(3)) {
                case 0 -> "(%s OR %s)".formatted(a, b);
                case 1 -> "(%s AND %s)".formatted(a, b);
                default -> "NOT (%s)".formatted(a);
            };
        }
        return comparison(pick(columns));
    }

    private String comparison(Col column) {
        if (random.nextInt(6) == 0 && column.nullable()) {
            return column.sql() + (random.nextBoolean() ? " IS NULL" : " IS NOT NULL");
        }
        String operator = List.of("=", "<>", "<", "<=", ">", ">=").get(random.nextInt(6));
        if (isNested(column)) {
            return comparison(part(column));
        }
        return switch (column.type()) {
            case "boolean" -> random.nextBoolean() ? column.sql() : column.sql() + " IS NOT TRUE";
            case "varchar" ->
                random.nextInt(4) == 0
                        ? column.sql() + " LIKE '%" + "abc".charAt(random.nextInt(3)) + "%'"
                        : random.nextInt(4) == 0
                                ? column.sql() + " IN ('a', 'b', 'B')"
                                : column.sql() + " " + operator + " '" + "abB".charAt(random.nextInt(3)) + "'";
            case "timestamp" ->
                random.nextInt(4) == 0
                        ? "%s %s CURRENT_TIMESTAMP - INTERVAL '%d' HOUR"
                                .formatted(column.sql(), operator, random.nextInt(24))
                        : column.sql() + " " + operator + " TIMESTAMP '2026-01-0" + (1 + random.nextInt(3))
                                + " 00:00:00'";
            case "date" -> column.sql() + " " + operator + " DATE '2026-01-0" + (1 + random.nextInt(3)) + "'";
            case "double" -> "%s %s %d.5".formatted(column.sql(), operator, random.nextInt(3));
            default ->
                random.nextInt(5) == 0
                        ? "%s BETWEEN 1 AND %d".formatted(column.sql(), 1 + random.nextInt(3))
                        : "%s %s %d".formatted(column.sql(), operator, random.nextInt(4));
        };
    }

    private Col expression(List<Col> columns, int depth) {
        Col column = pick(columns);
        if (depth == 0) {
            return column;
        }
        if (random.nextInt(3) == 0) {
            return new FunctionGenerator(random).call(column);
        }
        String x = column.sql();
        if (isNested(column)) {
            return random.nextBoolean() ? column : expression(List.of(part(column)), depth - 1);
        }
        return switch (column.type()) {
            case "integer", "bigint" ->
                switch (random.nextInt(8)) {
                    case 0 -> new Col("%s + %d".formatted(x, random.nextInt(4)), column.type(), true);
                    case 1 -> new Col("%s / 2".formatted(x), column.type(), true);
                    case 2 -> new Col("COALESCE(%s, 7)".formatted(x), column.type(), true);
                    case 3 ->
                        new Col(
                                "CASE WHEN %s THEN %s ELSE -1 END".formatted(predicate(columns, 1), x),
                                column.type(),
                                true);
                    case 4 -> new Col("NULLIF(%s, 1)".formatted(x), column.type(), true);
                    case 5 ->
                        new Col(
                                (random.nextBoolean() ? "ABS(%s - 2)" : "GREATEST(%s, 2)").formatted(x),
                                column.type(),
                                true);
                    case 6 -> new Col("CAST(%s AS VARCHAR)".formatted(x), "varchar", true);
                    default -> column;
                };
            case "varchar" ->
                switch (random.nextInt(8)) {
                    case 6 -> new Col("LENGTH(%s)".formatted(x), "bigint", true);
                    case 0 -> new Col("UPPER(%s)".formatted(x), "varchar", true);
                    case 1 -> new Col("%s || '-x'".formatted(x), "varchar", true);
                    case 2 -> new Col("NULLIF(TRIM(%s), '')".formatted(x), "varchar", true);
                    case 3 -> new Col("COALESCE(%s, 'none')".formatted(x), "varchar", true);
                    case 4 -> new Col("SUBSTRING(%s FROM 1 FOR 1)".formatted(x), "varchar", true);
                    case 5 ->
                        new Col(
                                "CASE WHEN %s THEN 'yes' ELSE 'n' END".formatted(predicate(columns, 1)),
                                "varchar",
                                true);
                    default -> column;
                };
            case "timestamp" -> random.nextBoolean() ? column : new Col("CAST(%s AS DATE)".formatted(x), "date", true);
            case "double" -> random.nextBoolean() ? column : new Col("%s / 4".formatted(x), "double", true);
            case "boolean" -> random.nextBoolean() ? column : new Col("NOT %s".formatted(x), "boolean", true);
            default -> column;
        };
    }

    private Col aggregate(List<Col> columns) {
        String filter = random.nextInt(3) == 0 ? " FILTER (WHERE " + predicate(columns, 1) + ")" : "";
        Col column = pick(columns);
        return isNested(column) && random.nextBoolean()
                ? new AggregateGenerator(random).call(part(column), filter)
                : new AggregateGenerator(random).call(column, filter);
    }

    private static String notNull(Col column) {
        if (!column.nullable()) {
            return column.sql();
        }
        String none =
                switch (column.type()) {
                    case "varchar" -> "'?'";
                    case "timestamp" -> "TIMESTAMP '1999-01-01 00:00:00'";
                    case "date" -> "DATE '1999-01-01'";
                    case "boolean" -> "FALSE";
                    case "integer", "bigint" -> "-99";
                    default -> "-99.0";
                };
        return "COALESCE(%s, %s)".formatted(column.sql(), none);
    }

    static boolean isInteger(Col column) {
        return column.type().equals("integer") || column.type().equals("bigint");
    }

    private Col pick(List<Col> columns) {
        return columns.get(random.nextInt(columns.size()));
    }
}
