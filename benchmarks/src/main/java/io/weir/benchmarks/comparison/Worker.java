package io.weir.benchmarks.comparison;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.cli.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/**
 * The process of one engine, kept from round to round so that its code is compiled when it counts.
 *
 * <p>Reads lines {@code start TASK} (a {@link Task} as JSON) and {@code stop} from standard input and answers each with a line {@code ok} or {@code error MESSAGE}; ends with its
 * input.
 */
final class Worker {

    private Worker() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        Job job = null;
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            try {
                job = obey(line, job);
                answers.println("ok");
            } catch (Exception failed) {
                failed.printStackTrace(System.err);
                answers.println("error " + String.valueOf(failed).replace('\n', ' '));
            }
            answers.flush();
        }
        System.exit(0);
    }

    private static @Nullable Job obey(String line, @Nullable Job job) throws Exception {
        if (job != null) {
            job.close();
        }
        return line.startsWith("start ") ? start(Json.MAPPER.readValue(line.substring(6), Task.class)) : null;
    }

    private static Job start(Task task) throws Exception {
        return switch (task.engine()) {
            case WEIR, WEIR_MEMORY, WEIR_UNOBSERVED -> WeirJob.start(task);
            case BY_HAND -> HandWritten.start(task);
            case FLINK, FLINK_MEMORY -> throw new IllegalArgumentException("Flink has a worker of its own");
        };
    }
}
