package io.weir.cli.mesh;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the user asked {@code up} for.
 *
 * @param kafka an existing cluster's bootstrap servers
 * @param registry an existing registry's v3 API
 * @param databases existing databases, as {@code postgresql://host:port/database}
 * @param rate changes a second of the simulator; empty where none is wanted
 * @param otlp where traces go
 * @param throughput whether parts start slower and then do more
 */
public record MeshRequest(
        Path domain,
        Ports ports,
        Optional<String> kafka,
        Optional<String> registry,
        List<String> databases,
        Optional<Double> rate,
        Optional<String> otlp,
        boolean jsonLogs,
        boolean throughput) {

    /** The same domain on ports that are free now, with a Kafka and a registry of its own and without traffic: beside the mesh, and away from it. */
    MeshRequest elsewhere() {
        return new MeshRequest(
                domain,
                Ports.free(),
                Optional.empty(),
                Optional.empty(),
                databases,
                Optional.empty(),
                Optional.empty(),
                false,
                false);
    }
}
