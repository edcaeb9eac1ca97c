package io.weir.contract;

import static io.weir.kit.testkit.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.kit.contract.ProductName;
import io.weir.kit.testkit.TestRegistry;
import io.weir.kit.testkit.WithMesh;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.Test;

/** The registry comes after the service: a door before the real one, opened late. */
@WithMesh
class RegistryAwayTest {

    private static final ProductName CUSTOMER = ProductName.ofTopic("silver.jaffle.customer.v1");

    @Test
    void shouldWaitForTheRegistryAndPublishWhenItIsThere(TestRegistry registry) throws Exception {
        int port = freePort();
        ContractService service = new ContractService(config(port), new SimpleMeterRegistry());
        ContractReadiness readiness = new ContractReadiness(service);
        service.start();
        HttpServer door = null;
        try {
            await().untilAsserted(() -> assertThat(service.publication(CUSTOMER).detail())
                    .startsWith("the registry does not answer at http://127.0.0.1:%d/".formatted(port)));
            assertThat(readiness.call().getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
            assertThat(readiness
                            .call()
                            .getData()
                            .orElseThrow()
                            .get(CUSTOMER.topic())
                            .toString())
                    .startsWith("PENDING: the registry does not answer");

            door = door(port, registry);

            await().untilAsserted(
                            () -> assertThat(readiness.call().getStatus()).isEqualTo(HealthCheckResponse.Status.UP));
            assertThat(service.publication(CUSTOMER).state()).isEqualTo(Publication.State.PUBLISHED);
        } finally {
            service.stop();
            if (door != null) {
                door.stop(0);
            }
        }
    }

    private static ContractConfig config(int port) {
        return new ContractConfig() {
            @Override
            public List<Path> domain() {
                return List.of(Path.of("../examples/jaffle-shop"));
            }

            @Override
            public String bootstrapServers() {
                return "";
            }

            @Override
            public Map<String, String> kafka() {
                return Map.of();
            }

            @Override
            public URI registry() {
                return URI.create("http://127.0.0.1:%d/apis/registry/v3".formatted(port));
            }

            @Override
            public Duration retryFirst() {
                return Duration.ofMillis(20);
            }

            @Override
            public Duration retryMost() {
                return Duration.ofMillis(200);
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
            public Posting webhook() {
                throw new UnsupportedOperationException();
            }

            @Override
            public OpenLineage lineage() {
                throw new UnsupportedOperationException();
            }
        };
    }

    /** Hands every request on to the real registry. */
    private static HttpServer door(int port, TestRegistry registry) throws IOException {
        HttpClient client = HttpClient.newHttpClient();
        URI real = URI.create(registry.url());
        HttpServer door = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        door.createContext("/", exchange -> {
            try (exchange) {
                HttpRequest request = HttpRequest.newBuilder(
                                real.resolve(exchange.getRequestURI().toString()))
                        .header("Content-Type", "application/json")
                        .method(
                                exchange.getRequestMethod(),
                                HttpRequest.BodyPublishers.ofByteArray(
                                        exchange.getRequestBody().readAllBytes()))
                        .build();
                HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
                exchange.sendResponseHeaders(
                        answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
                exchange.getResponseBody().write(answer.body());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        door.start();
        return door;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
