package io.weir.kit.sql;

import io.weir.kit.contract.DidYouMean;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.parser.SqlParseException;

/** What Calcite finds wrong, said as a person would, with the fix. */
final class Messages {

    private static final Pattern UNKNOWN_COLUMN = Pattern.compile("Column '(.+?)' not found in any table.*");
    private static final Pattern UNKNOWN_IN_TABLE = Pattern.compile("Column '(.+?)' not found in table '(.+?)'.*");
    private static final Pattern UNKNOWN_TABLE = Pattern.compile("Object '(.+?)' not found(?: within '(.+?)')?.*");
    private static final Pattern UNKNOWN_ALIAS = Pattern.compile("Table '(.+?)' not found.*");
    private static final Pattern AMBIGUOUS = Pattern.compile("Column '(.+?)' is ambiguous.*");
    private static final Pattern NOT_GROUPED = Pattern.compile("Expression '(.+?)' is not being grouped");
    private static final Pattern UNKNOWN_FUNCTION =
            Pattern.compile("No match found for function signature (\\w+)\\((.*)\\)");
    private static final Pattern UNKNOWN_TYPE = Pattern.compile("Unknown identifier '(.+?)'");
    private static final Pattern KEYWORD =
            Pattern.compile("Incorrect syntax near the keyword '(.+?)'.*", Pattern.DOTALL);
    private static final Pattern ENCOUNTERED = Pattern.compile("Encountered \"([^\"]*)\" at line.*", Pattern.DOTALL);

    /** Functions of PostgreSQL and of warehouses that are not there, and what does the same. */
    private static final Map<String, String> INSTEAD = Map.ofEntries(
            Map.entry("age", "a - b, which is days and less, or compare what EXTRACT gives"),
            Map.entry("array_length", "CARDINALITY(array)"),
            Map.entry("array_to_string", "STRING_AGG(x, ',' ORDER BY ...) of the rows"),
            Map.entry("string_to_array", "SPLIT_PART(text, ',', n)"),
            Map.entry("json_agg", "ARRAY_AGG(ROW(x, y) ORDER BY ...)"),
            Map.entry("jsonb_agg", "ARRAY_AGG(ROW(x, y) ORDER BY ...)"),
            Map.entry("json_build_object", "ROW(x, y) or MAP['key', x]"),
            Map.entry("jsonb_build_object", "ROW(x, y) or MAP['key', x]"),
            Map.entry("make_interval", "n * INTERVAL '1 day'"),
            Map.entry("median", "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY x)"),
            Map.entry("corr", "it with SUM(x * y), SUM(x), SUM(y) and COUNT(*)"),
            Map.entry("datediff", "date - date, or EXTRACT(EPOCH FROM b - a)"),
            Map.entry("dateadd", "time + n * INTERVAL '1 day'"),
            Map.entry("ifnull", "COALESCE(a, b)"),
            Map.entry("nvl", "COALESCE(a, b)"),
            Map.entry("iff", "CASE WHEN ... THEN a ELSE b END"),
            Map.entry("if", "CASE WHEN ... THEN a ELSE b END"),
            Map.entry("countif", "COUNT(*) FILTER (WHERE ...)"),
            Map.entry("safe_divide", "a / NULLIF(b, 0)"),
            Map.entry("div0", "a / NULLIF(b, 0)"));

    private Messages() {}

    static String syntax(SqlParseException e) {
        String message = String.valueOf(e.getMessage());
        Matcher encountered = ENCOUNTERED.matcher(message);
        if (encountered.matches()) {
            String word = encountered.group(1).trim().split("\\s+", 2)[0];
            if (word.equals("<EOF>") || word.isEmpty()) {
                return "the query ends too early";
            }
            if (word.chars().allMatch(c -> Character.isLetter(c) || c == '_')) {
                return unexpected(word);
            }
            return "\"%s\" is not expected here".formatted(word);
        }
        Matcher keyword = KEYWORD.matcher(message);
        return keyword.matches() ? unexpected(keyword.group(1)) : firstLine(message);
    }

    private static String unexpected(String word) {
        return "\"%s\" is not expected here; a name that is also a word of SQL is written in double quotes: \"%s\""
                .formatted(word, word.toLowerCase(java.util.Locale.ROOT));
    }

    static String validation(
            CalciteContextException e, String sql, Collection<String> products, Collection<String> columns) {
        String message = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
        message = String.valueOf(message).replace(PostgresSyntax.DATE_TRUNC, "date_trunc");
        Matcher matcher = UNKNOWN_IN_TABLE.matcher(message);
        if (matcher.matches()) {
            return "column \"%s\" is not in %s%s"
                    .formatted(matcher.group(1), matcher.group(2), DidYouMean.hint(matcher.group(1), columns));
        }
        matcher = UNKNOWN_COLUMN.matcher(message);
        if (matcher.matches()) {
            String name = matcher.group(1);
            boolean given = Pattern.compile("(?i)\\bas\\s+\"?%s\\b".formatted(Pattern.quote(name)))
                    .matcher(sql)
                    .find();
            return "column \"%s\" is not in any table of FROM%s"
                    .formatted(
                            name,
                            given
                                    ? "; what SELECT calls so is not known here: write its expression again"
                                    : DidYouMean.hint(name, columns));
        }
        matcher = UNKNOWN_TABLE.matcher(message);
        if (matcher.matches()) {
            String name = matcher.group(2) == null ? matcher.group(1) : matcher.group(2) + "." + matcher.group(1);
            return "there is no product \"%s\"%s".formatted(name, DidYouMean.hint(name, products));
        }
        matcher = UNKNOWN_ALIAS.matcher(message);
        if (matcher.matches()) {
            return "\"%s\" is not a table or alias of this FROM".formatted(matcher.group(1));
        }
        matcher = AMBIGUOUS.matcher(message);
        if (matcher.matches()) {
            return "column \"%s\" is in more than one table; write the table before it".formatted(matcher.group(1));
        }
        matcher = NOT_GROUPED.matcher(message);
        if (matcher.matches()) {
            return "%s is neither in GROUP BY nor inside an aggregate; add it to GROUP BY"
                    .formatted(matcher.group(1).replace("`", ""));
        }
        matcher = UNKNOWN_FUNCTION.matcher(message);
        if (matcher.matches()) {
            String name = matcher.group(1);
            boolean known = functionNames().contains(name.toUpperCase(java.util.Locale.ROOT));
            String instead = INSTEAD.get(name.toLowerCase(java.util.Locale.ROOT));
            return instead != null && !known
                    ? "there is no function %s here; write %s".formatted(name, instead)
                    : known
                            ? "function %s does not take (%s)".formatted(name, types(matcher.group(2)))
                            : "there is no function %s%s"
                                    .formatted(
                                            name,
                                            DidYouMean.of(name, functionNames())
                                                    .map(near -> " (did you mean \"%s\"?)".formatted(near))
                                                    .orElse(""));
        }
        matcher = UNKNOWN_TYPE.matcher(message);
        if (matcher.matches()) {
            return "there is no type " + matcher.group(1);
        }
        return firstLine(message).replace("`", "")
                + (message.startsWith("Values passed to ")
                        ? "; cast one side, and look for a record with EXISTS (SELECT 1 FROM b WHERE b.record = a.record)"
                        : "");
    }

    private static String types(String signature) {
        return signature.replace("<", "").replace(">", "");
    }

    private static List<String> functionNames() {
        return PostgresOperators.INSTANCE.getOperatorList().stream()
                .map(operator -> operator.getName())
                .filter(name -> !name.isEmpty() && Character.isLetter(name.charAt(0)))
                .distinct()
                .toList();
    }

    private static String firstLine(String message) {
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
