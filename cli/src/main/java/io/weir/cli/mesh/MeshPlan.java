package io.weir.cli.mesh;

import io.weir.infra.local.JavaPart;
import io.weir.infra.local.LocalKafka;
import io.weir.infra.local.LocalPostgres;
import io.weir.infra.local.LocalRegistry;
import io.weir.infra.local.PartException;
import io.weir.infra.local.PartSpec;
import io.weir.infra.local.Readiness;
import io.weir.infra.local.StartupCache;
import io.weir.infra.local.WeirHome;
import io.weir.kit.contract.Source;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.stream.TopicSpec;
import io.weir.kit.stream.Topics;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** The parts of a mesh on this machine, in their order, and where they listen. */
public final class MeshPlan {

    /** A word a second from each stage: small segments, so that compaction keeps the topic small enough to read in one go. */
    private static final Map<String, String> STATUS_SETTINGS = Map.of(
            "cleanup.policy", "compact",
            "segment.bytes", "1048576",
            "min.cleanable.dirty.ratio", "0.1",
            "max.compaction.lag.ms", "60000");

    /** An address that ends so takes OTLP over HTTP; any other is taken for gRPC. */
    private static final String OTLP_HTTP_PATH = "/v1/traces";

    /** The services whose stages are Kafka Streams applications. */
    private static final Set<String> STREAMING = Set.of("ingest", "conform", "feature");

    /** What a busy stage gathers in a transaction where throughput is worth more than a blink. */
    private static final String THROUGHPUT_COMMIT_INTERVAL = "1s";

    /** What the state of a service may take in memory then. */
    private static final int THROUGHPUT_STATE_MIB = 256;

    private final Path home;
    private final StateFolder state;
    private final MeshRequest request;
    private final LocalDomain local;
    private final StartupCache caches;
    private final List<Step> steps = new ArrayList<>();
    private final List<PortCheck.Need> ports = new ArrayList<>();
    private final Map<String, String> services = new LinkedHashMap<>();

    private MeshPlan(Path home, StateFolder state, MeshRequest request, LocalDomain local, StartupCache caches) {
        this.home = home;
        this.state = state;
        this.request = request;
        this.local = local;
        this.caches = caches;
    }

    public static MeshPlan of(
            Path home, StateFolder state, MeshRequest request, LocalDomain local, StartupCache caches) {
        MeshPlan plan = new MeshPlan(home, state, request, local, caches);
        plan.foundations();
        plan.preparations();
        plan.captures();
        plan.services();
        plan.demo();
        return plan;
    }

    /** Makes the start-up caches that this mesh lacks, beside it. */
    public Training train(Consumer<String> say) {
        StateFolder place = new StateFolder(state.root().resolve("training"));
        return Training.start(
                state,
                place,
                of(home, place, request.elsewhere(), local, caches).steps(),
                caches,
                say);
    }

    public List<Step> steps() {
        return List.copyOf(steps);
    }

    public List<PortCheck.Need> ports() {
        return List.copyOf(ports);
    }

    public Run.Addresses addresses() {
        return new Run.Addresses(
                kafka(),
                registry(),
                ownPostgres() ? "127.0.0.1:" + request.ports().postgres() : null,
                services,
                local.environment());
    }

    private String kafka() {
        return request.kafka().orElse("127.0.0.1:" + request.ports().kafka());
    }

    private String registry() {
        return request.registry().orElse(LocalRegistry.url(request.ports().registry()));
    }

    private boolean ownPostgres() {
        return !local.embedded().isEmpty();
    }

    private void foundations() {
        Ports at = request.ports();
        if (request.kafka().isEmpty()) {
            need(at.kafka(), "kafka", "--kafka-port");
            need(at.kafkaController(), "kafka (controller)", "--kafka-controller-port");
            part(
                    "kafka",
                    Set.of(),
                    kafka(),
                    () -> LocalKafka.part(home, state.data("kafka"), at.kafka(), at.kafkaController()));
        }
        if (ownPostgres()) {
            need(at.postgres(), "postgres", "--postgres-port");
            part(
                    "postgres",
                    Set.of(),
                    "127.0.0.1:" + at.postgres(),
                    () -> LocalPostgres.part(home, state.data("postgres"), at.postgres()));
        }
        if (request.registry().isEmpty()) {
            need(at.registry(), "registry", "--registry-port");
            need(at.registryManagement(), "registry (management)", "--registry-management-port");
            part(
                    "registry",
                    Set.of(),
                    "http://127.0.0.1:" + at.registry(),
                    () -> LocalRegistry.part(home, state.data("registry"), at.registry(), at.registryManagement()));
        }
    }

    private void preparations() {
        steps.add(new Step.Task("topics", has("kafka"), this::makeTopics));
        steps.add(new Step.Task("databases", has("postgres"), () -> {
            Databases databases = new Databases(local, request.ports().postgres());
            String made = databases.make();
            databases.check();
            return made;
        }));
    }

    private String makeTopics() {
        List<TopicSpec> topics = new ArrayList<>();
        topics.add(new TopicSpec(MeshTopics.STAGES, 1, STATUS_SETTINGS));
        topics.add(TopicSpec.retained(MeshTopics.CONTROL, 1, Duration.ofHours(1)));
        try (Admin admin = Admin.create(Map.<String, Object>of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                kafka(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                10_000,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                15_000))) {
            List<String> missing =
                    Topics.missing(admin, topics.stream().map(TopicSpec::name).toList());
            Topics.ensure(admin, topics);
            return missing.isEmpty() ? "" : "made " + missing.size();
        }
    }

    private List<Source> capturedSources() {
        return local.domain().sources().stream()
                .filter(source -> source.connection().isPresent())
                .toList();
    }

    private void captures() {
        int port = request.ports().debezium();
        for (Source source : capturedSources()) {
            int at = port++;
            String name = Capture.name(source);
            need(at, name, "--debezium-port");
            part(
                    name,
                    before("registry"),
                    "http://127.0.0.1:" + at,
                    () -> Capture.part(home, state.data(name), source, at, captureSettings(), local.environment()));
        }
    }

    private List<String> captureSettings() {
        List<String> settings = settings();
        // What stays on this machine is compressed and opened again for nothing.
        settings.add("-Ddebezium.sink.kafka.producer.compression.type=none");
        if (request.throughput()) {
            // A request to the broker for each gathering, and for each a wake-up of whoever reads it.
            settings.add("-Ddebezium.source.poll.interval.ms=200");
        }
        return settings;
    }

    /** What every part of ours is told: where Kafka, the registry and the domain are, and what to do with telemetry. */
    private List<String> settings() {
        List<String> settings = new ArrayList<>();
        settings.add("-Dquarkus.http.host=127.0.0.1");
        settings.add("-Dquarkus.banner.enabled=false");
        settings.add("-Dkafka.bootstrap.servers=" + kafka());
        settings.add("-Dweir.kafka.bootstrap-servers=" + kafka());
        settings.add("-Dweir.registry.url=" + registry());
        settings.add("-Dweir.domain=" + local.domain().folder().toAbsolutePath().normalize());
        settings.addAll(telemetry());
        return settings;
    }

    private void services() {
        for (String service : Ports.SERVICES) {
            int port = request.ports().of(service);
            String url = "http://127.0.0.1:" + port;
            services.put(service, url);
            need(port, service, "--" + service + "-port");
            // Services wait by themselves for Kafka and the registry, and start while those do; but the push channels
            // of
            // ingest give up where there is no registry.
            Set<String> before = service.equals("ingest") ? before("registry") : Set.of();
            steps.add(new Step.Part(service, before, url, tuned(() -> service(service, port)), false));
        }
    }

    private PartSpec service(String service, int port) {
        Path jar = home.resolve(service + "-service").resolve("target/quarkus-app/quarkus-run.jar");
        if (!Files.exists(jar)) {
            throw new PartException(
                    "%s-service is not built: %s is missing. Run ./weir build --force.".formatted(service, jar));
        }
        List<String> command = new ArrayList<>();
        command.add(WeirHome.java());
        command.addAll(JavaPart.flags(heapMb(service) * (request.throughput() ? 2 : 1)));
        command.addAll(settings());
        command.add("-Dquarkus.http.port=" + port);
        command.add("-Dquarkus.vertx.event-loops-pool-size=2");
        command.add("-Dquarkus.thread-pool.max-threads=16");
        command.add("-Dweir.state.dir=" + state.data(service));
        command.add("-Dweir.instance=local");
        if (STREAMING.contains(service)) {
            if (request.throughput()) {
                command.add("-Dweir.commit-interval=" + THROUGHPUT_COMMIT_INTERVAL);
                command.add("-Dweir.state.memory-mib=" + THROUGHPUT_STATE_MIB);
                command.add("-Dweir.kafka.client.\"main.consumer.fetch.min.bytes\"=65536");
                command.add("-Dweir.kafka.client.\"main.consumer.fetch.max.wait.ms\"=200");
            }
            // What stays on this machine is compressed and opened again for nothing.
            command.add("-Dweir.kafka.client.\"producer.compression.type\"=none");
        }
        command.add("-jar");
        command.add(jar.toString());
        return PartSpec.of(service, command, state.data(service), ready(port))
                .withLiveness(live(port))
                .withEnvironment(local.environment())
                .withTimeouts(Duration.ofMinutes(5), Duration.ofSeconds(20));
    }

    /** Of a Quarkus application. */
    static Readiness ready(int port) {
        return Readiness.http(URI.create("http://127.0.0.1:%d/q/health/ready".formatted(port)));
    }

    /** Of a Quarkus application. */
    static PartSpec.Liveness live(int port) {
        return PartSpec.Liveness.of(Readiness.http(
                URI.create("http://127.0.0.1:%d/q/health/live".formatted(port)), Readiness.PATIENT_TIMEOUT_MS));
    }

    /** What a service may grow to when it is behind; idle, each holds some 30 MB. */
    private static int heapMb(String service) {
        return switch (service) {
            case "contract" -> 96;
            case "conform", "feature" -> 192;
            default -> 112;
        };
    }

    private List<String> telemetry() {
        List<String> settings = new ArrayList<>();
        request.otlp().ifPresent(url -> {
            String base = url.replaceFirst(OTLP_HTTP_PATH + "/?$", "");
            settings.add("-Dquarkus.otel.sdk.disabled=false");
            settings.add("-Dquarkus.otel.exporter.otlp.endpoint=" + base);
            settings.add("-Dquarkus.otel.exporter.otlp.protocol=" + (base.equals(url) ? "grpc" : "http/protobuf"));
        });
        if (request.jsonLogs()) {
            settings.add("-Dquarkus.log.console.json.enabled=true");
        }
        return settings;
    }

    private void demo() {
        if (request.rate().isEmpty()) {
            return;
        }
        double rate = request.rate().get();
        Path jar = home.resolve("cli/target/weir-cli.jar");
        steps.add(new Step.Part(
                "demo",
                before("postgres"),
                "%s changes a second".formatted(rate == Math.rint(rate) ? (Object) (long) rate : rate),
                () -> {
                    List<String> command = new ArrayList<>();
                    command.add(WeirHome.java());
                    command.addAll(JavaPart.flags(32));
                    command.addAll(List.of(
                            "-jar",
                            jar.toString(),
                            "demo",
                            "--background",
                            "--state",
                            state.root().toString(),
                            "--rate",
                            Double.toString(rate)));
                    return PartSpec.of("demo", command, state.data("demo"), () -> true)
                            .withEnvironment(local.environment())
                            .withTimeouts(Duration.ofMinutes(2), Duration.ofSeconds(5));
                },
                false));
    }

    private void need(int port, String part, String option) {
        ports.add(new PortCheck.Need(port, part, option));
    }

    private void part(String name, Set<String> after, String address, Step.SpecSource spec) {
        steps.add(new Step.Part(name, after, address, tuned(spec), true));
    }

    private Step.SpecSource tuned(Step.SpecSource spec) {
        return () -> caches.use(request.throughput() ? JavaPart.forThroughput(spec.get()) : spec.get());
    }

    /** What comes before everything that uses the mesh. */
    private Set<String> before(String... parts) {
        Set<String> before = new java.util.HashSet<>(Set.of("topics", "databases"));
        before.addAll(has(parts));
        return Set.copyOf(before);
    }

    /** Those of these that are steps here: with an existing cluster there is no step to wait for. */
    private Set<String> has(String... parts) {
        Set<String> present = new java.util.HashSet<>();
        for (String part : parts) {
            if (steps.stream().anyMatch(step -> step.name().equals(part))) {
                present.add(part);
            }
        }
        return Set.copyOf(present);
    }
}
