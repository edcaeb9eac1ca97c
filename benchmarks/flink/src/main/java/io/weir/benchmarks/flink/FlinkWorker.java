package io.weir.benchmarks.flink;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * Runs SQL scripts in a mini cluster in this JVM: statements of Flink SQL, each ended by a semicolon at the end of a line; {@code SET 'key' = 'value'} configures the cluster, and the last
 * statement is an INSERT.
 *
 * <p>Reads lines {@code start FILE} and {@code stop} from standard input and answers each with a line {@code ok} or {@code error MESSAGE}; ends with its input.
 */
public final class FlinkWorker {

    private static final Pattern SET = Pattern.compile("SET '([^']+)' = '([^']*)'");
    private static final long LIMIT_SECONDS = 60;

    private FlinkWorker() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        JobClient job = null;
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            try {
                job = obey(line, job);
                answers.println("ok");
            } catch (Exception failed) {
                failed.printStackTrace(System.err);
                answers.println("error " + root(failed).toString().replace('\n', ' '));
            }
            answers.flush();
        }
        System.exit(0);
    }

    /** What Flink's exceptions say first is where it happened; why comes last. */
    private static Throwable root(Throwable failed) {
        Throwable root = failed;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static @Nullable JobClient obey(String line, @Nullable JobClient job) throws Exception {
        if (job != null) {
            job.cancel().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        }
        return line.startsWith("start ") ? start(Files.readString(Path.of(line.substring(6)))) : null;
    }

    private static JobClient start(String script) throws InterruptedException, ExecutionException, TimeoutException {
        Configuration configuration = new Configuration();
        TableEnvironment tables = null;
        JobClient job = null;
        for (String statement : script.split(";\n", -1)) {
            Matcher setting = SET.matcher(statement.strip());
            if (setting.matches()) {
                configuration.setString(setting.group(1), setting.group(2));
            } else if (!statement.isBlank()) {
                if (tables == null) {
                    tables = TableEnvironment.create(EnvironmentSettings.newInstance()
                            .inStreamingMode()
                            .withConfiguration(configuration)
                            .build());
                }
                job = tables.executeSql(statement).getJobClient().orElse(null);
            }
        }
        if (job == null) {
            throw new IllegalArgumentException("the script's last statement is no INSERT");
        }
        JobStatus status = job.getJobStatus().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        while (status != JobStatus.RUNNING) {
            if (status.isTerminalState()) {
                throw new IllegalStateException("Flink's job is " + status + " before it ran; its log says why");
            }
            Thread.sleep(50);
            status = job.getJobStatus().get(LIMIT_SECONDS, TimeUnit.SECONDS);
        }
        return job;
    }
}
