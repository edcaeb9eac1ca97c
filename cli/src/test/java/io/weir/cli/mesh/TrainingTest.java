package io.weir.cli.mesh;

import static io.weir.kit.testkit.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.infra.local.PartProcess;
import io.weir.infra.local.PartSpec;
import io.weir.infra.local.StartupCache;
import io.weir.infra.local.WeirHome;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real JVM, with an application that is as small as can be. */
class TrainingTest {

    @TempDir
    private Path folder;

    /** The application: there until somebody ends it. */
    public static final class Waiting {

        private Waiting() {}

        public static void main(String[] arguments) throws Exception {
            Files.createFile(Path.of(arguments[0]));
            Thread.currentThread().join();
        }
    }

    @Test
    void shouldMakeTheCacheOfAPartAndLeaveNothingElseBehind() throws IOException {
        StartupCache caches = new StartupCache(folder.resolve("caches"));
        PartSpec part = part();
        AtomicReference<String> said = new AtomicReference<>();

        try (Training _ = train(part, caches, said)) {
            await().until(() -> !caches.lacks(part) && Files.notExists(folder.resolve("place")));
        }

        assertThat(caches.use(part).command().get(1)).startsWith("-XX:AOTCache=");
        assertThat(folder.resolve("state/pids")).isEmptyDirectory();
        assertThat(said).hasNullValue();
    }

    @Test
    void shouldEndWithTheMesh() throws IOException {
        StartupCache caches = new StartupCache(folder.resolve("caches"));
        PartSpec part = part();
        Path pid = folder.resolve("state/pids/training-conform.pid");
        AtomicReference<String> said = new AtomicReference<>();
        Training training = train(part, caches, said);
        await().until(() -> PartProcess.handleOf(pid).isPresent());
        ProcessHandle process = PartProcess.handleOf(pid).orElseThrow();

        training.close();

        assertThat(process.isAlive()).isFalse();
        await().until(() -> Files.notExists(folder.resolve("place")));
        assertThat(caches.lacks(part)).isTrue();
        assertThat(folder.resolve("caches")).isEmptyDirectory();
        assertThat(said).hasNullValue();
    }

    private Training train(PartSpec part, StartupCache caches, AtomicReference<String> said) {
        return Training.start(
                new StateFolder(folder.resolve("state")),
                new StateFolder(folder.resolve("place")),
                List.of(new Step.Part(part.name(), Set.of(), "", () -> part, false)),
                caches,
                said::set);
    }

    /** As Quarkus lays out an application. */
    private PartSpec part() throws IOException {
        Path application = folder.resolve("quarkus-app");
        Files.createDirectories(application.resolve("quarkus"));
        Files.createDirectories(application.resolve("app"));
        try (DataOutputStream description =
                new DataOutputStream(Files.newOutputStream(application.resolve("quarkus/quarkus-application.dat")))) {
            description.writeInt(0);
            description.writeInt(2);
            description.writeUTF(Waiting.class.getName());
        }
        String entry = Waiting.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream jar =
                        new JarOutputStream(Files.newOutputStream(application.resolve("app/application.jar")));
                InputStream compiled = Waiting.class.getResourceAsStream("/" + entry)) {
            jar.putNextEntry(new JarEntry(entry));
            compiled.transferTo(jar);
        }
        Path up = folder.resolve("up");
        return PartSpec.of(
                "conform",
                List.of(
                        WeirHome.java(),
                        "-jar",
                        application.resolve("quarkus-run.jar").toString(),
                        up.toString()),
                folder.resolve("place/data"),
                () -> Files.exists(up));
    }
}
