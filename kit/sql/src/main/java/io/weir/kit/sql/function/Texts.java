package io.weir.kit.sql.function;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.linq4j.function.Strict;

/** PostgreSQL's functions of text and bytes. Positions count characters (code points) from 1. Null in, null out. */
@Strict
public final class Texts {

    private Texts() {}

    public static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    public static int length(ByteString bytes) {
        return bytes.length();
    }

    public static int octetLength(String text) {
        int octets = 0;
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            octets += next < 0x80 ? 1 : next < 0x800 || Character.isSurrogate(next) ? 2 : 3;
        }
        return octets;
    }

    public static int bitLength(String text) {
        return 8 * octetLength(text);
    }

    public static String btrim(String text) {
        return btrim(text, " ");
    }

    public static String btrim(String text, String characters) {
        return ltrim(rtrim(text, characters), characters);
    }

    public static String ltrim(String text) {
        return ltrim(text, " ");
    }

    public static String ltrim(String text, String characters) {
        int start = 0;
        while (start < text.length()) {
            int next = text.codePointAt(start);
            if (characters.indexOf(next) < 0) {
                break;
            }
            start += Character.charCount(next);
        }
        return text.substring(start);
    }

    public static String rtrim(String text) {
        return rtrim(text, " ");
    }

    public static String rtrim(String text, String characters) {
        int end = text.length();
        while (end > 0) {
            int last = text.codePointBefore(end);
            if (characters.indexOf(last) < 0) {
                break;
            }
            end -= Character.charCount(last);
        }
        return text.substring(0, end);
    }

    public static String substring(String text, int from) {
        return between(text, from - 1L, Integer.MAX_VALUE);
    }

    public static String substring(String text, int from, int count) {
        if (count < 0) {
            throw new ValueException("a negative length of a substring");
        }
        return between(text, from - 1L, from - 1L + count);
    }

    /** Characters {@code start} (inclusive, from 0) to {@code end} (exclusive), as far as there are any. */
    private static String between(String text, long start, long end) {
        int length = length(text);
        int first = Math.clamp(start, 0, length);
        int last = Math.clamp(end, first, length);
        return length == text.length()
                ? text.substring(first, last)
                : text.substring(text.offsetByCodePoints(0, first), text.offsetByCodePoints(0, last));
    }

    public static String left(String text, int count) {
        return between(text, 0, count >= 0 ? count : (long) length(text) + count);
    }

    public static String right(String text, int count) {
        int length = length(text);
        return between(text, count >= 0 ? (long) length - count : -(long) count, length);
    }

    /** The position of a part, 0 where there is none. */
    public static int position(String part, String text) {
        int found = text.indexOf(part);
        return found < 0 ? 0 : text.codePointCount(0, found) + 1;
    }

    public static int strpos(String text, String part) {
        return position(part, text);
    }

    public static String replace(String text, String from, String to) {
        return from.isEmpty() ? text : text.replace(from, to);
    }

    /** The nth field, of a negative number the nth from the end; empty where there is none. */
    public static String splitPart(String text, String delimiter, int field) {
        if (field == 0) {
            throw new ValueException("field 0 of split_part: the first is 1, the last is -1");
        }
        if (delimiter.isEmpty()) {
            return field == 1 || field == -1 ? text : "";
        }
        return field > 0 ? fromStart(text, delimiter, field) : fromEnd(text, delimiter, -(long) field);
    }

    private static String fromStart(String text, String delimiter, int field) {
        int start = 0;
        for (int i = 1; ; i++) {
            int end = text.indexOf(delimiter, start);
            if (i == field) {
                return end < 0 ? text.substring(start) : text.substring(start, end);
            }
            if (end < 0) {
                return "";
            }
            start = end + delimiter.length();
        }
    }

    private static String fromEnd(String text, String delimiter, long field) {
        int end = text.length();
        for (long i = 1; ; i++) {
            int start = end < delimiter.length() ? -1 : text.lastIndexOf(delimiter, end - delimiter.length());
            if (i == field) {
                return start < 0 ? text.substring(0, end) : text.substring(start + delimiter.length(), end);
            }
            if (start < 0) {
                return "";
            }
            end = start;
        }
    }

    public static String lpad(String text, int length) {
        return lpad(text, length, " ");
    }

    public static String lpad(String text, int length, String fill) {
        int missing = length - length(text);
        return missing <= 0 ? left(text, Math.max(0, length)) : filling(fill, missing) + text;
    }

    public static String rpad(String text, int length) {
        return rpad(text, length, " ");
    }

    public static String rpad(String text, int length, String fill) {
        int missing = length - length(text);
        return missing <= 0 ? left(text, Math.max(0, length)) : text + filling(fill, missing);
    }

    private static String filling(String fill, int characters) {
        if (fill.isEmpty()) {
            return "";
        }
        bounded(characters);
        int size = length(fill);
        return fill.repeat(characters / size) + left(fill, characters % size);
    }

    public static String repeat(String text, int times) {
        bounded((long) text.length() * Math.max(0, times));
        return times <= 0 ? "" : text.repeat(times);
    }

    /** A mistake in a row must not take the memory of the stage. */
    private static void bounded(long characters) {
        if (characters > 10_000_000) {
            throw new ValueException("a text of more than 10 million characters");
        }
    }

    public static String reverse(String text) {
        return new StringBuilder(text).reverse().toString();
    }

    public static String initcap(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean inWord = false;
        for (int i = 0; i < text.length(); ) {
            int next = text.codePointAt(i);
            out.appendCodePoint(inWord ? Character.toLowerCase(next) : Character.toUpperCase(next));
            inWord = Character.isLetterOrDigit(next);
            i += Character.charCount(next);
        }
        return out.toString();
    }

    public static String translate(String text, String from, String to) {
        int[] targets = to.codePoints().toArray();
        int[] sources = from.codePoints().toArray();
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(next -> {
            for (int i = 0; i < sources.length; i++) {
                if (sources[i] == next) {
                    if (i < targets.length) {
                        out.appendCodePoint(targets[i]);
                    }
                    return;
                }
            }
            out.appendCodePoint(next);
        });
        return out.toString();
    }

    public static boolean startsWith(String text, String start) {
        return text.startsWith(start);
    }

    public static int ascii(String text) {
        return text.isEmpty() ? 0 : text.codePointAt(0);
    }

    public static String chr(int code) {
        if (code <= 0 || !Character.isValidCodePoint(code)) {
            throw new ValueException("there is no character of this number");
        }
        return Character.toString(code);
    }

    public static String toHex(long number) {
        return Long.toHexString(number);
    }

    public static String toHex(int number) {
        return Integer.toHexString(number);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    public static String md5(String text) {
        return hex("MD5", text.getBytes(UTF_8));
    }

    public static String md5(ByteString bytes) {
        return hex("MD5", bytes.getBytes());
    }

    public static ByteString sha256(ByteString bytes) {
        return new ByteString(digest("SHA-256", bytes.getBytes()));
    }

    private static String hex(String algorithm, byte[] bytes) {
        return HexFormat.of().formatHex(digest(algorithm, bytes));
    }

    private static byte[] digest(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }

    /** Forms are {@code hex} and {@code base64}. */
    public static String encode(ByteString bytes, String form) {
        return switch (form.toLowerCase(Locale.ROOT)) {
            case "hex" -> HexFormat.of().formatHex(bytes.getBytes());
            case "base64" -> Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(bytes.getBytes());
            default -> throw new ValueException("a form that is neither hex nor base64");
        };
    }

    public static ByteString decode(String text, String form) {
        try {
            return new ByteString(
                    switch (form.toLowerCase(Locale.ROOT)) {
                        case "hex" -> HexFormat.of().parseHex(text);
                        case "base64" -> Base64.getMimeDecoder().decode(text);
                        default -> throw new ValueException("a form that is neither hex nor base64");
                    });
        } catch (IllegalArgumentException e) {
            throw new ValueException("the text is not " + form);
        }
    }
}
