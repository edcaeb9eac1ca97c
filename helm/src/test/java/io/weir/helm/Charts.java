package io.weir.helm;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The charts, copied to where their dependencies may be put beside them. */
final class Charts {

    static final List<String> SERVICES = List.of(
            "weir-ingest", "weir-conform", "weir-feature", "weir-contract", "weir-reverse-sync", "weir-debezium");
    static final String UMBRELLA = "weir";
    static final Path MODULE = Path.of("").toAbsolutePath();

    private static final Charts PREPARED = new Charts(MODULE.resolve("target/charts"));

    private final Path folder;

    private Charts(Path folder) {
        this.folder = folder;
        try {
            copy(MODULE.resolve("charts"), folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        SERVICES.forEach(this::resolveDependencies);
        resolveDependencies(UMBRELLA);
    }

    static Charts prepared() {
        return PREPARED;
    }

    static Stream<String> all() {
        return Stream.concat(SERVICES.stream(), Stream.of(UMBRELLA));
    }

    Helm chart(String name) {
        return new Helm(folder.resolve(name));
    }

    /** Renders a chart with these values, given as YAML; where it is refused, helm's message is the exception's. */
    String render(String name, String... values) {
        try {
            var command = chart(name)
                    .template()
                    .withName("demo")
                    .withNamespace("mesh")
                    .withKubeVersion("1.34.0");
            for (int i = 0; i < values.length; i++) {
                Path file = Files.createTempFile(folder, name, ".values.yaml");
                Files.writeString(file, values[i]);
                command.withValuesFile(file);
            }
            return command.call();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void resolveDependencies(String name) {
        chart(name).dependency().update().call();
    }

    private static void copy(Path from, Path to) throws IOException {
        if (Files.exists(to)) {
            try (Stream<Path> old = Files.walk(to)) {
                old.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
            }
        }
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    // The library renders no hooks; as a plain manifest the test's pod is checked like the others.
                    Files.writeString(
                            target, Files.readString(file).replace("helm.sh/hook: test", "weir.io/hook: test"));
                }
            }
        }
    }
}
