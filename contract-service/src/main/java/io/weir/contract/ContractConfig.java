package io.weir.contract;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The configuration of contract-service. */
@ConfigMapping(prefix = "weir")
public interface ContractConfig {

    /** The folders of the domains whose contracts this service publishes, with commas between them. */
    List<Path> domain();

    /** Kafka, {@code host:port[,host:port]}. */
    @WithName("kafka.bootstrap-servers")
    @WithDefault("${kafka.bootstrap.servers:localhost:19092}")
    String bootstrapServers();

    /** Further settings of the Kafka clients, security among them, by their own names. */
    @WithName("kafka.client")
    Map<String, String> kafka();

    /** The registry's API, version 3. */
    @WithName("registry.url")
    @WithDefault("http://localhost:18080/apis/registry/v3")
    URI registry();

    /** How long to wait before the registry is tried again; doubled each time, up to {@link #retryMost()}. */
    @WithDefault("500ms")
    Duration retryFirst();

    /** The longest wait between two tries. */
    @WithDefault("15s")
    Duration retryMost();

    /** Where the judge's state lives; what is lost here is rebuilt from changelog topics. */
    @WithName("state.dir")
    @WithDefault(".weir/data/${quarkus.application.name}")
    Path stateDirectory();

    /** Names this process in Kafka's groups: another for each process, the same after a restart. */
    @WithDefault("${HOSTNAME:local}")
    String instance();

    Judging judge();

    Posting webhook();

    OpenLineage lineage();

    /** How promises are judged. */
    interface Judging {

        /** Rules about many rows are judged over the rows of so much time. */
        @WithDefault("10m")
        Duration window();

        /** History is kept in such pieces; the same piece of last week, else of yesterday, else the last four are what is usual. */
        @WithDefault("1h")
        Duration period();

        /** How often time alone is judged: freshness, and what leaves the window. */
        @WithDefault("1s")
        Duration every();

        /** How late a stage's word may be before its silence counts: until then its product is judged as of its last word. */
        @WithDefault("30s")
        Duration patience();

        /** How long a broken promise has to hold before its incident is resolved. */
        @WithDefault("5s")
        Duration settle();

        /** A halt is said anew before it is over, and ends by itself after so long where the judge has gone. */
        @WithDefault("30s")
        Duration haltLease();

        /** How often an open incident is told anew while what is measured changes; a kept promise a tenth as often. */
        @WithDefault("1m")
        Duration tellEvery();
    }

    /** Who is told of the stages' runs. */
    interface OpenLineage {

        /** Where each OpenLineage event is posted, {@code http://marquez:5000/api/v1/lineage} for example; nowhere where it is missing. */
        Optional<URI> url();

        /** The environment variable that holds the bearer token for it; none where it is missing. */
        Optional<String> tokenEnv();
    }

    /** Who is told of incidents. */
    interface Posting {

        /** Where each event of an incident is posted; nowhere where it is missing. */
        Optional<URI> url();

        /** The environment variable that holds the secret by which posts are signed; unsigned where it is missing. */
        Optional<String> secretEnv();
    }
}
