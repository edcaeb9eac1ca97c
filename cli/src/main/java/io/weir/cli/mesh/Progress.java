package io.weir.cli.mesh;

import io.weir.cli.Terminal;
import io.weir.cli.Texts;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Shows a start to a person: a line per part, redrawn on a terminal, else printed when the part comes into a state that matters. */
public final class Progress {

    private final Terminal terminal;
    private final Map<String, String> printed = new HashMap<>();
    private int drawn;

    public Progress(Terminal terminal) {
        this.terminal = terminal;
    }

    public synchronized void show(List<Run.Part> parts) {
        int width = parts.stream().mapToInt(part -> part.name().length()).max().orElse(0);
        if (terminal.interactive()) {
            terminal.up(drawn);
            parts.forEach(part -> terminal.overwrite(line(part, width)));
            drawn = parts.size();
            return;
        }
        for (Run.Part part : parts) {
            String key = part.state() + " " + part.detail();
            if (isWorthALine(part.state()) && !key.equals(printed.put(part.name(), key))) {
                terminal.line(line(part, width));
            }
        }
    }

    private static boolean isWorthALine(Run.PartState state) {
        return switch (state) {
            case READY, NOT_READY, RESTARTING, FAILED, DONE, STOPPED -> true;
            case WAITING, STARTING -> false;
        };
    }

    String line(Run.Part part, int width) {
        String seconds = part.seconds() < 0 ? "" : Texts.duration(Duration.ofMillis(Math.round(part.seconds() * 1000)));
        String restarts = part.restarts() == 0 ? "" : "  (" + Texts.plural(part.restarts(), "restart") + ")";
        String padded = String.format(Locale.ROOT, "%-11s", stateName(part.state()));
        return "  %s  %s %8s  %s%s"
                .formatted(
                        pad(part.name(), width),
                        paint(terminal, part.state(), padded),
                        seconds,
                        part.detail(),
                        restarts)
                .stripTrailing();
    }

    /** The state as a person reads it. */
    public static String stateName(Run.PartState state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** The text in the state's colour. */
    public static String paint(Terminal terminal, Run.PartState state, String text) {
        return switch (state) {
            case READY, DONE -> terminal.green(text);
            case NOT_READY, RESTARTING, STARTING -> terminal.yellow(text);
            case FAILED -> terminal.red(text);
            case WAITING, STOPPED -> terminal.dim(text);
        };
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
