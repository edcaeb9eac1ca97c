package io.weir.contract;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.weir.kit.testkit.Testkit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The testkit's Kafka and registry, and the example domain. */
public class MeshResource implements QuarkusTestResourceLifecycleManager {

    @Override
    public Map<String, String> start() {
        Map<String, String> config = new HashMap<>(Testkit.config());
        config.put("weir.domain", "../examples/jaffle-shop");
        config.put("weir.state.dir", stateDirectory().toString());
        return config;
    }

    private static Path stateDirectory() {
        try {
            return Files.createTempDirectory("contract-service");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        // The parts are shared by all tests of the JVM and stop with it.
    }
}
