package io.weir.ingest;

import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.weir.ingest.PushOutcome.Result;
import io.weir.kit.stream.MeshJson;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Follows {@link PushOutcome#TOPIC} from its end and tells each waiting request what became of its changes. */
@Singleton
class PushOutcomes {

    static final String CHANNEL = "push-outcomes";

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final KafkaClientService clients;
    private final Map<String, CompletableFuture<Result>> waiting = new ConcurrentHashMap<>();
    private volatile boolean listening;

    PushOutcomes(KafkaClientService clients) {
        this.clients = clients;
    }

    /** Whether outcomes are heard: a change sent before that would be answered with {@code pending}. */
    Uni<Boolean> isListening() {
        if (listening) {
            return Uni.createFrom().item(true);
        }
        return clients.getConsumer(CHANNEL)
                .getPositions()
                .map(positions -> {
                    listening = !positions.isEmpty();
                    return listening;
                })
                .ifNoItem()
                .after(PATIENCE)
                .recoverWithItem(false);
    }

    CompletableFuture<Result> expect(String request) {
        return waiting.computeIfAbsent(request, _ -> new CompletableFuture<>());
    }

    void forget(String request) {
        waiting.remove(request);
    }

    @Incoming(CHANNEL)
    @NonBlocking
    void hear(byte[] json) {
        MeshJson.read(json, PushOutcome.class).ifPresent(outcome -> {
            CompletableFuture<Result> waiter = waiting.get(outcome.request());
            if (waiter != null) {
                waiter.complete(outcome.result());
            }
        });
    }
}
