package io.weir.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quarkus.runtime.Shutdown;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.weir.kit.stream.MeshTopics;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts what happens to incidents to somebody else's system, as JSON, in order and at least once.
 *
 * <p>{@code X-Weir-Signature: sha256=<hex>} is the HMAC-SHA256 of the body under the secret (RFC 2104). An answer other than 2xx is tried again after 1 s to 60 s; so is
 * none. Processes of the service share the work as a consumer group; incidents from before the first start are not told.
 */
@Singleton
class Webhook {

    static final String SIGNATURE = "X-Weir-Signature";

    private static final Logger LOG = LoggerFactory.getLogger(Webhook.class);
    private static final String GROUP = "contract.webhook";
    private static final String HMAC = "HmacSHA256";
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final ContractConfig config;
    private final @Nullable SecretKeySpec secret;
    private final Thread thread = Thread.ofPlatform().name("webhook").daemon().unstarted(this::keepPosting);
    private volatile boolean closed;

    @Inject
    Webhook(ContractConfig config) {
        this(config, System::getenv);
    }

    /** @param environment where the secret is, by the name that the configuration gives */
    Webhook(ContractConfig config, UnaryOperator<@Nullable String> environment) {
        this.config = config;
        this.secret = config.webhook()
                .secretEnv()
                .map(name -> key(name, environment.apply(name)))
                .orElse(null);
    }

    private static SecretKeySpec key(String name, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            throw new ConfigurationException(
                    "weir.webhook.secret-env is %s, and the environment has no such variable: set it, or leave the property out"
                            .formatted(name));
        }
        return new SecretKeySpec(value.getBytes(UTF_8), HMAC);
    }

    @Startup
    void start() {
        if (config.webhook().url().isPresent()) {
            thread.start();
        }
    }

    @Shutdown
    void stop() throws InterruptedException {
        closed = true;
        thread.interrupt();
        thread.join(Duration.ofSeconds(2));
    }

    private void keepPosting() {
        Optional<URI> url = config.webhook().url();
        while (!closed && url.isPresent()) {
            try (HttpClient client =
                            HttpClient.newBuilder().connectTimeout(LIMIT).build();
                    var consumer =
                            new KafkaConsumer<>(settings(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                consumer.subscribe(List.of(MeshTopics.INCIDENTS));
                while (!closed) {
                    for (ConsumerRecord<byte[], byte[]> event : consumer.poll(Duration.ofMillis(500))) {
                        deliver(client, url.get(), event.value());
                    }
                    consumer.commitSync();
                }
            } catch (KafkaException away) {
                if (!closed) {
                    LOG.atWarn().addKeyValue("reason", away.getMessage()).log("incidents cannot be read; trying again");
                    pause(Duration.ofSeconds(1));
                }
            }
        }
    }

    private void deliver(HttpClient client, URI url, byte[] body) {
        Duration wait = Duration.ofSeconds(1);
        while (!closed) {
            String trouble = post(client, url, body);
            if (trouble.isEmpty()) {
                return;
            }
            LOG.atWarn().addKeyValue("reason", trouble).log("an incident could not be posted; trying again");
            pause(wait);
            wait = wait.multipliedBy(2).compareTo(LONGEST) < 0 ? wait.multipliedBy(2) : LONGEST;
        }
    }

    /** Why it was not taken; empty where it was. */
    private String post(HttpClient client, URI url, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url)
                .timeout(LIMIT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        if (secret != null) {
            request.header(SIGNATURE, "sha256=" + signature(secret, body));
        }
        try {
            int status = client.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            return status / 100 == 2 ? "" : "it answers " + status;
        } catch (IOException unanswered) {
            return String.valueOf(unanswered);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            closed = true;
            return "stopped";
        }
    }

    static String signature(SecretKeySpec secret, byte[] body) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(secret);
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Map<String, Object> settings() {
        Map<String, Object> properties = new HashMap<>(config.kafka());
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, GROUP);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        // One at a time: a slow receiver must not cost the membership.
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1");
        return properties;
    }

    private void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException stopped) {
            closed = true;
        }
    }
}
