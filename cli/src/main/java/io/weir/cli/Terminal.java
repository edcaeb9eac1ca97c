package io.weir.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Optional;

/** Where a command prints: knows whether a person looks on, and colours only then. */
public final class Terminal {

    private static final String ESCAPE = "\033[";

    private final PrintWriter out;
    private final boolean interactive;
    private final boolean coloured;

    public Terminal(PrintWriter out, boolean interactive, boolean coloured) {
        this.out = out;
        this.interactive = interactive;
        this.coloured = coloured;
    }

    /** The process's standard output; honours {@code NO_COLOR} (no-color.org) and {@code TERM=dumb}. */
    public static Terminal of(PrintWriter out) {
        boolean interactive = Optional.ofNullable(System.console())
                        .filter(Console::isTerminal)
                        .isPresent()
                && !"dumb".equals(System.getenv("TERM"));
        String noColor = System.getenv("NO_COLOR");
        return new Terminal(out, interactive, interactive && (noColor == null || noColor.isEmpty()));
    }

    /** A terminal that prints the same on every machine: no colours, nothing redrawn. */
    public static Terminal plain(PrintWriter out) {
        return new Terminal(out, false, false);
    }

    public boolean interactive() {
        return interactive;
    }

    public void line(String text) {
        out.println(text);
        out.flush();
    }

    /** Writes over the last {@code count} lines from their beginning; only where {@link #interactive}. */
    public void up(int count) {
        if (count > 0) {
            out.print(ESCAPE + count + "A");
        }
    }

    /** A line that replaces what stood there. */
    public void overwrite(String text) {
        out.println("\r" + ESCAPE + "K" + text);
        out.flush();
    }

    /** Replaces the line that is being written and stays on it. */
    public void transientLine(String text) {
        out.print("\r" + ESCAPE + "K" + text);
        out.flush();
    }

    public String bold(String text) {
        return paint("1", text);
    }

    public String dim(String text) {
        return paint("2", text);
    }

    public String red(String text) {
        return paint("31", text);
    }

    public String green(String text) {
        return paint("32", text);
    }

    public String yellow(String text) {
        return paint("33", text);
    }

    private String paint(String code, String text) {
        return coloured ? ESCAPE + code + "m" + text + ESCAPE + "0m" : text;
    }
}
