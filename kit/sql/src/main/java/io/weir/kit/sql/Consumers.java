package io.weir.kit.sql;

import io.weir.kit.contract.Consumer;
import io.weir.kit.contract.Consumer.Use;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.Model;
import io.weir.kit.contract.Problem;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.Subscription;
import io.weir.kit.contract.Sync;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Who reads what, column by column: the models, syncs and subscriptions of domains. */
public final class Consumers {

    private final List<Consumer> all = new ArrayList<>();
    private final Map<ProductName, Map<String, Set<String>>> columns = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();

    private Consumers() {}

    /** Models that cannot be planned are told in {@link #problems}; what they read is unknown. */
    public static Consumers of(List<Domain> domains) {
        Consumers consumers = new Consumers();
        domains.forEach(consumers::add);
        return consumers;
    }

    /** In the order of the domains: models, syncs, subscriptions. */
    public List<Consumer> all() {
        return List.copyOf(all);
    }

    /** Those that read this product. */
    public List<Consumer> of(ProductName product) {
        return all.stream()
                .filter(consumer -> consumer.reads().containsKey(product))
                .toList();
    }

    /** For each column of a product that a model writes the columns from which its value comes, as {@code topic.column}. */
    public Map<String, Set<String>> columnsInto(ProductName product) {
        return columns.getOrDefault(product, Map.of());
    }

    public List<Problem> problems() {
        return List.copyOf(problems);
    }

    private void add(Domain domain) {
        for (Model model : domain.models()) {
            try {
                add(domain, SqlPlanner.plan(model, domain));
            } catch (ProblemsException e) {
                problems.addAll(e.problems());
            }
        }
        for (Sync sync : domain.syncs()) {
            Map<String, Use> columns = new TreeMap<>();
            sync.key().keySet().forEach(column -> columns.put(column, Use.asItIs(Set.of())));
            sync.fields().keySet().forEach(column -> columns.put(column, Use.asItIs(Set.of())));
            all.add(consumer(Consumer.Kind.SYNC, sync.name(), domain, Optional.empty(), Map.of(sync.from(), columns)));
        }
        for (Subscription subscription : domain.subscriptions()) {
            Map<String, Use> columns = new TreeMap<>();
            subscription.columns().forEach((column, values) -> columns.put(column, Use.asItIs(values)));
            all.add(new Consumer(
                    Consumer.Kind.SUBSCRIPTION,
                    subscription.name(),
                    domain.name(),
                    subscription.team(),
                    subscription.contact(),
                    Optional.empty(),
                    Map.of(subscription.product(), columns)));
        }
    }

    private void add(Domain domain, ModelPlan plan) {
        columns.put(plan.output().name(), plan.columnLineage());
        all.add(consumer(
                Consumer.Kind.MODEL,
                plan.output().name().topic(),
                domain,
                Optional.of(plan.output()),
                plan.columnUses()));
    }

    private static Consumer consumer(
            Consumer.Kind kind,
            String name,
            Domain domain,
            Optional<DataProduct> output,
            Map<ProductName, Map<String, Use>> reads) {
        return new Consumer(kind, name, domain.name(), domain.team(), domain.contact(), output, reads);
    }
}
