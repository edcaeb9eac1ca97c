package io.weir.contract;

import static io.weir.kit.testkit.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.testkit.TestKafka;
import io.weir.kit.testkit.WithMesh;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

@WithMesh
class WebhookTest {

    @Test
    void shouldPostSignedInOrderAndAgainWhereItIsNotTaken(TestKafka kafka) throws Exception {
        kafka.createTopic(MeshTopics.INCIDENTS, 1);
        kafka.createTopic(MeshTopics.NOTICES, 1);
        kafka.send(MeshTopics.NOTICES, new byte[] {1}, "notice".getBytes(UTF_8));
        List<String> taken = new CopyOnWriteArrayList<>();
        List<String> signatures = new CopyOnWriteArrayList<>();
        AtomicInteger refusals = new AtomicInteger(1);
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            try (exchange) {
                String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
                boolean refused = refusals.getAndDecrement() > 0;
                if (!refused) {
                    signatures.add(String.valueOf(exchange.getRequestHeaders().getFirst(Webhook.SIGNATURE)));
                    taken.add(body);
                }
                exchange.sendResponseHeaders(refused ? 503 : 204, -1);
            }
        });
        receiver.start();
        URI url = URI.create(
                "http://127.0.0.1:%d/hook".formatted(receiver.getAddress().getPort()));
        Webhook webhook =
                new Webhook(config(kafka, url, "HOOK_SECRET"), name -> "HOOK_SECRET".equals(name) ? "s3cret" : null);
        webhook.start();
        try {
            // It tells no incidents from before its start: a first event shows that it listens.
            await().pollInterval(Duration.ofSeconds(1)).until(() -> {
                kafka.send(MeshTopics.INCIDENTS, new byte[] {1}, "first".getBytes(UTF_8));
                return taken.contains("first");
            });
            kafka.send(MeshTopics.INCIDENTS, new byte[] {1}, "last".getBytes(UTF_8));

            await().until(() -> taken.containsAll(List.of("last", "notice")));
        } finally {
            webhook.stop();
            receiver.stop(0);
        }
        assertThat(taken).containsSubsequence("first", "last");
        assertThat(signatures.get(taken.indexOf("last")))
                .isEqualTo("sha256="
                        + Webhook.signature(
                                new SecretKeySpec("s3cret".getBytes(UTF_8), "HmacSHA256"), "last".getBytes(UTF_8)));
    }

    @Test
    void shouldForwardLineageFromTheFirstEventOnAndLeaveOutWhatIsRefusedForGood(TestKafka kafka) throws Exception {
        List<String> asked = new CopyOnWriteArrayList<>();
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            try (exchange) {
                String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
                asked.add(exchange.getRequestHeaders().getFirst("Authorization") + " " + body);
                exchange.sendResponseHeaders(body.equals("wrong event") ? 422 : 201, -1);
            }
        });
        receiver.start();
        kafka.createTopic(MeshTopics.LINEAGE, 1);
        for (String event : List.of("one event", "wrong event", "last event")) {
            kafka.send(MeshTopics.LINEAGE, new byte[] {1}, event.getBytes(UTF_8));
        }
        URI url = URI.create(
                "http://127.0.0.1:%d/lineage".formatted(receiver.getAddress().getPort()));
        LineageForward forward = new LineageForward(config(kafka, url, "TOKEN"), _ -> "t0ken");
        forward.start();
        try {
            await().atMost(Duration.ofSeconds(60)).until(() -> asked.contains("Bearer t0ken last event"));
        } finally {
            forward.stop();
            receiver.stop(0);
        }

        assertThat(asked)
                .containsSubsequence("Bearer t0ken one event", "Bearer t0ken wrong event", "Bearer t0ken last event")
                .containsOnlyOnce("Bearer t0ken wrong event");
    }

    @Test
    void shouldRefuseASecretThatIsNotThere(TestKafka kafka) {
        assertThatThrownBy(() -> new Webhook(config(kafka, URI.create("http://127.0.0.1:1"), "NO_SECRET"), _ -> null))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("weir.webhook.secret-env is NO_SECRET");
    }

    static ContractConfig config(TestKafka kafka, URI url, String secret) {
        return new ContractConfig() {
            @Override
            public List<Path> domain() {
                return List.of();
            }

            @Override
            public String bootstrapServers() {
                return kafka.bootstrapServers();
            }

            @Override
            public Map<String, String> kafka() {
                return Map.of();
            }

            @Override
            public URI registry() {
                return url;
            }

            @Override
            public Duration retryFirst() {
                throw new UnsupportedOperationException();
            }

            @Override
            public Duration retryMost() {
                throw new UnsupportedOperationException();
            }

            @Override
            public Path stateDirectory() {
                throw new UnsupportedOperationException();
            }

            @Override
            public String instance() {
                throw new UnsupportedOperationException();
            }

            @Override
            public Judging judge() {
                throw new UnsupportedOperationException();
            }

            @Override
            public OpenLineage lineage() {
                return new OpenLineage() {
                    @Override
                    public Optional<URI> url() {
                        return Optional.of(url);
                    }

                    @Override
                    public Optional<String> tokenEnv() {
                        return Optional.of(secret);
                    }
                };
            }

            @Override
            public Posting webhook() {
                return new Posting() {
                    @Override
                    public Optional<URI> url() {
                        return Optional.of(url);
                    }

                    @Override
                    public Optional<String> secretEnv() {
                        return Optional.of(secret);
                    }
                };
            }
        };
    }
}
