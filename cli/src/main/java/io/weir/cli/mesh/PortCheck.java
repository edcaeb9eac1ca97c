package io.weir.cli.mesh;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Tells before the start which ports are taken, by whom, and how to choose others. */
public final class PortCheck {

    private PortCheck() {}

    /** A port of the mesh. */
    public record Need(int port, String part, String option) {}

    /** One message per port that cannot be used; empty where all is well. */
    public static List<String> problems(List<Need> needs) {
        List<String> problems = new ArrayList<>();
        Set<Integer> seen = new HashSet<>();
        for (Need need : needs) {
            if (!seen.add(need.port())) {
                problems.add("port %d is given to two parts, one of them %s: choose another with %s N"
                        .formatted(need.port(), need.part(), need.option()));
            } else if (!isFree(need.port())) {
                problems.add(
                        "port %d on 127.0.0.1 is in use%s, and %s needs it: stop that program, or choose another port with %s N (or move all with --port-base N)"
                                .formatted(
                                        need.port(),
                                        owner(need.port())
                                                .map(by -> " by " + by)
                                                .orElse(""),
                                        need.part(),
                                        need.option()));
            }
        }
        return problems;
    }

    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // As servers do: a connection of the last run in TIME_WAIT is no obstacle.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 1);
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /** Who listens there, as far as the system tells us (Linux, own processes): {@code process 4711 (java)}. */
    static Optional<String> owner(int port) {
        return inode(port).flatMap(PortCheck::processOf);
    }

    private static Optional<String> inode(int port) {
        String suffix = String.format(Locale.ROOT, ":%04X", port);
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            try {
                for (String line : Files.readAllLines(Path.of(table))) {
                    String[] fields = line.strip().split("\\s+", -1);
                    if (fields.length > 9 && fields[1].endsWith(suffix) && fields[3].equals("0A")) {
                        return Optional.of("socket:[" + fields[9] + "]");
                    }
                }
            } catch (IOException notLinux) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Optional<String> processOf(String socket) {
        return ProcessHandle.allProcesses()
                .filter(process -> holds(process.pid(), socket))
                .findFirst()
                .map(process -> "process %d (%s)"
                        .formatted(
                                process.pid(),
                                process.info()
                                        .command()
                                        .map(command ->
                                                String.valueOf(Path.of(command).getFileName()))
                                        .orElse("unknown")));
    }

    private static boolean holds(long pid, String socket) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return descriptors.anyMatch(descriptor -> {
                try {
                    return Files.readSymbolicLink(descriptor).toString().equals(socket);
                } catch (IOException closed) {
                    return false;
                }
            });
        } catch (IOException | java.io.UncheckedIOException notOurs) {
            return false;
        }
    }
}
