package io.weir.cli;

import io.weir.cli.mesh.Ports;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the parts listen. */
final class PortOptions {

    @Option(names = "--port-base", paramLabel = "N", description = "Take 20 ports from N on instead of the usual ones.")
    @Nullable
    Integer base;

    @Option(names = "--kafka-port", paramLabel = "N", description = "Default: 19092.")
    @Nullable
    Integer kafka;

    @Option(names = "--kafka-controller-port", paramLabel = "N", description = "Default: 19093.")
    @Nullable
    Integer kafkaController;

    @Option(names = "--postgres-port", paramLabel = "N", description = "Default: 15432.")
    @Nullable
    Integer postgres;

    @Option(names = "--registry-port", paramLabel = "N", description = "Default: 18080.")
    @Nullable
    Integer registry;

    @Option(names = "--registry-management-port", paramLabel = "N", description = "Default: 18081.")
    @Nullable
    Integer registryManagement;

    @Option(
            names = "--debezium-port",
            paramLabel = "N",
            description = "Of the first source; the others take those after it. Default: 18082.")
    @Nullable
    Integer debezium;

    @Option(names = "--ingest-port", paramLabel = "N", description = "Default: 18091.")
    @Nullable
    Integer ingest;

    @Option(names = "--conform-port", paramLabel = "N", description = "Default: 18092.")
    @Nullable
    Integer conform;

    @Option(names = "--feature-port", paramLabel = "N", description = "Default: 18093.")
    @Nullable
    Integer feature;

    @Option(names = "--contract-port", paramLabel = "N", description = "Default: 18094.")
    @Nullable
    Integer contract;

    @Option(names = "--reverse-sync-port", paramLabel = "N", description = "Default: 18095.")
    @Nullable
    Integer reverseSync;

    Ports ports() {
        Ports usual = base == null ? Ports.DEFAULT : Ports.from(base);
        return new Ports(
                or(kafka, usual.kafka()),
                or(kafkaController, usual.kafkaController()),
                or(postgres, usual.postgres()),
                or(registry, usual.registry()),
                or(registryManagement, usual.registryManagement()),
                or(debezium, usual.debezium()),
                or(ingest, usual.ingest()),
                or(conform, usual.conform()),
                or(feature, usual.feature()),
                or(contract, usual.contract()),
                or(reverseSync, usual.reverseSync()));
    }

    private static int or(@Nullable Integer given, int usual) {
        int port = given == null ? usual : given;
        if (port < 1 || port > 65_535) {
            throw new UserError(ExitCodes.NOT_RUNNING, "%d is not a port: ports go from 1 to 65535".formatted(port));
        }
        return port;
    }
}
