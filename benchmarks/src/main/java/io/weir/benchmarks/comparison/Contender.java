package io.weir.benchmarks.comparison;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.cli.Json;
import io.weir.infra.local.WeirHome;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An engine's process, told what to run. */
final class Contender implements AutoCloseable {

    private final Engine engine;
    private final JavaProcess process;
    private final BufferedWriter commands;
    private final BufferedReader answers;

    private Contender(Engine engine, JavaProcess process) {
        this.engine = engine;
        this.process = process;
        this.commands =
                new BufferedWriter(new OutputStreamWriter(process.process().getOutputStream(), UTF_8));
        this.answers =
                new BufferedReader(new InputStreamReader(process.process().getInputStream(), UTF_8));
    }

    static Contender start(Engine engine, Path folder, List<String> flags) throws IOException {
        return new Contender(
                engine,
                JavaProcess.start(
                        engine.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
                        folder,
                        engine.isFlink()
                                ? JavaProcess.engine(
                                        flags,
                                        flinkJar() + ":" + flinkJar().resolveSibling("lib") + "/*",
                                        "io.weir.benchmarks.flink.FlinkWorker")
                                : JavaProcess.engine(
                                        flags, System.getProperty("java.class.path"), Worker.class.getName())));
    }

    /** Flink's worker and all that it needs: built in the profile "flink" only. */
    static Path flinkJar() {
        return WeirHome.find().resolve("benchmarks/flink/target/weir-benchmarks-flink.jar");
    }

    JavaProcess process() {
        return process;
    }

    void begin(Task task) throws IOException {
        if (engine.isFlink()) {
            Path folder = Files.createDirectories(Path.of(task.stateDirectory()));
            ask("start " + Files.writeString(folder.resolve("job.sql"), FlinkScript.of(task)));
        } else {
            ask("start " + Json.compact(task));
        }
    }

    void end() throws IOException {
        ask("stop");
    }

    private void ask(String command) throws IOException {
        process.check();
        commands.write(command + "\n");
        commands.flush();
        String answer = answers.readLine();
        if (answer == null || !answer.equals("ok")) {
            process.check();
            throw new IllegalStateException("%s answers to \"%s\": %s".formatted(engine.title(), command, answer));
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
