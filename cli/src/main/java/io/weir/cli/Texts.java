package io.weir.cli;

import java.time.Duration;
import java.util.Locale;

/** How amounts read to a person. */
public final class Texts {

    private Texts() {}

    /** {@code 820 ms}, {@code 14.2 s}, {@code 3 min 5 s}, {@code 2 h 10 min}, {@code 4 d 3 h}. */
    public static String duration(Duration duration) {
        long ms = Math.max(0, duration.toMillis());
        if (ms < 1000) {
            return ms + " ms";
        }
        if (ms < 60_000) {
            return String.format(Locale.ROOT, "%.1f s", ms / 1000.0);
        }
        if (ms < 3_600_000) {
            return "%d min %d s".formatted(ms / 60_000, ms / 1000 % 60);
        }
        if (ms < 86_400_000) {
            return "%d h %d min".formatted(ms / 3_600_000, ms / 60_000 % 60);
        }
        return "%d d %d h".formatted(ms / 86_400_000, ms / 3_600_000 % 24);
    }

    /** {@code 640 MB}, {@code 1.4 GB}; decimal units. */
    public static String size(long bytes) {
        if (bytes < 0) {
            return "-";
        }
        if (bytes < 1_000_000) {
            return "%d kB".formatted(bytes / 1000);
        }
        if (bytes < 1_000_000_000) {
            return "%d MB".formatted(Math.round(bytes / 1e6));
        }
        return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }

    /** {@code 1,234,567}; {@code -} where it is negative, hence unknown. */
    public static String count(long count) {
        return count < 0 ? "-" : String.format(Locale.ROOT, "%,d", count);
    }

    /** {@code 1 row}, {@code 2 rows}. */
    public static String plural(long count, String noun) {
        return count(count) + " " + noun + (count == 1 ? "" : "s");
    }
}
