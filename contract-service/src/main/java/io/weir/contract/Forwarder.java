package io.weir.contract;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts the records of a topic to somebody else's system, as they are, in order and at least once.
 *
 * <p>An answer other than 2xx is tried again after 1 s to 60 s; so is none. Processes of the service share the work as a consumer group.
 */
final class Forwarder {

    /**
     * What is forwarded, and where to.
     *
     * @param from {@code earliest} or {@code latest}: where the first start begins
     * @param passesOver whether what the other side refuses for good (400, 413, 422) is left out, for the sake of what comes after it
     */
    record Route(String topic, String group, String from, URI url, boolean passesOver) {}

    /** Adds to a request what its body demands. */
    interface Headers {
        void add(HttpRequest.Builder request, byte[] body);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final List<Integer> FOR_GOOD = List.of(400, 413, 422);

    private final ContractConfig config;
    private final Route route;
    private final Headers headers;
    private final Thread thread;
    private volatile boolean closed;

    Forwarder(ContractConfig config, Route route, Headers headers) {
        this.config = config;
        this.route = route;
        this.headers = headers;
        this.thread = Thread.ofPlatform().name(route.group).daemon().unstarted(this::keepPosting);
    }

    void start() {
        thread.start();
    }

    void stop() throws InterruptedException {
        closed = true;
        thread.interrupt();
        thread.join(Duration.ofSeconds(2));
    }

    private void keepPosting() {
        while (!closed) {
            try (HttpClient client =
                            HttpClient.newBuilder().connectTimeout(LIMIT).build();
                    var consumer =
                            new KafkaConsumer<>(settings(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                consumer.subscribe(List.of(route.topic));
                while (!closed) {
                    for (ConsumerRecord<byte[], byte[]> event : consumer.poll(Duration.ofMillis(500))) {
                        deliver(client, event.value());
                    }
                    consumer.commitSync();
                }
            } catch (KafkaException away) {
                if (!closed) {
                    LOG.atWarn()
                            .addKeyValue("topic", route.topic)
                            .addKeyValue("reason", away.getMessage())
                            .log("what is to be posted cannot be read; trying again");
                    pause(Duration.ofSeconds(1));
                }
            }
        }
    }

    private void deliver(HttpClient client, byte[] body) {
        Duration wait = Duration.ofSeconds(1);
        while (!closed) {
            String trouble;
            try {
                int status = post(client, body);
                if (status / 100 == 2) {
                    return;
                }
                trouble = "it answers " + status;
                if (route.passesOver && FOR_GOOD.contains(status)) {
                    LOG.atWarn()
                            .addKeyValue("topic", route.topic)
                            .addKeyValue("reason", trouble)
                            .log("a record is refused for good, and left out");
                    return;
                }
            } catch (IOException unanswered) {
                trouble = String.valueOf(unanswered);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                closed = true;
                return;
            }
            LOG.atWarn()
                    .addKeyValue("topic", route.topic)
                    .addKeyValue("reason", trouble)
                    .log("a record could not be posted; trying again");
            pause(wait);
            wait = wait.multipliedBy(2).compareTo(LONGEST) < 0 ? wait.multipliedBy(2) : LONGEST;
        }
    }

    private int post(HttpClient client, byte[] body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(route.url)
                .timeout(LIMIT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        headers.add(request, body);
        return client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private Map<String, Object> settings() {
        Map<String, Object> properties = new HashMap<>(config.kafka());
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, route.group);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, route.from);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        // One at a time: a slow receiver must not cost the membership.
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1");
        return properties;
    }

    /** The environment variable that holds a secret; a configuration error where it is named and not set. */
    static String secret(String property, String name, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            throw new ConfigurationException(
                    "%s is %s, and the environment has no such variable: set it, or leave the property out"
                            .formatted(property, name));
        }
        return value;
    }

    private void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException stopped) {
            closed = true;
        }
    }
}
