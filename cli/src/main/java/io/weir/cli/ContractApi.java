package io.weir.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Asks the contract-service of a mesh on this machine; a {@link UserError} tells what it refuses, or that it does not answer. */
final class ContractApi {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private ContractApi() {}

    static JsonNode get(StateOption state, String path) {
        return send(state, path, HttpRequest.newBuilder().GET());
    }

    static JsonNode send(StateOption state, String path, HttpRequest.Builder request) {
        String service =
                RunningMesh.require(state.state()).addresses().services().get("contract");
        if (service == null) {
            throw new UserError(ExitCodes.NOT_RUNNING, "contract-service does not run in this mesh.");
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    request.uri(URI.create(service + path)).timeout(LIMIT).build(),
                    HttpResponse.BodyHandlers.ofString());
            JsonNode body = Json.MAPPER.readTree(answer.body());
            boolean isRefusedWhole = answer.statusCode() == 409 && body.has("steps");
            if (answer.statusCode() >= 400 && !isRefusedWhole) {
                throw new UserError(body.path("detail").asText("contract-service answers " + answer.statusCode()));
            }
            return body;
        } catch (IOException e) {
            throw new UserError(ExitCodes.NOT_RUNNING, "contract-service does not answer: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserError(ExitCodes.NOT_RUNNING, "interrupted");
        }
    }

    /** As a part of a path or a query. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("%40", "@");
    }

    /** The answer whole for a program, the table for a person. */
    static void print(Terminal terminal, Output output, JsonNode whole, TextTable table, String nothing) {
        if (output == Output.JSON) {
            terminal.line(Json.pretty(whole));
        } else if (table.isEmpty()) {
            terminal.line(nothing);
        } else {
            table.lines().forEach(terminal::line);
        }
    }
}
