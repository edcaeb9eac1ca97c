package io.weir.cli;

import io.weir.cli.mesh.LogFiles;
import io.weir.cli.mesh.StateFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir logs}: what a part has written. */
@Command(
        name = "logs",
        description = "Shows the log of a part: kafka, postgres, registry, debezium-shop, ingest, ...",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:shown", "1:there is no such log"},
        footerHeading = "%nExample:%n",
        footer = "  ./weir logs ingest -f -n 100")
final class LogsCommand implements Callable<Integer> {

    private static final int WINDOW = 1 << 20;

    @Parameters(
            paramLabel = "PART",
            description = "The part's name, as 'weir status' shows it; 'up' for the supervisor's own.")
    String part = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Go on as it grows, until Ctrl-C.")
    boolean follow;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            defaultValue = "50",
            description = "How many of the last lines (default: ${DEFAULT-VALUE}).")
    int lines;

    @Mixin
    StateOption stateOption = new StateOption();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        StateFolder state = stateOption.state();
        Path log = state.log(part);
        if (part.contains("/") || !Files.exists(log)) {
            List<String> known = known(state);
            throw new UserError("There is no log of \"%s\". %s"
                    .formatted(
                            part,
                            known.isEmpty()
                                    ? "No mesh was started from " + state.root() + "."
                                    : "There are: " + String.join(", ", known)));
        }
        PrintWriter out = spec.commandLine().getOut();
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long from = Math.max(0, file.length() - WINDOW);
            byte[] bytes = read(file, from, file.length() - from);
            List<String> all = new ArrayList<>();
            Path older = LogFiles.older(log, 1);
            if (from == 0 && Files.exists(older)) {
                // Just emptied: the lines before are there.
                all.addAll(tail(older));
            }
            all.addAll(new String(bytes, StandardCharsets.UTF_8).lines().toList());
            all.subList(Math.max(0, all.size() - lines), all.size()).forEach(out::println);
            out.flush();
            long at = from + bytes.length;
            while (follow) {
                if (file.length() < at) {
                    at = 0;
                }
                byte[] more = read(file, at, Math.min(WINDOW, file.length() - at));
                at += more.length;
                out.print(new String(more, StandardCharsets.UTF_8));
                out.flush();
                if (more.length == 0) {
                    Thread.sleep(200);
                }
            }
        }
        return ExitCodes.OK;
    }

    private static List<String> tail(Path log) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            long from = Math.max(0, file.length() - WINDOW);
            return new String(read(file, from, file.length() - from), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    private static byte[] read(RandomAccessFile file, long from, long length) throws IOException {
        byte[] bytes = new byte[(int) length];
        file.seek(from);
        file.readFully(bytes);
        return bytes;
    }

    private static List<String> known(StateFolder state) throws IOException {
        if (!Files.isDirectory(state.logs())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(state.logs())) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(".log"))
                    .map(name -> name.substring(0, name.length() - ".log".length()))
                    .sorted()
                    .toList();
        }
    }
}
