package io.weir.debezium;

import io.weir.kit.contract.Source;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * Whether Kafka and the registry answer, and the topics of this capture: made where they are missing, the change topics with one partition,
 * so that they hold the table's total order.
 */
final class MeshPreflight {

    private static final int TIMEOUT_MS = 15_000;
    private static final short BROKERS_DEFAULT = -1;

    private final CapturedSource captured;
    private final CaptureOptions options;

    MeshPreflight(CapturedSource captured, CaptureOptions options) {
        this.captured = captured;
        this.options = options;
    }

    /** @throws CaptureException with the property, its value and the fix */
    void run() {
        requireRegistry();
        try (Admin admin = Admin.create(Map.of(
                "bootstrap.servers",
                options.bootstrapServers(),
                "default.api.timeout.ms",
                TIMEOUT_MS,
                "request.timeout.ms",
                TIMEOUT_MS / 3))) {
            Set<String> existing = admin.listTopics().names().get();
            for (NewTopic topic : topics()) {
                if (!existing.contains(topic.name())) {
                    create(admin, topic);
                }
            }
        } catch (ExecutionException e) {
            throw new CaptureException(
                    "%s=%s: Kafka does not do what it is asked (%s). Start it, or correct the address."
                            .formatted(
                                    CaptureOptions.BOOTSTRAP_SERVERS,
                                    options.bootstrapServers(),
                                    e.getCause() == null
                                            ? e.getMessage()
                                            : e.getCause().getMessage()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CaptureException("Interrupted", e);
        }
    }

    private List<NewTopic> topics() {
        Map<String, String> large = Map.of("max.message.bytes", DebeziumSettings.maxMessageBytes());
        List<NewTopic> topics = new ArrayList<>();
        for (Source.Table table : captured.source().tables()) {
            topics.add(new NewTopic(captured.source().changeTopic(table), 1, BROKERS_DEFAULT).configs(large));
        }
        topics.add(new NewTopic(captured.heartbeatTopic(), 1, BROKERS_DEFAULT)
                .configs(Map.of("cleanup.policy", "compact")));
        topics.add(
                new NewTopic(captured.offsetsTopic(), 1, BROKERS_DEFAULT).configs(Map.of("cleanup.policy", "compact")));
        return topics;
    }

    private static void create(Admin admin, NewTopic topic) throws ExecutionException, InterruptedException {
        try {
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private void requireRegistry() {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create(options.registryV2Url() + "/system/info").toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MS / 3);
            connection.setReadTimeout(TIMEOUT_MS / 3);
            int status = connection.getResponseCode();
            connection.disconnect();
            if (status != HttpURLConnection.HTTP_OK) {
                throw new IOException("status " + status);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new CaptureException(
                    "%s=%s: the registry does not answer (%s). Start it, or correct the address."
                            .formatted(CaptureOptions.REGISTRY_URL, options.registryUrl(), e.getMessage()),
                    e);
        }
    }
}
