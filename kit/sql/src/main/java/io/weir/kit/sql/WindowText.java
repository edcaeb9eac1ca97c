package io.weir.kit.sql;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A query's text with TUMBLE, HOP and SESSION of a product as DuckDB says them. Windows of a subquery stay as they are. */
final class WindowText {

    private static final String INTERVAL = "(INTERVAL\\s*'[^']*'\\s*\\w+)\\s*";
    private static final Pattern WINDOWS = Pattern.compile(
            ("TABLE\\s*\\(\\s*(TUMBLE|HOP)\\s*\\(\\s*TABLE\\s+([\\w.\"]+)\\s*,\\s*DESCRIPTOR\\s*\\(\\s*([\\w\"]+)\\s*\\)\\s*,\\s*"
                    + INTERVAL + "(?:,\\s*" + INTERVAL + ")?(?:,\\s*" + INTERVAL + ")?\\)\\s*\\)"),
            Pattern.CASE_INSENSITIVE);

    private static final Pattern SESSIONS = Pattern.compile(
            ("TABLE\\s*\\(\\s*SESSION\\s*\\(\\s*TABLE\\s+([\\w.\"]+)\\s*,\\s*DESCRIPTOR\\s*\\(\\s*([\\w\"]+)\\s*\\)\\s*,\\s*"
                    + "(?:DESCRIPTOR\\s*\\(([^)]*)\\)\\s*,\\s*)?" + INTERVAL + "\\)\\s*\\)"),
            Pattern.CASE_INSENSITIVE);

    private WindowText() {}

    static String of(String sql) {
        return tumblesAndHops(SESSIONS.matcher(sql)
                .replaceAll(call -> Matcher.quoteReplacement(
                        sessions(call.group(1), call.group(2), call.group(3), call.group(4)))));
    }

    /** A row that is more than the gap after the one before starts a session; rows of one moment are in one. */
    private static String sessions(String table, String time, @Nullable String keys, String gap) {
        String partition = keys == null ? "" : "PARTITION BY " + keys;
        String within = keys == null ? "PARTITION BY weir_session" : "PARTITION BY " + keys + ", weir_session";
        return "(SELECT * EXCLUDE (weir_start, weir_session), MIN(%2$s) OVER (%5$s) AS window_start, MAX(%2$s) OVER (%5$s) + %4$s AS window_end FROM (SELECT *, SUM(weir_start) OVER (%3$s ORDER BY %2$s) AS weir_session FROM (SELECT *, CASE WHEN %2$s - LAG(%2$s) OVER (%3$s ORDER BY %2$s) <= %4$s THEN 0 ELSE 1 END AS weir_start FROM %1$s WHERE %2$s IS NOT NULL)))"
                .formatted(table, time, partition, gap, within);
    }

    private static String tumblesAndHops(String sql) {
        return WINDOWS.matcher(sql).replaceAll(call -> {
            boolean tumbles = call.group(1).equalsIgnoreCase("TUMBLE");
            String slide = call.group(4);
            String size = tumbles ? slide : call.group(5);
            return Matcher.quoteReplacement(
                    windows(call.group(2), call.group(3), slide, size, call.group(tumbles ? 5 : 6)));
        });
    }

    private static String windows(String table, String time, String slide, String size, @Nullable String offset) {
        String origin = "TIMESTAMP '1970-01-01'" + (offset == null ? "" : " + " + offset);
        String start = "time_bucket(%s, %s, %s) - %s * step".formatted(slide, time, origin, slide);
        return "(SELECT * EXCLUDE (step) FROM (SELECT *, %1$s AS window_start, %1$s + %2$s AS window_end FROM %3$s, generate_series(0, CAST(epoch(%2$s) / epoch(%4$s) AS BIGINT)) AS steps(step)) WHERE window_start > %5$s - %2$s)"
                .formatted(start, size, table, slide, time);
    }
}
