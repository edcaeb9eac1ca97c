package io.weir.cli.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.infra.local.StartupCache;
import io.weir.infra.local.WeirHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeshPlanTest {

    private static final Path EXAMPLE = WeirHome.find().resolve("examples/jaffle-shop");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "http://collector:4317, http://collector:4317, grpc",
        "http://collector:4318/v1/traces, http://collector:4318, http/protobuf",
    })
    void shouldSendTracesInTheProtocolThatTheAddressSays(String given, String endpoint, String protocol)
            throws IOException {
        MeshPlan plan = plan(Optional.empty(), Optional.empty(), List.of(), Optional.of(given));

        assertThat(command(plan, "ingest"))
                .contains(
                        "-Dquarkus.otel.sdk.disabled=false",
                        "-Dquarkus.otel.exporter.otlp.endpoint=" + endpoint,
                        "-Dquarkus.otel.exporter.otlp.protocol=" + protocol);
    }

    @Test
    void shouldNotStartWhatIsThereAlready() {
        MeshPlan plan = plan(
                Optional.of("kafka.example:9092"),
                Optional.of("http://registry.example/apis/registry/v3"),
                List.of("postgresql://db.example/shop", "postgresql://db.example/crm"),
                Optional.empty());

        assertThat(plan.steps())
                .extracting(Step::name)
                .containsExactly(
                        "topics",
                        "databases",
                        "debezium-shop",
                        "contract",
                        "ingest",
                        "conform",
                        "feature",
                        "reverse-sync");
        assertThat(plan.addresses().kafka()).isEqualTo("kafka.example:9092");
        assertThat(plan.addresses().postgres()).isNull();
    }

    private MeshPlan plan(
            Optional<String> kafka, Optional<String> registry, List<String> databases, Optional<String> otlp) {
        Ports ports = Ports.from(20_000);
        LocalDomain local = LocalDomain.load(EXAMPLE, ports.postgres(), databases, name -> null);
        return MeshPlan.of(
                folder,
                new StateFolder(folder.resolve("state")),
                new MeshRequest(EXAMPLE, ports, kafka, registry, databases, Optional.empty(), otlp, false, false),
                local,
                new StartupCache(folder.resolve("caches")));
    }

    private List<String> command(MeshPlan plan, String part) throws IOException {
        Path jar = folder.resolve(part + "-service/target/quarkus-app/quarkus-run.jar");
        Files.createDirectories(jar.getParent());
        Files.createFile(jar);
        return plan.steps().stream()
                .filter(step -> step.name().equals(part))
                .map(Step.Part.class::cast)
                .findFirst()
                .orElseThrow()
                .spec()
                .get()
                .command();
    }
}
