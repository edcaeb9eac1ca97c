package io.weir.infra.local;

import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a JVM has loaded, linked and learnt when a part is up, kept in a file for later starts, which take half the processor time with it (an AOT
 * cache: JEP 483, 514 and 515).
 *
 * <p>A cache belongs to one JDK and one build of the part: its name says which, and where either has changed it is as if there were none. Only
 * Quarkus applications have one. Some 120 MB each.
 */
public final class StartupCache {

    /** To write a cache takes a JVM of its own, maybe at low priority on a busy machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** Ends the name of what a JVM writes until it is a cache. */
    private static final String UNFINISHED = ".unfinished";

    private final Path folder;

    /** @param folder where the caches are kept; made if missing */
    public StartupCache(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    /** The part with its cache, where there is one; as it is, where not. */
    public PartSpec use(PartSpec part) {
        return application(part)
                .filter(application -> Files.exists(cache(part, application)))
                .map(application ->
                        part.withCommand(application.command(List.of("-XX:AOTCache=" + cache(part, application)))))
                .orElse(part);
    }

    /** Whether the part could have a cache, and has none of this build. */
    public boolean lacks(PartSpec part) {
        return application(part)
                .filter(application -> !Files.exists(cache(part, application)))
                .isPresent();
    }

    /** The part, to be run once and stopped when it has done what it does: ending, it writes its cache, which may take minutes. */
    public PartSpec training(PartSpec part) {
        try {
            // Without it the JVM would not even start.
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new PartException("%s cannot be made: %s".formatted(folder, e.getMessage()), e);
        }
        return part.withCommand(
                        application(part).orElseThrow().command(List.of("-XX:AOTCacheOutput=" + unfinished(part))))
                .withTimeouts(PATIENCE, PATIENCE);
    }

    /** Keeps what a training run of the part has written, and removes what is left of other builds. */
    public void keep(PartSpec part) {
        Path cache = cache(part, application(part).orElseThrow());
        try {
            if (!Files.exists(unfinished(part))) {
                throw new PartException(part.name() + " has written no start-up cache");
            }
            try (Stream<Path> files = Files.list(folder)) {
                for (Path old : files.filter(file -> isOf(part, file)).toList()) {
                    Files.delete(old);
                }
            }
            Files.move(unfinished(part), cache, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes what training runs that were killed have left. */
    public void tidy() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path left :
                    files.filter(file -> file.toString().contains(UNFINISHED)).toList()) {
                Files.delete(left);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOf(PartSpec part, Path file) {
        return String.valueOf(file.getFileName()).matches("\\Q" + part.name() + "\\E-[0-9a-f]+\\.aot");
    }

    private Path unfinished(PartSpec part) {
        return folder.resolve(part.name() + UNFINISHED);
    }

    private Path cache(PartSpec part, Application application) {
        return folder.resolve("%s-%08x.aot".formatted(part.name(), application.build()));
    }

    /**
     * A Quarkus application, to be started from a flat class path: of what its own class loader loads, nothing is cached.
     *
     * @param command of the part, with {@code -jar} at {@code at}
     */
    private record Application(List<String> command, int at, String mainClass, List<Path> classPath) {

        List<String> command(List<String> flags) {
            List<String> flat = new ArrayList<>(command.subList(0, 1));
            flat.addAll(flags);
            flat.addAll(command.subList(1, at));
            flat.add("-cp");
            flat.add(String.join(
                    File.pathSeparator, classPath.stream().map(Path::toString).toList()));
            flat.add(mainClass);
            flat.addAll(command.subList(at + 2, command.size()));
            return flat;
        }

        /** Changes with the JDK and with each jar: the JVM refuses a cache of other files anyway. */
        int build() {
            StringBuilder all = new StringBuilder(System.getProperty("java.vm.version") + command.getFirst());
            try {
                for (Path jar : classPath) {
                    all.append(jar)
                            .append(Files.size(jar))
                            .append(Files.getLastModifiedTime(jar).toMillis());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return all.toString().hashCode();
        }
    }

    private static Optional<Application> application(PartSpec part) {
        int at = part.command().indexOf("-jar");
        if (at < 0) {
            return Optional.empty();
        }
        Path launcher = Path.of(part.command().get(at + 1)).toAbsolutePath();
        Path description = launcher.resolveSibling("quarkus/quarkus-application.dat");
        if (!Files.exists(description)) {
            return Optional.empty();
        }
        try {
            List<Path> jars = new ArrayList<>();
            // What Quarkus has changed of a library comes before the library.
            for (String place : List.of("quarkus", "app", "lib/boot", "lib/main")) {
                jars.addAll(jars(launcher.resolveSibling(place)));
            }
            return Optional.of(new Application(part.command(), at, mainClass(description), jars));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> jars(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    /** Of the file with which Quarkus's launcher begins: two numbers of four bytes, then the main class as {@link java.io.DataOutput#writeUTF} has it. */
    private static String mainClass(Path description) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(description))) {
            in.readLong();
            return in.readUTF();
        }
    }
}
