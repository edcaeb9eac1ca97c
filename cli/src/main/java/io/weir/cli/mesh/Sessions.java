package io.weir.cli.mesh;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts a program in a session (or process group) of its own, keeping its process id. */
public final class Sessions {

    private Sessions() {}

    /** What goes before the command; empty where the system has neither {@code setsid} nor Perl. */
    public static List<String> prefix() {
        if (isOnPath("setsid")) {
            return List.of("setsid");
        }
        if (isOnPath("perl")) {
            return List.of("perl", "-e", "setpgrp(0, 0); exec { $ARGV[0] } @ARGV", "--");
        }
        return List.of();
    }

    /** The command, so that it runs in one and leaves the processors to whoever else wants them. */
    static List<String> inTheBackground(List<String> command) {
        List<String> background = new ArrayList<>(prefix());
        if (isOnPath("nice")) {
            background.addAll(List.of("nice", "-n", "19"));
        }
        background.addAll(command);
        return background;
    }

    /** The command, so that it runs in one. */
    static List<String> detached(List<String> command) {
        List<String> detached = new ArrayList<>(prefix());
        detached.addAll(command);
        return detached;
    }

    static boolean isOnPath(String program) {
        String path = System.getenv("PATH");
        if (path == null) {
            return false;
        }
        for (String folder : path.split(File.pathSeparator, -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }
}
