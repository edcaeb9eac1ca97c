package io.weir.ingest;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.RegistrySchemas;
import io.weir.kit.testkit.Testkit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Real Kafka and registry for the example domain; the tests publish its contracts. */
public final class IngestMesh implements QuarkusTestResourceLifecycleManager {

    static final Path DOMAIN = Path.of("..", "examples", "jaffle-shop");

    @Override
    public Map<String, String> start() {
        try {
            Map<String, String> config = new HashMap<>(Testkit.config());
            config.put("weir.domain", DOMAIN.toString());
            config.put("weir.state.dir", Files.createTempDirectory("ingest").toString());
            config.put("weir.push.max-rows", "3");
            config.put("weir.push.max-in-flight", "4");
            // A busy machine is no reason to answer "pending".
            config.put("weir.push.outcome-timeout", "30s");
            config.put("mp.messaging.outgoing.pushes.max.block.ms", "60000");
            config.put("mp.messaging.outgoing.pushes.request.timeout.ms", "30000");
            config.put("mp.messaging.outgoing.pushes.delivery.timeout.ms", "60000");
            config.put("smallrye.config.mapping.validate-unknown", "false"); // the testkit has properties of its own
            config.put("quarkus.http.limits.max-body-size", "10K");
            return config;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {}

    static Domain domain() {
        return DomainFolder.load(DOMAIN, _ -> null);
    }

    static RegistrySchemas publish() {
        return Testkit.registry().publish(domain());
    }
}
