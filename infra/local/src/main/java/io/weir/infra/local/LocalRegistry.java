package io.weir.infra.local;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The Apicurio Registry server as a process on loopback, its artifacts in an H2 file (or in memory, for tests). */
public final class LocalRegistry {

    private LocalRegistry() {}

    /** A registry whose artifacts are kept in {@code folder}. */
    public static PartSpec part(Path home, Path folder, int port, int managementPort) {
        return part(
                home,
                folder,
                port,
                managementPort,
                Optional.of(folder.toAbsolutePath().resolve("registry")));
    }

    /** A registry that forgets everything when it stops; {@code folder} is only its working directory. */
    public static PartSpec partInMemory(Path home, Path folder, int port, int managementPort) {
        return part(home, folder, port, managementPort, Optional.empty());
    }

    /** Its REST API. */
    public static String url(int port) {
        return "http://127.0.0.1:%d/apis/registry/v3".formatted(port);
    }

    private static PartSpec part(Path home, Path folder, int port, int managementPort, Optional<Path> file) {
        Path server = WeirHome.built(home, "infra/local/target/registry/quarkus-run.jar");
        // Without WRITE_DELAY=0 a kill loses what was committed in the last half second.
        String database = file.map(path ->
                        "jdbc:h2:file:%s;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;AUTO_SERVER=FALSE".formatted(path))
                .orElse("jdbc:h2:mem:registry;DB_CLOSE_DELAY=-1");
        List<String> command = new ArrayList<>();
        command.add(WeirHome.java());
        command.addAll(JavaPart.flags(128));
        command.addAll(List.of(
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + port,
                "-Dquarkus.management.host=127.0.0.1",
                "-Dquarkus.management.port=" + managementPort,
                "-Dapicurio.storage.kind=sql",
                "-Dapicurio.storage.sql.kind=h2",
                "-Dapicurio.datasource.url=" + database,
                "-Dapicurio.datasource.jdbc.initial-size=2",
                "-Dapicurio.datasource.jdbc.min-size=2",
                "-Dapicurio.datasource.jdbc.max-size=20",
                "-Dapicurio.storage.snapshot.location=" + folder.toAbsolutePath(),
                "-Dquarkus.http.io-threads=2",
                "-Dquarkus.thread-pool.max-threads=16",
                "-Dquarkus.http.access-log.enabled=false",
                "-Dquarkus.http.cors.enabled=false",
                "-Dquarkus.log.level=WARN",
                "-Dquarkus.banner.enabled=false",
                "-Dquarkus.otel.sdk.disabled=true",
                "-jar",
                server.toString()));
        return PartSpec.of(
                        "registry",
                        command,
                        folder,
                        Readiness.http(URI.create("http://127.0.0.1:%d/health/ready".formatted(managementPort))))
                .withLiveness(PartSpec.Liveness.of(Readiness.http(
                        URI.create("http://127.0.0.1:%d/health/live".formatted(managementPort)),
                        Readiness.PATIENT_TIMEOUT_MS)))
                .withTimeouts(Duration.ofMinutes(5), Duration.ofSeconds(10));
    }
}
