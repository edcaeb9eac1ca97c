package io.weir.benchmarks;

import java.io.PrintStream;

/** Progress on standard error: results alone go to standard output. */
final class Said {

    private final PrintStream out = System.err;
    private final boolean terminal =
            System.console() != null && System.console().isTerminal();
    private long passedAt;

    void line(String text) {
        out.println((terminal ? "\r\033[K" : "") + text);
    }

    /** Replaces the last such line on a terminal; every ten seconds elsewhere. */
    void passing(String text) {
        if (terminal) {
            out.print("\r\033[K" + text);
            out.flush();
        } else if (System.nanoTime() - passedAt > 10_000_000_000L) {
            passedAt = System.nanoTime();
            out.println(text);
        }
    }
}
