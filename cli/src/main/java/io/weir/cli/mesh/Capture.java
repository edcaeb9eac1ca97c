package io.weir.cli.mesh;

import io.weir.infra.local.JavaPart;
import io.weir.infra.local.PartException;
import io.weir.infra.local.PartSpec;
import io.weir.infra.local.WeirHome;
import io.weir.kit.contract.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Change capture of one source as a process: our Debezium Server, which reads all it needs from the domain's folder. */
final class Capture {

    private Capture() {}

    static String name(Source source) {
        return "debezium-" + source.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
    }

    /** @param settings system properties: where Kafka, the registry and the domain are */
    static PartSpec part(
            Path home, Path folder, Source source, int port, List<String> settings, Map<String, String> environment) {
        Path jar = home.resolve("infra/debezium-server/target/quarkus-app/quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new PartException(
                    "infra/debezium-server is not built: %s is missing. Run ./weir build --force.".formatted(jar));
        }
        List<String> command = new ArrayList<>();
        command.add(WeirHome.java());
        command.addAll(JavaPart.flags(128));
        command.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
        command.addAll(settings);
        command.add("-Dweir.source=" + source.name());
        command.add("-Dquarkus.http.port=" + port);
        command.add("-jar");
        command.add(jar.toString());
        return PartSpec.of(name(source), command, folder, MeshPlan.ready(port))
                .withLiveness(MeshPlan.live(port))
                .withEnvironment(environment)
                .withTimeouts(Duration.ofMinutes(5), Duration.ofSeconds(10));
    }
}
