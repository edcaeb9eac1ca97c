package io.weir.mesh;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The rules file of {@code infra/prometheus}, its tests, and what both ask for. */
final class PrometheusRules {

    static final Path FOLDER = RunningMesh.HOME.resolve("infra/prometheus");

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Pattern SERIES = Pattern.compile("\\b(weir_[a-z0-9_]+)(?:\\{([^}]*)})?");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+) *= *\"([^\"]*)\"");
    private static final Pattern GROUPED = Pattern.compile("\\bby *\\(([^)]*)\\)");

    private PrometheusRules() {}

    /** A metric with the labels that it is chosen by, and the names of those that it is grouped by. */
    record Asked(String metric, Map<String, String> labels, Set<String> grouped) {

        /** Whether a service's metrics, in Prometheus's text format, have such a series. */
        boolean isIn(String metrics) {
            return metrics.lines().filter(line -> line.startsWith(metric + "{")).anyMatch(line -> {
                Map<String, String> has = PrometheusRules.labels(line);
                return has.keySet().containsAll(grouped)
                        && labels.entrySet().stream()
                                .allMatch(label -> label.getValue().equals(has.get(label.getKey())));
            });
        }
    }

    static List<JsonNode> rules() throws IOException {
        return list(YAML.readTree(FOLDER.resolve("rules.yml").toFile()).at("/groups/0/rules"));
    }

    static Set<String> alerts() throws IOException {
        return rules().stream()
                .filter(rule -> rule.has("alert"))
                .map(rule -> rule.path("alert").asText())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The alerts with a test in which they fire, or in which they do not. */
    static Set<String> tested(boolean fires) throws IOException {
        Predicate<JsonNode> wanted = test -> test.path("exp_alerts").isEmpty() != fires;
        return list(YAML.readTree(FOLDER.resolve("rules_test.yml").toFile()).path("tests")).stream()
                .flatMap(test -> list(test.path("alert_rule_test")).stream())
                .filter(wanted)
                .map(test -> test.path("alertname").asText())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static List<Asked> asked() throws IOException {
        return rules().stream()
                .flatMap(rule -> asked(rule.path("expr").asText()))
                .toList();
    }

    private static Stream<Asked> asked(String expression) {
        Set<String> grouped = GROUPED.matcher(expression)
                .results()
                .flatMap(match -> Stream.of(match.group(1).split(",", -1)))
                .map(String::strip)
                .collect(Collectors.toCollection(TreeSet::new));
        return SERIES.matcher(expression).results().map(match -> new Asked(match.group(1), labels(match), grouped));
    }

    private static Map<String, String> labels(MatchResult series) {
        return series.group(2) == null ? Map.of() : labels(series.group(2));
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new TreeMap<>();
        LABEL.matcher(text).results().forEach(label -> labels.put(label.group(1), label.group(2)));
        return labels;
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }
}
