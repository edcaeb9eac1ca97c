package io.weir.kit.testkit;

import io.weir.infra.local.LocalKafka;
import io.weir.infra.local.LocalPostgres;
import io.weir.infra.local.LocalRegistry;
import io.weir.infra.local.PartProcess;
import io.weir.infra.local.PartSpec;
import io.weir.infra.local.Ports;
import io.weir.infra.local.WeirHome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The parts as processes on loopback, in a temporary folder that is deleted with them when the JVM ends. Parts and folders of a
 * JVM that was killed are removed by the next one.
 */
final class EmbeddedParts implements Parts {

    private static final String PREFIX = "weir-testkit-";

    private final Path home = WeirHome.find();
    private final Path folder;

    EmbeddedParts() {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        removeLeftBehind(temporary);
        try {
            folder = Files.createTempDirectory(
                    temporary, PREFIX + ProcessHandle.current().pid() + "-");
        } catch (IOException e) {
            throw new UncheckedIOException("The test kit needs a temporary folder in " + temporary, e);
        }
    }

    @Override
    public String startKafka() {
        int port = Ports.free();
        start(LocalKafka.part(home, folder.resolve("kafka"), port, Ports.free()));
        return "127.0.0.1:" + port;
    }

    @Override
    public String startRegistry() {
        int port = Ports.free();
        start(LocalRegistry.partInMemory(home, folder.resolve("registry"), port, Ports.free()));
        return LocalRegistry.url(port);
    }

    @Override
    public String startPostgres() {
        int port = Ports.free();
        start(LocalPostgres.partForTests(home, folder.resolve("postgres"), port));
        return "127.0.0.1:" + port;
    }

    private void start(PartSpec spec) {
        PartProcess part =
                PartProcess.start(spec, folder.resolve(spec.name() + ".log"), folder.resolve(spec.name() + ".pid"));
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            part.kill();
                            delete(folder.resolve(spec.name()));
                            delete(part.logFile());
                            // Only the last part's hook finds it empty.
                            folder.toFile().delete();
                        },
                        "testkit-stop-" + spec.name()));
        part.awaitReady();
    }

    private static void removeLeftBehind(Path temporary) {
        try (Stream<Path> all = Files.list(temporary)) {
            all.filter(path -> path.getFileName().toString().matches(PREFIX + "\\d+-\\d+"))
                    .filter(path -> ProcessHandle.of(Long.parseLong(path.getFileName()
                                    .toString()
                                    .substring(PREFIX.length())
                                    .split("-", -1)[0]))
                            .isEmpty())
                    .forEach(path -> {
                        for (String part : List.of("kafka", "registry", "postgres")) {
                            PartProcess.handleOf(path.resolve(part + ".pid")).ifPresent(ProcessHandle::destroyForcibly);
                        }
                        delete(path);
                    });
        } catch (IOException e) {
            // Somebody else's folders, or somebody else is at it: nothing that this run needs.
        }
    }

    /** As far as it goes: a process may still be at its last breath. */
    private static void delete(Path path) {
        try (Stream<Path> all = Files.walk(path)) {
            all.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // The next run's sweep tries again.
        }
    }
}
