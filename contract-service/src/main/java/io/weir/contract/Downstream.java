package io.weir.contract;

import io.weir.contract.Incident.Affected;
import io.weir.kit.contract.Consumer;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.ProductName;
import io.weir.kit.sql.Consumers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Who reads a product, directly or through others, as models, syncs and subscriptions declare it. Thread-safe. */
final class Downstream {

    /** Planning costs seconds of a processor, which a mesh that starts has better uses for. */
    private static final Duration LATER = Duration.ofSeconds(30);

    private final FutureTask<Consumers> consumers;

    /** Plans every model of these domains in a while, or when somebody asks, who then waits for it. */
    Downstream(List<Domain> domains) {
        this.consumers = new FutureTask<>(() -> Consumers.of(domains));
        CompletableFuture.delayedExecutor(LATER.toSeconds(), TimeUnit.SECONDS).execute(consumers);
    }

    Consumers consumers() {
        consumers.run();
        try {
            return consumers.get();
        } catch (ExecutionException defect) {
            throw new IllegalStateException(defect.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /** Nearest first. */
    List<Affected> of(ProductName product) {
        Consumers known = consumers();
        List<Affected> affected = new ArrayList<>();
        Map<ProductName, Integer> seen = new HashMap<>(Map.of(product, 0));
        Queue<ProductName> next = new ArrayDeque<>(List.of(product));
        while (!next.isEmpty()) {
            ProductName from = next.remove();
            int hops = seen.getOrDefault(from, 0) + 1;
            for (Consumer consumer : known.of(from)) {
                ProductName output = consumer.output().map(DataProduct::name).orElse(null);
                if (output == null) {
                    affected.add(affected(consumer, consumer.kind().text(), hops));
                } else if (seen.putIfAbsent(output, hops) == null) {
                    affected.add(affected(consumer, "product", hops));
                    next.add(output);
                }
            }
        }
        return affected;
    }

    private static Affected affected(Consumer consumer, String kind, int hops) {
        return new Affected(kind, consumer.name(), consumer.team(), consumer.contact(), hops);
    }
}
