package io.weir.benchmarks;

import java.io.Console;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** Progress on standard error: results alone go to standard output. */
public final class Said {

    private final PrintStream out = System.err;
    private final boolean terminal = isTerminal(System.console());
    private long passedAt;

    public void line(String text) {
        out.println((terminal ? "\r\033[K" : "") + text);
    }

    /** Replaces the last such line on a terminal; every ten seconds elsewhere. */
    public void passing(String text) {
        if (terminal) {
            out.print("\r\033[K" + text);
            out.flush();
        } else if (System.nanoTime() - passedAt > 10_000_000_000L) {
            passedAt = System.nanoTime();
            out.println(text);
        }
    }

    private static boolean isTerminal(@Nullable Console console) {
        return console != null && console.isTerminal();
    }
}
