package io.weir.kit.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

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
        Header traceparent = null;
        Header origin = null;
        Header path = null;
        Header sourceTimestamp = null;
        Header position = null;
        // Once over all of them, for this is done with every record; the last of a name counts.
        for (Header header : headers) {
            switch (header.key()) {
                case TRACEPARENT -> traceparent = header;
                case ORIGIN -> origin = header;
                case PATH -> path = header;
                case SOURCE_TIMESTAMP -> sourceTimestamp = header;
                case POSITION -> position = header;
                default -> {}
            }
        }
        return new ChangeHeaders(
                text(traceparent),
                Objects.requireNonNullElse(text(origin), ""),
                Objects.requireNonNullElse(text(path), ""),
                number(text(sourceTimestamp)),
                text(position));
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
        return text(headers.lastHeader(name));
    }

    private static @Nullable String text(@Nullable Header header) {
        return header == null || header.value() == null ? null : new String(header.value(), UTF_8);
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
