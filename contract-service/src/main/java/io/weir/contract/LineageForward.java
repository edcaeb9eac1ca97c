package io.weir.contract;

import io.quarkus.runtime.Shutdown;
import io.quarkus.runtime.Startup;
import io.weir.kit.stream.MeshTopics;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Tells an OpenLineage endpoint (Marquez, DataHub ...) what the stages say of their runs, as a {@link Forwarder} does; from the first event on that is still there. */
@Singleton
class LineageForward {

    private final Optional<Forwarder> forwarder;

    @Inject
    LineageForward(ContractConfig config) {
        this(config, System::getenv);
    }

    /** @param environment where the token is, by the name that the configuration gives */
    LineageForward(ContractConfig config, UnaryOperator<@Nullable String> environment) {
        Optional<String> token = config.lineage()
                .tokenEnv()
                .map(name -> Forwarder.secret("weir.lineage.token-env", name, environment.apply(name)));
        this.forwarder = config.lineage()
                .url()
                .map(url -> new Forwarder(
                        config,
                        new Forwarder.Route(MeshTopics.LINEAGE, "contract.lineage", "earliest", url, true),
                        (request, _) -> token.ifPresent(word -> request.header("Authorization", "Bearer " + word))));
    }

    @Startup
    void start() {
        forwarder.ifPresent(Forwarder::start);
    }

    @Shutdown
    void stop() throws InterruptedException {
        if (forwarder.isPresent()) {
            forwarder.get().stop();
        }
    }
}
