package io.weir.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.weir.cli.mesh.Run;
import io.weir.cli.mesh.StateFolder;
import io.weir.cli.mesh.StateLock;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command asks of contract-service for a sync's quarantine, and how it shows the answer. */
class QuarantineCommandTest {

    @TempDir
    Path folder;

    private final List<String> asked = new ArrayList<>();
    private String answer = "";
    private HttpServer service;
    private StateLock lock;

    @BeforeEach
    void pretendThatAMeshRuns() throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/", this::answer);
        service.start();
        StateFolder state = new StateFolder(folder);
        lock = StateLock.tryAcquire(state).orElseThrow();
        new Run(
                        1,
                        1,
                        Run.State.RUNNING,
                        1.0,
                        "/domain",
                        new Run.Addresses(
                                "",
                                "",
                                null,
                                Map.of(
                                        "contract",
                                        "http://127.0.0.1:"
                                                + service.getAddress().getPort()),
                                Map.of()),
                        false,
                        List.of())
                .write(state);
    }

    @AfterEach
    void stop() {
        lock.close();
        service.stop(0);
    }

    @Test
    void shouldListWhatASyncCouldNotWrite() {
        answer = """
                {"rows": [{"position": "0@4", "at": "2026-01-31T18:30:00Z", "reason": "DESTINATION_REFUSED", "rule": "",
                  "field": "", "detail": "crm:public.customer_profile refuses the row: SQLSTATE 23514"}]}""";

        String shown = quarantine("list", "outcome.jaffle.crm", "--reason", "DESTINATION_REFUSED");

        assertThat(asked)
                .containsExactly("GET /v1/quarantine/outcome.jaffle.crm/rows?limit=100&reason=DESTINATION_REFUSED ");
        assertThat(shown)
                .contains("0@4", "DESTINATION_REFUSED", "crm:public.customer_profile refuses the row: SQLSTATE 23514");
    }

    @Test
    void shouldCountWhatSyncsCouldNotWrite() {
        answer = """
                [{"topic": "outcome.jaffle.crm", "rows": 2, "causes":
                  [{"reason": "DESTINATION_REFUSED", "rule": "23514", "field": "", "rows": 2}]}]""";

        String shown = quarantine("list");

        assertThat(asked).containsExactly("GET /v1/quarantine ");
        assertThat(shown).contains("outcome.jaffle.crm", "2", "DESTINATION_REFUSED 23514\n");
    }

    @Test
    void shouldLetASyncReadAgain() {
        answer = """
                {"id": "4711", "dryRun": false, "more": false, "rows": [
                  {"position": "0@4", "outcome": "READ_AGAIN", "why": ""},
                  {"position": "0@5", "outcome": "NOT_A_ROW", "why": "it is a record of gold.a.b.v1 without a key"}]}""";

        String shown = quarantine("redrive", "outcome.jaffle.crm", "--rule", "23514", "--limit", "2");

        assertThat(asked)
                .singleElement()
                .asString()
                .startsWith("POST /v1/quarantine/outcome.jaffle.crm/redrive ")
                .contains("\"rule\":\"23514\"", "\"limit\":2", "\"dryRun\":false");
        assertThat(shown).contains("READ_AGAIN", "it is a record of gold.a.b.v1 without a key", "audit record 4711");
    }

    private void answer(HttpExchange exchange) {
        try (exchange) {
            asked.add("%s %s %s"
                    .formatted(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI(),
                            new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
            byte[] body = answer.getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private String quarantine(String... arguments) {
        StringWriter out = new StringWriter();
        int code = Weir.commandLine()
                .setOut(new PrintWriter(out))
                .execute(Stream.of(
                                Stream.of("quarantine"),
                                Arrays.stream(arguments),
                                Stream.of("--state", folder.toString()))
                        .flatMap(part -> part)
                        .toArray(String[]::new));
        assertThat(code).isZero();
        return out.toString();
    }
}
