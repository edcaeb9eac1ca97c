package io.weir.infra.local;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** {@link LocalKafka} as a process: {@code --dir FOLDER --port PORT --controller-port PORT}. Ends in an orderly way on SIGTERM. */
public final class KafkaMain {

    private KafkaMain() {}

    /** Runs until it is terminated; exit code 2 for a wrong flag, 1 where it cannot start. */
    public static void main(String[] arguments) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i], arguments[i + 1]);
        }
        String folder = options.get("--dir");
        String port = options.get("--port");
        String controllerPort = options.get("--controller-port");
        if (folder == null || port == null || controllerPort == null || arguments.length != 6) {
            System.err.println("usage: KafkaMain --dir FOLDER --port PORT --controller-port PORT");
            System.exit(2);
            return;
        }
        try {
            LocalKafka kafka =
                    LocalKafka.start(Path.of(folder), Integer.parseInt(port), Integer.parseInt(controllerPort));
            Runtime.getRuntime().addShutdownHook(new Thread(kafka::close, "kafka-shutdown"));
            System.out.println("Kafka serves 127.0.0.1:" + port);
            kafka.awaitShutdown();
        } catch (RuntimeException e) {
            System.err.println(e instanceof PartException ? e.getMessage() : "Kafka cannot start: " + e);
            System.exit(1);
        }
    }
}
