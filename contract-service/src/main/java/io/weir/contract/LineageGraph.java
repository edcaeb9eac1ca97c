package io.weir.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.kit.contract.Consumer;
import io.weir.kit.contract.Consumer.Role;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.Source;
import io.weir.kit.sql.Consumers;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What comes from what, by product and by column: captured tables, models, syncs and subscriptions, as their files declare them and the planner understands them. Immutable. */
final class LineageGraph {

    /**
     * A table, a product, one of its columns, a sync or a subscription.
     *
     * @param id unique: a topic, {@code topic#column}, {@code <kind>:<domain>/<name>}
     * @param column null where the whole is meant
     * @param hops how far away it is, the nearest way
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Node(
            String id,
            String kind,
            String name,
            @Nullable String column,
            String domain,
            String team,
            String contact,
            int hops) {

        private Node at(int distance) {
            return new Node(id, kind, name, column, domain, team, contact, distance);
        }
    }

    /** @param how {@code direct}: values go over; {@code filter}, {@code join}, {@code group}: it decides which rows there are */
    public record Edge(String from, String to, String how) {}

    /** A part of the graph: the nearest nodes first. */
    public record Part(List<Node> nodes, List<Edge> edges) {}

    /** In which direction one looks. */
    enum Direction {
        UPSTREAM,
        DOWNSTREAM,
        BOTH
    }

    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final Map<String, Set<Edge>> into = new LinkedHashMap<>();
    private final Map<String, Set<Edge>> outOf = new LinkedHashMap<>();

    LineageGraph(List<Domain> domains, Consumers consumers) {
        for (Domain domain : domains) {
            domain.products().values().forEach(product -> add(domain, product));
            domain.sources().forEach(source -> add(domain, source));
        }
        for (Consumer consumer : consumers.all()) {
            add(consumer);
            consumer.output().ifPresent(product -> add(product, consumers.columnsInto(product.name())));
        }
    }

    /** Empty where nothing has this id: a topic, or {@code topic#column}. */
    Optional<Part> around(String id, Direction direction, int depth) {
        Node from = nodes.get(id);
        if (from == null) {
            return Optional.empty();
        }
        Map<String, Node> found = new LinkedHashMap<>(Map.of(id, from));
        Set<Edge> edges = new LinkedHashSet<>();
        if (direction != Direction.DOWNSTREAM) {
            walk(id, depth, into, Edge::from, found, edges);
        }
        if (direction != Direction.UPSTREAM) {
            walk(id, depth, outOf, Edge::to, found, edges);
        }
        return Optional.of(new Part(List.copyOf(found.values()), List.copyOf(edges)));
    }

    private void walk(
            String from,
            int depth,
            Map<String, Set<Edge>> along,
            Function<Edge, String> next,
            Map<String, Node> found,
            Set<Edge> edges) {
        Map<String, Integer> hops = new LinkedHashMap<>(Map.of(from, 0));
        Queue<String> queue = new ArrayDeque<>(List.of(from));
        while (!queue.isEmpty()) {
            String at = queue.remove();
            int distance = hops.getOrDefault(at, 0) + 1;
            if (distance > depth) {
                continue;
            }
            for (Edge edge : along.getOrDefault(at, Set.of())) {
                String other = next.apply(edge);
                Node node = nodes.get(other);
                if (node == null) {
                    continue;
                }
                edges.add(edge);
                if (hops.putIfAbsent(other, distance) == null) {
                    found.putIfAbsent(other, node.at(distance));
                    queue.add(other);
                }
            }
        }
    }

    private void add(Domain domain, DataProduct product) {
        String topic = product.name().topic();
        nodes.put(topic, new Node(topic, "product", topic, null, domain.name(), domain.team(), domain.contact(), 0));
        product.rowType().columns().forEach(column -> {
            String id = id(topic, column.name());
            nodes.put(
                    id,
                    new Node(id, "column", topic, column.name(), domain.name(), domain.team(), domain.contact(), 0));
        });
    }

    private void add(Domain domain, Source source) {
        for (var table : source.tables()) {
            String id = "table:%s/%s/%s".formatted(domain.name(), source.name(), table.table());
            nodes.put(
                    id, new Node(id, "table", table.table(), null, domain.name(), domain.team(), domain.contact(), 0));
            edge(id, table.product().topic(), "direct");
        }
    }

    private void add(Consumer consumer) {
        Optional<String> model = consumer.output().map(product -> product.name().topic());
        String target = model.orElse("%s:%s/%s".formatted(consumer.kind().text(), consumer.domain(), consumer.name()));
        if (model.isEmpty()) {
            nodes.put(
                    target,
                    new Node(
                            target,
                            consumer.kind().text(),
                            consumer.name(),
                            null,
                            consumer.domain(),
                            consumer.team(),
                            consumer.contact(),
                            0));
        }
        consumer.reads().forEach((product, uses) -> {
            edge(product.topic(), target, "direct");
            uses.forEach((column, use) -> {
                String from = id(product.topic(), column);
                if (model.isEmpty()) {
                    edge(from, target, "direct");
                }
                use.roles().stream()
                        .filter(role -> role != Role.VALUE)
                        .sorted()
                        .forEach(role -> edge(from, target, role.name().toLowerCase(Locale.ROOT)));
            });
        });
    }

    private void add(DataProduct output, Map<String, Set<String>> columns) {
        columns.forEach((column, sources) -> sources.forEach(source -> {
            int dot = source.lastIndexOf('.');
            edge(
                    id(source.substring(0, dot), source.substring(dot + 1)),
                    id(output.name().topic(), column),
                    "direct");
        }));
    }

    private void edge(String from, String to, String how) {
        Edge edge = new Edge(from, to, how);
        outOf.computeIfAbsent(from, _ -> new LinkedHashSet<>()).add(edge);
        into.computeIfAbsent(to, _ -> new LinkedHashSet<>()).add(edge);
    }

    static String id(String topic, String column) {
        return topic + "#" + column;
    }
}
