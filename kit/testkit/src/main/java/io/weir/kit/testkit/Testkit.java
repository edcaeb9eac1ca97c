package io.weir.kit.testkit;

import java.util.Map;
import java.util.function.Function;

/**
 * The parts that tests run against: each starts when first asked for and is shared by all tests of the JVM, whatever class
 * loader they are in. Tests keep apart by their names for topics, groups and databases: {@link #unique}.
 *
 * <p>The system property {@code testkit} says how: {@code embedded} (default; processes) or {@code containers}.
 */
public final class Testkit {

    private static final String PROPERTY = "testkit";

    private Testkit() {}

    public static TestKafka kafka() {
        return new TestKafka(address("kafka", Parts::startKafka));
    }

    public static TestRegistry registry() {
        return new TestRegistry(address("registry", Parts::startRegistry));
    }

    public static TestPostgres postgres() {
        return new TestPostgres(address("postgres", Parts::startPostgres));
    }

    /** What a service is configured with to find Kafka and the registry; starts both. */
    public static Map<String, String> config() {
        return Map.of(
                "kafka.bootstrap.servers",
                kafka().bootstrapServers(),
                "weir.registry.url",
                registry().url());
    }

    /** A name that no other test of this JVM uses: {@code shop_3}. Fit for topics, databases, slots and artifacts. */
    public static String unique(String base) {
        synchronized (lock()) {
            int next = Integer.getInteger(PROPERTY + ".names", 0) + 1;
            System.setProperty(PROPERTY + ".names", Integer.toString(next));
            return base + "_" + next;
        }
    }

    /** Kept in a system property: a Quarkus test runs in class loaders of its own, each with its own copy of this class. */
    private static String address(String part, Function<Parts, String> start) {
        synchronized (lock()) {
            String key = PROPERTY + "." + part;
            String address = System.getProperty(key);
            if (address == null) {
                address = start.apply(parts());
                System.setProperty(key, address);
            }
            return address;
        }
    }

    private static Object lock() {
        return Runtime.getRuntime();
    }

    private static Parts parts() {
        String kind = System.getProperty(PROPERTY, "embedded");
        return switch (kind) {
            case "embedded" -> new EmbeddedParts();
            case "containers" -> containers();
            default ->
                throw new IllegalArgumentException(
                        "%s=%s: it is \"embedded\" or \"containers\"".formatted(PROPERTY, kind));
        };
    }

    private static Parts containers() {
        try {
            return Class.forName("io.weir.kit.testkit.ContainerParts")
                    .asSubclass(Parts.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(PROPERTY + "=containers needs a build with -Pcontainers", e);
        }
    }
}
