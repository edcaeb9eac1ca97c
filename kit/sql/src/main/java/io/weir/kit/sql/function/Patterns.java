package io.weir.kit.sql.function;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.calcite.linq4j.function.SemiStrict;
import org.apache.calcite.linq4j.function.Strict;
import org.jspecify.annotations.Nullable;

/**
 * LIKE, SIMILAR TO and regular expressions as PostgreSQL writes them. Null in, null out.
 *
 * <p>Regular expressions run on Java's engine: of alternatives that match, it takes the first and not the longest.
 */
@Strict
public final class Patterns {

    private static final int CACHED = 1000;
    private static final Map<String, Pattern> CACHE = new ConcurrentHashMap<>();
    private static final Map<String, String> CLASSES = Map.ofEntries(
            Map.entry("alpha", "\\p{IsAlphabetic}"),
            Map.entry("digit", "0-9"),
            Map.entry("alnum", "\\p{IsAlphabetic}0-9"),
            Map.entry("upper", "\\p{IsUppercase}"),
            Map.entry("lower", "\\p{IsLowercase}"),
            Map.entry("space", "\\s"),
            Map.entry("punct", "\\p{Punct}"),
            Map.entry("xdigit", "\\p{XDigit}"),
            Map.entry("blank", " \\t"),
            Map.entry("cntrl", "\\p{Cntrl}"),
            Map.entry("graph", "\\p{Graph}"),
            Map.entry("print", "\\p{Print}"),
            Map.entry("word", "\\w"));

    private Patterns() {}

    public static boolean like(String text, String pattern) {
        return like(text, pattern, "\\");
    }

    /** {@code %} stands for any text, {@code _} for one character; an empty {@code escape} for none. */
    public static boolean like(String text, String pattern, String escape) {
        if (escape.length() > 1) {
            throw new ValueException("an escape of more than one character");
        }
        int escaping = escape.isEmpty() ? -1 : escape.charAt(0);
        int at = 0;
        int next = 0;
        int star = -1;
        int resume = 0;
        while (at < text.length()) {
            if (next < pattern.length() && pattern.charAt(next) == '%' && escaping != '%') {
                star = ++next;
                resume = at;
                continue;
            }
            int step = next < pattern.length() ? matches(text, at, pattern, next, escaping) : 0;
            if (step > 0) {
                next += pattern.charAt(next) == escaping ? 2 : 1;
                at += step;
            } else if (star >= 0) {
                next = star;
                at = ++resume;
            } else {
                return false;
            }
        }
        while (next < pattern.length() && pattern.charAt(next) == '%') {
            next++;
        }
        return next == pattern.length();
    }

    /** How many units of text the pattern's next element takes; 0 where it does not match. */
    private static int matches(String text, int at, String pattern, int next, int escaping) {
        char wanted = pattern.charAt(next);
        if (wanted == escaping) {
            if (next + 1 == pattern.length()) {
                throw new ValueException("a LIKE pattern that ends with its escape character");
            }
            return pattern.charAt(next + 1) == text.charAt(at) ? 1 : 0;
        }
        if (wanted == '_') {
            return Character.charCount(text.codePointAt(at));
        }
        return wanted == text.charAt(at) ? 1 : 0;
    }

    public static boolean ilike(String text, String pattern) {
        return like(Texts.lower(text), Texts.lower(pattern));
    }

    public static boolean ilike(String text, String pattern, String escape) {
        return like(Texts.lower(text), Texts.lower(pattern), escape);
    }

    public static boolean similar(String text, String pattern) {
        return similar(text, pattern, "\\");
    }

    public static boolean similar(String text, String pattern, String escape) {
        return cached(":" + escape + "/" + pattern, () -> similarPattern(pattern, escape), Pattern.DOTALL)
                .matcher(text)
                .matches();
    }

    private static String similarPattern(String pattern, String escape) {
        StringBuilder out = new StringBuilder();
        boolean inClass = false;
        for (int i = 0; i < pattern.length(); i++) {
            char next = pattern.charAt(i);
            if (!escape.isEmpty() && next == escape.charAt(0) && i + 1 < pattern.length()) {
                out.append(Pattern.quote(pattern.substring(i + 1, i + 2)));
                i++;
            } else if (inClass) {
                inClass = next != ']';
                out.append(next == '\\' || next == '&' ? "\\" + next : String.valueOf(next));
            } else {
                switch (next) {
                    case '%' -> out.append(".*");
                    case '_' -> out.append('.');
                    case '\\', '^', '$', '.' -> out.append('\\').append(next);
                    case '[' -> {
                        inClass = true;
                        out.append(next);
                    }
                    default -> out.append(next);
                }
            }
        }
        return out.toString();
    }

    public static boolean regexpLike(String text, String pattern) {
        return regex(pattern, "").matcher(text).find();
    }

    public static boolean regexpLike(String text, String pattern, String flags) {
        return regex(pattern, flags).matcher(text).find();
    }

    public static boolean regexpLikeAnyCase(String text, String pattern) {
        return regex(pattern, "i").matcher(text).find();
    }

    public static String regexpReplace(String text, String pattern, String replacement) {
        return regexpReplace(text, pattern, replacement, "");
    }

    /** The first match, with the flag {@code g} every match. */
    public static String regexpReplace(String text, String pattern, String replacement, String flags) {
        return replace(text, regex(pattern, flags), replacement, 1, flags.indexOf('g') >= 0 ? 0 : 1);
    }

    public static String regexpReplace(String text, String pattern, String replacement, int start) {
        return replace(text, regex(pattern, ""), replacement, start, 1);
    }

    /** The nth match behind {@code start}, 0 for all. */
    public static String regexpReplace(String text, String pattern, String replacement, int start, int n) {
        return replace(text, regex(pattern, ""), replacement, start, n);
    }

    public static String regexpReplace(
            String text, String pattern, String replacement, int start, int n, String flags) {
        return replace(text, regex(pattern, flags), replacement, start, n);
    }

    private static String replace(String text, Pattern pattern, String replacement, int start, int n) {
        Matcher matcher = from(text, pattern, start);
        StringBuilder out = new StringBuilder();
        int copied = 0;
        for (int i = 1; matcher.find(); i++) {
            if (n == 0 || i == n) {
                out.append(text, copied, matcher.start());
                expand(replacement, matcher, out);
                copied = matcher.end();
                if (i == n) {
                    break;
                }
            }
        }
        return out.append(text, copied, text.length()).toString();
    }

    private static void expand(String replacement, Matcher match, StringBuilder out) {
        for (int i = 0; i < replacement.length(); i++) {
            char next = replacement.charAt(i);
            if (next != '\\' || i + 1 == replacement.length()) {
                out.append(next);
                continue;
            }
            char what = replacement.charAt(++i);
            if (what == '&') {
                out.append(match.group());
            } else if (Character.isDigit(what)) {
                String group = what - '0' <= match.groupCount() ? match.group(what - '0') : null;
                out.append(group == null ? "" : group);
            } else {
                out.append(what == '\\' ? "\\" : "\\" + what);
            }
        }
    }

    private static Matcher from(String text, Pattern pattern, int start) {
        if (start < 1) {
            throw new ValueException("a start before the first character, which is 1");
        }
        Matcher matcher = pattern.matcher(text);
        if (start > 1) {
            int length = Texts.length(text);
            matcher.region(text.offsetByCodePoints(0, Math.min(start - 1, length)), text.length());
            matcher.useAnchoringBounds(false).useTransparentBounds(true);
        }
        return matcher;
    }

    /** The part that matches, or its first group in parentheses; null where nothing does. */
    @SemiStrict
    public static @Nullable String substring(String text, String pattern) {
        Matcher matcher = regex(pattern, "").matcher(text);
        return !matcher.find() ? null : matcher.groupCount() > 0 ? matcher.group(1) : matcher.group();
    }

    @SemiStrict
    public static @Nullable String regexpSubstr(String text, String pattern) {
        return regexpSubstr(text, pattern, 1, 1, "", 0);
    }

    @SemiStrict
    public static @Nullable String regexpSubstr(String text, String pattern, int start) {
        return regexpSubstr(text, pattern, start, 1, "", 0);
    }

    @SemiStrict
    public static @Nullable String regexpSubstr(String text, String pattern, int start, int n) {
        return regexpSubstr(text, pattern, start, n, "", 0);
    }

    @SemiStrict
    public static @Nullable String regexpSubstr(String text, String pattern, int start, int n, String flags) {
        return regexpSubstr(text, pattern, start, n, flags, 0);
    }

    /** Of the nth match the whole (0) or a group. */
    @SemiStrict
    public static @Nullable String regexpSubstr(
            String text, String pattern, int start, int n, String flags, int group) {
        Matcher matcher = from(text, regex(pattern, flags), start);
        return nth(matcher, n) && group <= matcher.groupCount() ? matcher.group(group) : null;
    }

    public static int regexpCount(String text, String pattern) {
        return regexpCount(text, pattern, 1, "");
    }

    public static int regexpCount(String text, String pattern, int start) {
        return regexpCount(text, pattern, start, "");
    }

    public static int regexpCount(String text, String pattern, int start, String flags) {
        return (int) from(text, regex(pattern, flags), start).results().count();
    }

    /** The position of the first match, 0 where there is none. */
    public static int regexpInstr(String text, String pattern) {
        return regexpInstr(text, pattern, 1, 1);
    }

    public static int regexpInstr(String text, String pattern, int start) {
        return regexpInstr(text, pattern, start, 1);
    }

    public static int regexpInstr(String text, String pattern, int start, int n) {
        Matcher matcher = from(text, regex(pattern, ""), start);
        return nth(matcher, n) ? text.codePointCount(0, matcher.start()) + 1 : 0;
    }

    private static boolean nth(Matcher matcher, int n) {
        if (n < 1) {
            throw new ValueException("a match before the first, which is 1");
        }
        for (int i = 0; i < n; i++) {
            if (!matcher.find()) {
                return false;
            }
        }
        return true;
    }

    private static Pattern regex(String pattern, String flags) {
        int options = Pattern.DOTALL;
        for (int i = 0; i < flags.length(); i++) {
            options = switch (flags.charAt(i)) {
                case 'i' -> options | Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
                case 'c' -> options & ~Pattern.CASE_INSENSITIVE;
                case 'n', 'm' -> (options & ~Pattern.DOTALL) | Pattern.MULTILINE;
                case 's' -> options | Pattern.DOTALL;
                case 'x' -> options | Pattern.COMMENTS;
                case 'g' -> options;
                default -> throw new ValueException("a flag of regular expressions that is none of g i c n m s x");
            };
        }
        int chosen = options;
        return cached(flags + "/" + pattern, () -> javaPattern(pattern, (chosen & Pattern.MULTILINE) != 0), chosen);
    }

    private static Pattern cached(String key, java.util.function.Supplier<String> pattern, int options) {
        Pattern found = CACHE.get(key);
        if (found == null) {
            try {
                found = Pattern.compile(pattern.get(), options);
            } catch (PatternSyntaxException e) {
                throw new ValueException("a pattern that is no regular expression");
            }
            if (CACHE.size() >= CACHED) {
                CACHE.clear(); // patterns that come from rows
            }
            CACHE.put(key, found);
        }
        return found;
    }

    /** PostgreSQL's advanced regular expressions in Java's notation. */
    private static String javaPattern(String pattern, boolean multiline) {
        StringBuilder out = new StringBuilder();
        boolean inClass = false;
        for (int i = 0; i < pattern.length(); i++) {
            char next = pattern.charAt(i);
            if (next == '\\' && i + 1 < pattern.length()) {
                char what = pattern.charAt(++i);
                out.append(
                        switch (what) {
                            case 'm' -> "\\b(?=\\w)";
                            case 'M' -> "\\b(?<=\\w)";
                            case 'y' -> "\\b";
                            case 'Y' -> "\\B";
                            case 'Z' -> "\\z";
                            default -> "\\" + what;
                        });
            } else if (inClass && next == '[' && i + 1 < pattern.length() && pattern.charAt(i + 1) == ':') {
                int end = pattern.indexOf(":]", i);
                String name = end < 0 ? "" : pattern.substring(i + 2, end);
                String members = CLASSES.get(name);
                if (members == null) {
                    throw new ValueException("a class of characters that does not exist in a regular expression");
                }
                out.append(members);
                i = end + 1;
            } else if (inClass) {
                if (next == '[' || next == '&') {
                    out.append('\\');
                }
                out.append(next);
                inClass = next != ']';
            } else if (next == '[') {
                out.append(next);
                inClass = true;
                if (i + 1 < pattern.length() && pattern.charAt(i + 1) == '^') {
                    out.append(pattern.charAt(++i));
                }
                if (i + 1 < pattern.length() && pattern.charAt(i + 1) == ']') {
                    out.append("\\]");
                    i++;
                }
            } else if (next == '$' && !multiline) {
                out.append("\\z");
            } else {
                out.append(next);
            }
        }
        return out.toString();
    }
}
