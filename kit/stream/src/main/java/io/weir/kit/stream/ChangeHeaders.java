package io.weir.kit.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What is true of a change and not of its row, carried in record headers on every hop.
 *
 * @param traceparent W3C trace context, of the span that wrote the record
 * @param origin the system that first made the change: {@code postgresql:shop}, {@code push:partners}
 * @param path the stages that it has passed, first to last, separated by commas; empty at the source
 * @param sourceTimestampMs commit time in the source, ms since the epoch; -1 where unknown
 * @param position the source's log position
 */
public record ChangeHeaders(
        @Nullable String traceparent,
        String origin,
        String path,
        long sourceTimestampMs,
        @Nullable String position) {

    public static final String TRACEPARENT = "traceparent";
    public static final String ORIGIN = "weir-origin";
    public static final String PATH = "weir-path";
    public static final String SOURCE_TIMESTAMP = "weir-source-ts";
    public static final String POSITION = "weir-position";

    private static final List<String> NAMES = List.of(TRACEPARENT, ORIGIN, PATH, SOURCE_TIMESTAMP, POSITION);

    /** So many headers a change has at most. */
    static final int FIELDS = NAMES.size();

    /** How often the row is there, of a table whose whole row is the key; a decimal number, 1 where it is missing. */
    public static final String COUNT = "weir-count";

    /** What {@link #COUNT} says; an {@link IllegalArgumentException} where it is no number above 0. */
    public static long count(Headers headers) {
        String text = text(headers, COUNT);
        if (text == null) {
            return 1;
        }
        long count = number(text);
        if (count < 1) {
            throw new IllegalArgumentException(COUNT + " is no number above 0");
        }
        return count;
    }

    public static ChangeHeaders read(Headers headers) {
        return new Reader().read(headers);
    }

    /** Reads one record after the other: what one transaction of the source changed has the same headers, which are made out once. One per thread. */
    static final class Reader {

        private final byte[] @Nullable [] before = new byte[FIELDS] @Nullable [];
        private final byte[] @Nullable [] found = new byte[FIELDS] @Nullable [];
        private @Nullable ChangeHeaders last;

        /** The same object as before where nothing has changed. */
        ChangeHeaders read(Headers headers) {
            find(headers, found);
            ChangeHeaders same = last;
            if (same != null && Arrays.deepEquals(found, before)) {
                return same;
            }
            System.arraycopy(found, 0, before, 0, FIELDS);
            ChangeHeaders change = new ChangeHeaders(
                    text(found[0]),
                    Objects.requireNonNullElse(text(found[1]), ""),
                    Objects.requireNonNullElse(text(found[2]), ""),
                    number(text(found[3])),
                    text(found[4]));
            last = change;
            return change;
        }
    }

    /** The values of these headers, in the order of {@link #name}; null where one is missing. */
    static void find(Headers headers, byte[] @Nullable [] values) {
        Arrays.fill(values, null);
        // Once over all of them, for this is done with every record; the last of a name counts.
        for (Header header : headers) {
            int place = NAMES.indexOf(header.key());
            if (place >= 0) {
                values[place] = header.value();
            }
        }
    }

    static String name(int place) {
        return NAMES.get(place);
    }

    /** Replaces these headers in {@code headers}; other headers stay. */
    public void write(Headers headers) {
        set(headers, TRACEPARENT, traceparent);
        set(headers, ORIGIN, origin);
        set(headers, PATH, path);
        set(headers, SOURCE_TIMESTAMP, sourceTimestampMs < 0 ? null : Long.toString(sourceTimestampMs));
        set(headers, POSITION, position);
    }

    /** Whether the change has already been written by this stage. */
    public boolean hasPassed(StageId stage) {
        String id = stage.toString();
        for (int at = path.indexOf(id); at >= 0; at = path.indexOf(id, at + 1)) {
            int end = at + id.length();
            if ((at == 0 || path.charAt(at - 1) == ',') && (end == path.length() || path.charAt(end) == ',')) {
                return true;
            }
        }
        return false;
    }

    public ChangeHeaders passing(StageId stage) {
        return new ChangeHeaders(
                traceparent,
                origin,
                path.isEmpty() ? stage.toString() : path + "," + stage,
                sourceTimestampMs,
                position);
    }

    public ChangeHeaders withTraceparent(@Nullable String newTraceparent) {
        return new ChangeHeaders(newTraceparent, origin, path, sourceTimestampMs, position);
    }

    static @Nullable String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null ? null : text(header.value());
    }

    private static @Nullable String text(byte @Nullable [] value) {
        return value == null ? null : new String(value, UTF_8);
    }

    static void set(Headers headers, String name, @Nullable String value) {
        headers.remove(name);
        if (value != null) {
            headers.add(name, value.getBytes(UTF_8));
        }
    }

    private static long number(@Nullable String text) {
        if (text == null) {
            return -1;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException malformed) {
            return -1;
        }
    }
}
