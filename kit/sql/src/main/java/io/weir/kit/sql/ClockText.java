package io.weir.kit.sql;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A query's text with a moment in the place of the current time. */
final class ClockText {

    /** Comments and quoted text, which stay as they are, and the names of the current time. */
    private static final Pattern PARTS = Pattern.compile(
            "--[^\n]*|/\\*.*?\\*/|[eE]'(?:[^'\\\\]|\\\\.)*'|'[^']*'|\"[^\"]*\"|\\b(?<time>CURRENT_TIMESTAMP|LOCALTIMESTAMP|NOW\\s*\\(\\s*\\))(?!\\w)|\\b(?<date>CURRENT_DATE)\\b",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd").withZone(ZoneOffset.UTC);

    private ClockText() {}

    static String at(String sql, Instant now) {
        return PARTS.matcher(sql)
                .replaceAll(part -> Matcher.quoteReplacement(
                        part.group("time") != null
                                ? "TIMESTAMP '" + TIME.format(now) + "'"
                                : part.group("date") != null ? "DATE '" + DATE.format(now) + "'" : part.group()));
    }
}
