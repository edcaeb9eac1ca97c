package io.weir.kit.testkit;

import java.time.Duration;
import java.util.Map;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** The parts as containers; Testcontainers removes them when the JVM ends. */
@SuppressWarnings("resource") // They run until the JVM ends: that is the point.
final class ContainerParts implements Parts {

    private static final int REGISTRY_PORT = 8080;
    private static final int POSTGRES_PORT = 5432;

    @Override
    public String startKafka() {
        KafkaContainer kafka = new KafkaContainer(DockerImageName.parse("apache/kafka:4.3.1"))
                .withEnv(Map.of(
                        "KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false",
                        "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0",
                        "KAFKA_GROUP_STREAMS_INITIAL_REBALANCE_DELAY_MS", "0",
                        "KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS", "1000"));
        kafka.start();
        return kafka.getBootstrapServers();
    }

    @Override
    public String startRegistry() {
        GenericContainer<?> registry = new GenericContainer<>(
                        DockerImageName.parse("quay.io/apicurio/apicurio-registry:3.3.3"))
                .withExposedPorts(REGISTRY_PORT)
                .withEnv("APICURIO_STORAGE_KIND", "sql")
                .withEnv("APICURIO_STORAGE_SQL_KIND", "h2")
                .waitingFor(Wait.forHttp("/apis/registry/v3/system/info")
                        .forPort(REGISTRY_PORT)
                        .withStartupTimeout(Duration.ofMinutes(2)));
        registry.start();
        return "http://%s:%d/apis/registry/v3".formatted(registry.getHost(), registry.getMappedPort(REGISTRY_PORT));
    }

    @Override
    public String startPostgres() {
        PostgreSQLContainer postgres = new PostgreSQLContainer(DockerImageName.parse("postgres:18"))
                .withUsername(TestPostgres.USER)
                .withPassword(TestPostgres.PASSWORD)
                .withDatabaseName("postgres")
                .withCommand("postgres", "-c", "wal_level=logical", "-c", "max_replication_slots=16", "-c", "max_active_replication_origins=32");
        postgres.start();
        return "%s:%d".formatted(postgres.getHost(), postgres.getMappedPort(POSTGRES_PORT));
    }
}
