package io.weir.cli.mesh;

import java.util.List;
import java.util.stream.IntStream;

/** Where the parts listen on loopback. Debezium Servers take {@code debezium} and the ports after it, one per source. */
public record Ports(
        int kafka,
        int kafkaController,
        int postgres,
        int registry,
        int registryManagement,
        int debezium,
        int ingest,
        int conform,
        int feature,
        int contract,
        int reverseSync) {

    public static final Ports DEFAULT =
            new Ports(19092, 19093, 15432, 18080, 18081, 18082, 18091, 18092, 18093, 18094, 18095);

    /** All of them from {@code base} on: a second mesh beside the first. */
    public static Ports from(int base) {
        return new Ports(
                base, base + 1, base + 2, base + 3, base + 4, base + 10, base + 5, base + 6, base + 7, base + 8,
                base + 9);
    }

    /** Ports that nobody listens on now. */
    static Ports free() {
        int[] ports = IntStream.generate(io.weir.infra.local.Ports::free)
                .distinct()
                .limit(11)
                .toArray();
        return new Ports(
                ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], ports[7], ports[8], ports[9],
                ports[10]);
    }

    /** The service's port. */
    public int of(String service) {
        return switch (service) {
            case "ingest" -> ingest;
            case "conform" -> conform;
            case "feature" -> feature;
            case "contract" -> contract;
            case "reverse-sync" -> reverseSync;
            default -> throw new IllegalArgumentException("no such service: " + service);
        };
    }

    /** The services, in the order in which they are shown. */
    public static final List<String> SERVICES = List.of("contract", "ingest", "conform", "feature", "reverse-sync");
}
