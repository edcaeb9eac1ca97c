package io.weir.kit.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Apicurio Registry's REST API, version 3, as far as Weir needs it.
 *
 * <p>Thread-safe. Each call is one request with a time limit and is never repeated here: callers know how long they can wait. It throws
 * {@link RegistryUnavailable} where waiting may help and {@link RegistryRefused} where it will not.
 */
public final class RegistryClient {

    /** What an artifact is, by the registry's name. {@code JSON} also stands for documents that are no schemas, such as contracts. */
    public enum Type {
        AVRO("application/json"),
        JSON("application/json");

        private final String contentType;

        Type(String contentType) {
            this.contentType = contentType;
        }
    }

    /** A rule that the registry itself enforces on new versions. */
    public enum Rule {
        VALIDITY,
        COMPATIBILITY,
        INTEGRITY
    }

    /** A version's state, as the registry names it. */
    public enum State {
        DRAFT,
        ENABLED,
        DISABLED,
        DEPRECATED
    }

    /** One version of an artifact. The content id stands for its bytes, the global id for this version. */
    public record Version(String group, String artifact, String version, long globalId, long contentId, State state) {}

    /** A version of another artifact that this one builds on, and the name by which it calls it. */
    public record Reference(String group, String artifact, String version, String name) {}

    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String api;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .build();

    /** @param api {@code http://host:port/apis/registry/v3} */
    public RegistryClient(URI api) {
        this.api = api.toString().replaceFirst("/+$", "");
    }

    /**
     * Registers content as a new version, unless a version with the same (canonical) content is there: then it answers that one.
     *
     * @param version the new version's name; null lets the registry count
     */
    public Version publish(
            String group,
            String artifact,
            Type type,
            @Nullable String version,
            String content,
            List<Reference> references) {
        return publish(group, artifact, type, version, content, references, false);
    }

    /** @param isDraft in the state {@link State#DRAFT}: only a new version can have it, the registry's rules do not look at it, and it is nobody's latest */
    public Version publish(
            String group,
            String artifact,
            Type type,
            @Nullable String version,
            String content,
            List<Reference> references,
            boolean isDraft) {
        ObjectNode body = JSON.createObjectNode().put("artifactId", artifact).put("artifactType", type.name());
        ObjectNode first = body.putObject("firstVersion").put("isDraft", isDraft);
        if (version != null) {
            first.put("version", version);
        }
        ObjectNode bytes = first.putObject("content").put("content", content).put("contentType", type.contentType);
        ArrayNode list = bytes.putArray("references");
        for (Reference reference : references) {
            list.addObject()
                    .put("groupId", reference.group)
                    .put("artifactId", reference.artifact)
                    .put("version", reference.version)
                    .put("name", reference.name);
        }
        JsonNode answer = send(post(
                "/groups/%s/artifacts?ifExists=FIND_OR_CREATE_VERSION&canonical=true".formatted(part(group)), body));
        return version(answer.path("version"));
    }

    /** The newest version; empty where there is no such artifact. */
    public Optional<Version> latest(String group, String artifact) {
        return find(get("%s/versions/branch=latest".formatted(path(group, artifact))))
                .map(RegistryClient::version);
    }

    /** The named version; empty where there is none. */
    public Optional<Version> version(String group, String artifact, String version) {
        return find(get("%s/versions/%s".formatted(path(group, artifact), part(version))))
                .map(RegistryClient::version);
    }

    /** The newest versions (at most 500), newest first; empty where there is no such artifact. */
    public List<Version> versions(String group, String artifact) {
        List<Version> versions = new ArrayList<>();
        find(get("%s/versions?order=desc&orderby=globalId&limit=500".formatted(path(group, artifact))))
                .ifPresent(answer -> answer.path("versions").forEach(each -> versions.add(version(each))));
        return versions;
    }

    /** The bytes with this content id, as text. */
    public Optional<String> content(long contentId) {
        return text(get("/ids/contentIds/" + contentId));
    }

    /** The bytes of this version, as text. A draft's cannot be had by their id, and those of a disabled version by nothing else. */
    public Optional<String> content(Version version) {
        return version.state == State.DRAFT
                ? text(get("%s/versions/%s/content"
                        .formatted(path(version.group, version.artifact), part(version.version))))
                : content(version.contentId);
    }

    /** What the content with this id refers to. */
    public List<Reference> references(long contentId) {
        List<Reference> references = new ArrayList<>();
        find(get("/ids/contentIds/%d/references".formatted(contentId)))
                .ifPresent(answer -> answer.forEach(each -> references.add(new Reference(
                        each.path("groupId").asText("default"),
                        each.path("artifactId").asText(),
                        each.path("version").asText(),
                        each.path("name").asText()))));
        return references;
    }

    /** The content of the version with this global id, with all that it refers to written in. */
    public Optional<String> contentOfGlobalId(long globalId) {
        return text(get("/ids/globalIds/%d?references=DEREFERENCE".formatted(globalId)));
    }

    /** Switches a rule on for one artifact, or changes its setting. */
    public void rule(String group, String artifact, Rule rule, String config) {
        String rules = path(group, artifact) + "/rules";
        ObjectNode body = JSON.createObjectNode().put("ruleType", rule.name()).put("config", config);
        Optional<JsonNode> present = find(get("%s/%s".formatted(rules, rule)));
        if (present.isEmpty()) {
            send(post(rules, body));
        } else if (!config.equals(present.get().path("config").asText())) {
            send(put("%s/%s".formatted(rules, rule), body));
        }
    }

    /** Whether the artifact has this rule of its own. */
    public boolean hasRule(String group, String artifact, Rule rule) {
        return find(get("%s/rules/%s".formatted(path(group, artifact), rule))).isPresent();
    }

    public void state(Version version, State state) {
        if (version.state != state) {
            send(put(
                    "%s/versions/%s/state".formatted(path(version.group, version.artifact), part(version.version)),
                    JSON.createObjectNode().put("state", state.name())));
        }
    }

    /** Returns when the registry answers; else {@link RegistryUnavailable}. */
    public void ping() {
        send(get("/system/info"));
    }

    private static Version version(JsonNode json) {
        return new Version(
                json.path("groupId").asText("default"),
                json.path("artifactId").asText(),
                json.path("version").asText(),
                json.path("globalId").asLong(),
                json.path("contentId").asLong(),
                State.valueOf(json.path("state").asText(State.ENABLED.name())));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(api + path))
                .timeout(ANSWER_LIMIT)
                .header("Content-Type", "application/json");
    }

    private HttpRequest get(String path) {
        return request(path).GET().build();
    }

    private HttpRequest post(String path, JsonNode body) {
        return request(path).POST(BodyPublishers.ofString(body.toString())).build();
    }

    private HttpRequest put(String path, JsonNode body) {
        return request(path).PUT(BodyPublishers.ofString(body.toString())).build();
    }

    private JsonNode send(HttpRequest request) {
        return json(text(request)
                .orElseThrow(() -> new RegistryRefused(404, "NotFound", "the registry has no " + request.uri())));
    }

    private Optional<JsonNode> find(HttpRequest request) {
        return text(request).map(RegistryClient::json);
    }

    /** The answer's body; empty for 404. */
    private Optional<String> text(HttpRequest request) {
        HttpResponse<String> answer;
        try {
            answer = http.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new RegistryUnavailable("the registry does not answer at %s (%s)".formatted(api, reason(e)), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryUnavailable("interrupted while waiting for the registry at " + api, e);
        }
        int status = answer.statusCode();
        if (status == 404) {
            return Optional.empty();
        }
        if (status >= 500 || status == 429) {
            throw new RegistryUnavailable("the registry at %s answers %d".formatted(api, status));
        }
        if (status >= 300) {
            throw refused(status, answer.body());
        }
        return Optional.of(answer.body());
    }

    private static RegistryRefused refused(int status, String body) {
        JsonNode problem;
        try {
            problem = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return new RegistryRefused(status, "", "the registry answers %d".formatted(status));
        }
        StringBuilder message = new StringBuilder(problem.path("title").asText("the registry answers " + status));
        for (JsonNode cause : problem.path("causes")) {
            message.append("; ").append(cause.path("description").asText());
            String context = cause.path("context").asText("");
            if (!context.isEmpty()) {
                message.append(" at ").append(context);
            }
        }
        return new RegistryRefused(status, problem.path("name").asText(), message.toString());
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }

    private static JsonNode json(String text) {
        try {
            return text.isEmpty() ? JSON.createObjectNode() : JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new RegistryUnavailable("what answers is no registry: its answer is no JSON", e);
        }
    }

    private static String path(String group, String artifact) {
        return "/groups/%s/artifacts/%s".formatted(part(group), part(artifact));
    }

    private static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
