package io.weir.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Prometheus's own checker: the one on the PATH, else that of Debian's package {@code prometheus}, unpacked into the build folder and not installed. */
record Promtool(Path program) {

    private static final Path FOLDER = Path.of("target", "promtool").toAbsolutePath();
    private static final List<String> DOWNLOAD = List.of("apt-get", "-q", "download", "prometheus");

    /** What a program printed, and its exit code. */
    private record Answer(int exitCode, String said) {}

    /** Skips the test where there is none and none can be had. */
    static Promtool find() throws IOException, InterruptedException {
        for (String folder : System.getenv("PATH").split(":", -1)) {
            Path installed = Path.of(folder, "promtool");
            if (Files.isExecutable(installed)) {
                return new Promtool(installed);
            }
        }
        Path unpacked = FOLDER.resolve("usr/bin/promtool");
        if (!Files.isExecutable(unpacked)) {
            unpack();
        }
        return new Promtool(unpacked);
    }

    private static void unpack() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Stream.of("apt-get", "dpkg-deb").allMatch(name -> Files.isExecutable(Path.of("/usr/bin", name))),
                "promtool is not on the PATH, and this is no Debian that has it in its package prometheus");
        Files.createDirectories(FOLDER);
        Answer downloaded = run(FOLDER, DOWNLOAD);
        if (downloaded.exitCode() != 0) {
            // The lists of packages are missing or old; only root may fetch them.
            run(FOLDER, List.of("apt-get", "-q", "update"));
            downloaded = run(FOLDER, DOWNLOAD);
        }
        Assumptions.assumeTrue(
                downloaded.exitCode() == 0,
                "promtool is not on the PATH, and Debian's package prometheus cannot be had: " + downloaded.said());
        try (Stream<Path> files = Files.list(FOLDER)) {
            Path archive = files.filter(file -> file.toString().endsWith(".deb"))
                    .findFirst()
                    .orElseThrow();
            Answer unpacked = run(FOLDER, List.of("dpkg-deb", "-x", archive.toString(), FOLDER.toString()));
            assertThat(unpacked.exitCode()).as(unpacked.said()).isZero();
        }
    }

    /** Runs it; an {@link AssertionError} with what it said where it is not content. */
    void isContentWith(Path folder, String... arguments) throws IOException, InterruptedException {
        Answer answer = run(
                folder,
                Stream.concat(Stream.of(program.toString()), Stream.of(arguments))
                        .toList());

        assertThat(answer.exitCode()).as(answer.said()).isZero();
    }

    private static Answer run(Path folder, List<String> command) throws IOException, InterruptedException {
        Path out = Files.createTempFile("promtool", ".out");
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        if (!process.waitFor(3, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("no end: " + command);
        }
        return new Answer(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
    }
}
