package io.weir.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ChartsTest {

    private static final String MESH = """
            global:
              kafka: { bootstrapServers: "kafka-0:9092,kafka-1:9093" }
              registry: { url: "http://registry:8080/apis/registry/v3" }
            """;
    private static final String DOMAIN = """
            global:
              domain:
                image: { reference: "registry.example/jaffle-domain:1" }
            """;
    private static final String SHOP = """
            source: shop
            env: { SHOP_DB: "shop-db:5432" }
            secretEnv:
              SHOP_PASSWORD: { secret: shop, key: password }
            """;

    private final Charts charts = Charts.prepared();

    static Stream<String> all() {
        return Charts.all();
    }

    static Stream<String> services() {
        return Charts.SERVICES.stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void shouldLint(String chart) {
        LintResult result = charts.chart(chart).lint().strict().call();

        assertThat(result.isFailed())
                .as(() -> String.join("\n", result.getMessages()))
                .isFalse();
    }

    @ParameterizedTest
    @MethodSource("services")
    void shouldRenderWithLittle(String chart) {
        Manifests manifests = Manifests.parse(render(chart));

        assertThat(manifests.all())
                .extracting(HasMetadata::getKind)
                .contains("Service", "ServiceAccount", "NetworkPolicy");
        assertThat(manifests.of(Secret.class)).isEmpty();
        assertThat(manifests.of(Job.class)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("services")
    void shouldProbeAndRestrictEveryPod(String chart) {
        Manifests manifests = Manifests.parse(render(chart));

        List<PodSpec> pods = pods(manifests);
        assertThat(pods).hasSize(2);
        for (PodSpec pod : pods) {
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(pod.getAutomountServiceAccountToken()).isFalse();
            for (Container container : pod.getContainers()) {
                assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                        .isFalse();
                assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                        .isTrue();
                assertThat(container.getSecurityContext().getCapabilities().getDrop())
                        .containsExactly("ALL");
            }
        }
        Container service = pods.getFirst().getContainers().getFirst();
        assertThat(service.getStartupProbe().getHttpGet().getPath()).isEqualTo("/q/health/started");
        assertThat(service.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/q/health/live");
        assertThat(service.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/q/health/ready");
        assertThat(service.getResources().getLimits()).containsKey("memory");
    }

    @ParameterizedTest
    @MethodSource("services")
    void shouldSelectItsOwnPodsOnly(String chart) {
        Manifests manifests = Manifests.parse(render(chart));

        Map<String, String> labels = Stream.concat(
                        manifests.of(StatefulSet.class).stream()
                                .map(set -> set.getSpec().getTemplate()),
                        manifests.of(Deployment.class).stream()
                                .map(deployment -> deployment.getSpec().getTemplate()))
                .findFirst()
                .orElseThrow()
                .getMetadata()
                .getLabels();
        Pod test = manifests.only(Pod.class);
        assertThat(manifests.of(Service.class)).isNotEmpty().allSatisfy(service -> {
            assertThat(labels).containsAllEntriesOf(service.getSpec().getSelector());
            assertThat(test.getMetadata().getLabels())
                    .doesNotContainEntry(
                            "app.kubernetes.io/name",
                            service.getSpec().getSelector().get("app.kubernetes.io/name"));
        });
        assertThat(labels)
                .containsAllEntriesOf(manifests
                        .only(PodDisruptionBudget.class)
                        .getSpec()
                        .getSelector()
                        .getMatchLabels());
    }

    @Test
    void shouldKeepStateOnClaims() {
        for (String chart : List.of("weir-ingest", "weir-conform", "weir-feature")) {
            StatefulSet set = Manifests.parse(render(chart)).only(StatefulSet.class);

            assertThat(set.getSpec().getVolumeClaimTemplates()).singleElement().satisfies(claim -> assertThat(
                            claim.getMetadata().getName())
                    .isEqualTo("state"));
            assertThat(set.getSpec().getPersistentVolumeClaimRetentionPolicy().getWhenDeleted())
                    .isEqualTo("Retain");
            assertThat(set.getSpec().getServiceName()).endsWith("-headless");
        }
    }

    @Test
    void shouldKeepTheNameOfAWriterAndNoState() {
        StatefulSet set = Manifests.parse(render("weir-reverse-sync")).only(StatefulSet.class);

        assertThat(set.getSpec().getVolumeClaimTemplates()).isEmpty();
        assertThat(properties(Manifests.parse(render("weir-reverse-sync")))).contains("weir.instance=${POD_NAME}");
    }

    @Test
    void shouldTellCaptureWhatItReadsByTheEnvironment() {
        Container debezium = pods(Manifests.parse(render("weir-debezium")))
                .getFirst()
                .getContainers()
                .getFirst();

        Map<String, String> environment = new java.util.HashMap<>();
        debezium.getEnv().forEach(variable -> environment.put(variable.getName(), variable.getValue()));
        assertThat(environment)
                .containsEntry("WEIR_DOMAIN", "/etc/weir/domain")
                .containsEntry("WEIR_SOURCE", "shop")
                .containsEntry("KAFKA_BOOTSTRAP_SERVERS", "kafka-0:9092,kafka-1:9093")
                .containsEntry("WEIR_REGISTRY_URL", "http://registry:8080/apis/registry/v3")
                .containsEntry("SHOP_DB", "shop-db:5432")
                .containsKey("SHOP_PASSWORD");
        assertThat(environment.get("JAVA_TOOL_OPTIONS")).contains("--add-opens=java.base/java.lang=ALL-UNNAMED");
    }

    /** A service refuses to start when it is told a {@code weir.} property that its configuration does not have. */
    @ParameterizedTest
    @MethodSource("configured")
    void shouldSetOnlyPropertiesThatTheServiceHas(String chart, String config) throws IOException {
        Path project = Charts.MODULE.resolve("..");
        Path shared = project.resolve("kit/service/src/main/java/io/weir/kit/service");
        String members = Files.readString(project.resolve(config))
                + Files.readString(shared.resolve("StageServiceConfig.java"))
                + Files.readString(shared.resolve("StreamsServiceConfig.java"));

        List<String> properties = properties(Manifests.parse(render(chart)))
                .lines()
                .filter(line -> line.startsWith("weir."))
                .map(line -> line.substring("weir.".length(), line.indexOf('=')))
                .toList();

        assertThat(properties).contains("domain", "kafka.bootstrap-servers", "registry.url");
        assertThat(properties)
                .allSatisfy(name -> assertThat(members).containsAnyOf("\"" + name + "\"", " " + name + "();"));
    }

    static Stream<Arguments> configured() {
        return Stream.of(
                Arguments.of("weir-ingest", "ingest-service/src/main/java/io/weir/ingest/IngestConfig.java"),
                Arguments.of("weir-conform", "conform-service/src/main/java/io/weir/conform/ConformConfig.java"),
                Arguments.of("weir-feature", "feature-service/src/main/java/io/weir/feature/FeatureConfig.java"),
                Arguments.of("weir-contract", "contract-service/src/main/java/io/weir/contract/ContractConfig.java"),
                Arguments.of(
                        "weir-reverse-sync",
                        "reverse-sync-service/src/main/java/io/weir/reversesync/ReverseSyncConfig.java"));
    }

    @Test
    void shouldNeverRunTwoCaptures() {
        Deployment debezium = Manifests.parse(render("weir-debezium")).only(Deployment.class);

        assertThat(debezium.getSpec().getStrategy().getType()).isEqualTo("Recreate");
        assertThatThrownBy(() -> render("weir-debezium", "replicas: 2")).hasMessageContaining("replicas");
    }

    @Test
    void shouldTakeSecretsByReferenceOnly() {
        Manifests manifests = Manifests.parse(render("weir-reverse-sync", """
                secretEnv:
                  CRM_PASSWORD: { secret: crm, key: password }
                kafka:
                  client: { sasl.jaas.config: "${KAFKA_JAAS}" }
                """));

        assertThat(pods(manifests).getFirst().getContainers().getFirst().getEnv())
                .anySatisfy(variable -> {
                    assertThat(variable.getName()).isEqualTo("CRM_PASSWORD");
                    assertThat(variable.getValueFrom().getSecretKeyRef().getName())
                            .isEqualTo("crm");
                });
        assertThat(properties(manifests)).contains("weir.kafka.client.\"sasl.jaas.config\"=${KAFKA_JAAS}");
    }

    @Test
    void shouldLetOutOnlyWhatTheServiceNeeds() {
        NetworkPolicy policy = Manifests.parse(
                        render("weir-reverse-sync", "telemetry: { otlpEndpoint: 'https://collector' }"))
                .only(NetworkPolicy.class);

        List<Integer> ports = policy.getSpec().getEgress().stream()
                .flatMap(rule -> rule.getPorts().stream())
                .map(port -> port.getPort().getIntVal())
                .distinct()
                .toList();
        assertThat(ports).containsExactlyInAnyOrder(53, 9092, 9093, 8080, 443, 5432);
    }

    @Test
    void shouldScaleByLagWithinThePartitions() {
        Manifests manifests = Manifests.parse(render("weir-conform", """
                partitions: 4
                serviceMonitor: { enabled: true }
                autoscaling:
                  enabled: true
                  maxReplicas: 4
                  triggers:
                    - { consumerGroup: conform.jaffle.customer.v1, topic: bronze.jaffle.customers.v1 }
                """));

        assertThat(manifests.only(GenericKubernetesResource.class).<Integer>get("spec", "maxReplicaCount"))
                .isEqualTo(4);
        assertThat(manifests.only(StatefulSet.class).getSpec().getReplicas()).isNull();
        assertThat(manifests.only(ServiceMonitor.class).getSpec().getEndpoints())
                .singleElement()
                .satisfies(endpoint -> assertThat(endpoint.getPath()).isEqualTo("/q/metrics"));
    }

    @Test
    void shouldScaleByCpu() {
        HorizontalPodAutoscaler scaler = Manifests.parse(
                        render("weir-feature", "autoscaling: { enabled: true, kind: hpa, maxReplicas: 2 }"))
                .only(HorizontalPodAutoscaler.class);

        assertThat(scaler.getSpec().getScaleTargetRef().getKind()).isEqualTo("StatefulSet");
        assertThat(scaler.getSpec().getMaxReplicas()).isEqualTo(2);
    }

    @Test
    void shouldOfferStandbysAndStaticMembershipToTheClassicProtocol() {
        Manifests manifests = Manifests.parse(
                render("weir-feature", "streams: { groupProtocol: classic, standbys: 1, staticMembership: true }"));

        assertThat(properties(manifests))
                .contains("weir.kafka.client.\"group.protocol\"=classic")
                .contains("weir.kafka.client.\"num.standby.replicas\"=1")
                .contains("weir.kafka.client.\"group.instance.id\"=${POD_NAME}");
    }

    @Test
    void shouldResetByAPlainJob() {
        Job job = Manifests.parse(render("weir-conform", """
                replicas: 0
                reset: { enabled: true, stage: conform.jaffle.customer.v1, claims: 2 }
                """)).only(Job.class);

        assertThat(job.getMetadata().getAnnotations()).doesNotContainKey("helm.sh/hook");
        PodSpec pod = job.getSpec().getTemplate().getSpec();
        assertThat(pod.getInitContainers().getFirst().getCommand())
                .containsExactly(
                        "rm", "-rf", "/claims/0/conform.jaffle.customer.v1", "/claims/1/conform.jaffle.customer.v1");
        assertThat(pod.getVolumes())
                .extracting(Volume::getPersistentVolumeClaim)
                .filteredOn(Objects::nonNull)
                .extracting(claim -> claim.getClaimName())
                .containsExactly("state-demo-weir-conform-0", "state-demo-weir-conform-1");
        assertThat(pod.getContainers().getFirst().getArgs()).contains("conform.jaffle.customer.v1", "--reset-offsets");
    }

    @Test
    void shouldRunTheWholeDomainFromItsFolder() throws IOException, InterruptedException {
        Path folder = Charts.MODULE.resolve("../examples/jaffle-shop");
        String values = domainValues(folder);

        Manifests manifests = Manifests.parse(
                charts.render(Charts.UMBRELLA, MESH, values, "debezium:\n  enabled: true\n" + SHOP.indent(2)));

        assertThat(manifests.of(StatefulSet.class)).hasSize(4);
        assertThat(manifests.of(Deployment.class)).hasSize(2);
        ConfigMap domain = manifests.of(ConfigMap.class).stream()
                .filter(map -> map.getMetadata().getName().equals("demo-weir-conform-domain"))
                .findFirst()
                .orElseThrow();
        assertThat(domain.getData())
                .containsEntry("silver__customer.sql", Files.readString(folder.resolve("silver/customer.sql")));
        Volume volume = manifests.of(StatefulSet.class).stream()
                .filter(set -> set.getMetadata().getName().equals("demo-weir-conform"))
                .flatMap(set -> set.getSpec().getTemplate().getSpec().getVolumes().stream())
                .filter(candidate -> candidate.getName().equals("domain"))
                .findFirst()
                .orElseThrow();
        assertThat(volume.getConfigMap().getItems())
                .hasSize(domain.getData().size())
                .anySatisfy(item -> assertThat(item.getPath()).isEqualTo("contracts/customer.odcs.yaml"));
    }

    @Test
    void shouldRenderWhatTheReadmeSays() throws IOException, InterruptedException {
        String readme = Files.readString(Charts.MODULE.resolve("README.md"));
        String values = readme.substring(
                readme.indexOf("```yaml\n") + "```yaml\n".length(),
                readme.indexOf("\n```\n", readme.indexOf("```yaml\n")));

        Manifests manifests = Manifests.parse(
                charts.render(Charts.UMBRELLA, domainValues(Charts.MODULE.resolve("../examples/jaffle-shop")), values));

        assertThat(manifests.of(Deployment.class)).hasSize(2);
    }

    @Test
    void shouldTakeTheDomainFromAnImageOrAnExistingConfigMap() {
        Volume image = domainVolume(render("weir-conform"));
        Volume configMap = domainVolume(render("weir-conform", """
                domain:
                  configMap: { name: jaffle, items: [{ key: domain, path: domain.yaml }] }
                """));

        assertThat(image.getImage().getReference()).isEqualTo("registry.example/jaffle-domain:1");
        assertThat(configMap.getConfigMap().getName()).isEqualTo("jaffle");
    }

    static Stream<Arguments> wrongValues() {
        return Stream.of(
                Arguments.of("weir-conform", "replica: 2", "replica"),
                Arguments.of("weir-conform", "kafka: { bootstrap: 'kafka:9092' }", "bootstrap"),
                Arguments.of("weir-conform", "kafka: { bootstrapServers: kafka }", "bootstrapServers"),
                Arguments.of("weir-conform", "replicas: many", "replicas"),
                Arguments.of("weir-conform", "replicas: 3", "partitions is 2: the ones beyond it would stand idle"),
                Arguments.of("weir-conform", "streams: { standbys: 1 }", "streams.num.standby.replicas"),
                Arguments.of("weir-conform", "streams: { staticMembership: true }", "groupProtocol=classic"),
                Arguments.of(
                        "weir-conform",
                        "domain: { image: { reference: a }, configMap: { name: b } }",
                        "domain.configMap and domain.image contradict each other"),
                Arguments.of("weir-conform", "domain: { files: { silver/a.sql: SELECT } }", "lacks domain.yaml"),
                Arguments.of(
                        "weir-conform",
                        "kafka: { client: { ssl.truststore.password: hunter2 } }",
                        "ssl.truststore.password holds a secret"),
                Arguments.of(
                        "weir-conform",
                        "autoscaling: { enabled: true }",
                        "autoscaling.kind=keda needs autoscaling.triggers"),
                Arguments.of(
                        "weir-conform",
                        "autoscaling: { enabled: true, kind: hpa, minReplicas: 2, maxReplicas: 1 }",
                        "maxReplicas is below"),
                Arguments.of(
                        "weir-conform",
                        "autoscaling: { enabled: true, kind: hpa, triggers: [{ consumerGroup: a, topic: b }] }",
                        "autoscaling.triggers is for autoscaling.kind=keda"),
                Arguments.of(
                        "weir-conform",
                        "autoscaling: { enabled: true, kind: hpa, maxReplicas: 9 }",
                        "9 replicas, but partitions is 2"),
                Arguments.of("weir-conform", "reset: { enabled: true }", "reset.enabled needs reset.stage"),
                Arguments.of(
                        "weir-conform",
                        "reset: { enabled: true, stage: conform.jaffle.customer.v1 }",
                        "a stage that runs cannot be reset"),
                Arguments.of("weir-conform", "reset: { stage: feature.jaffle.customer.v1 }", "stage"),
                Arguments.of("weir-debezium", "source: ''", "source is not set: name one of the domain's sources"),
                Arguments.of("weir-debezium", "env: { SHOP_PASSWORD: hunter2 }", "SHOP_PASSWORD holds a secret"));
    }

    @ParameterizedTest
    @MethodSource("wrongValues")
    void shouldRefuseWrongValuesWithAMessage(String chart, String values, String message) {
        assertThatThrownBy(() -> render(chart, values)).hasMessageContaining(message);
    }

    @Test
    void shouldRefuseWhatIsMissing() {
        assertThatThrownBy(() -> charts.render("weir-conform"))
                .hasMessageContaining("Kafka is not named: set kafka.bootstrapServers");
        assertThatThrownBy(() -> charts.render("weir-conform", MESH))
                .hasMessageContaining("no domain to run: set one of domain.files");
        assertThatThrownBy(() -> charts.render(Charts.UMBRELLA, MESH, DOMAIN, "confrom: { replicas: 1 }"))
                .hasMessageContaining("confrom");
        assertThatThrownBy(() -> charts.render(Charts.UMBRELLA, MESH, DOMAIN, "conform: { replica: 1 }"))
                .hasMessageContaining("replica");
    }

    private String render(String chart, String... more) {
        List<String> values = new java.util.ArrayList<>(List.of(MESH, DOMAIN));
        if (chart.equals("weir-debezium")) {
            values.add(SHOP);
        }
        values.addAll(List.of(more));
        return charts.render(chart, values.toArray(String[]::new));
    }

    private static Volume domainVolume(String rendered) {
        return pods(Manifests.parse(rendered)).getFirst().getVolumes().stream()
                .filter(volume -> volume.getName().equals("domain"))
                .findFirst()
                .orElseThrow();
    }

    private static String properties(Manifests manifests) {
        return manifests.of(ConfigMap.class).stream()
                .map(map -> map.getData().get("application.properties"))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
    }

    /** The service's own pod first. */
    private static List<PodSpec> pods(Manifests manifests) {
        return Stream.of(
                        manifests.of(StatefulSet.class).stream()
                                .map(set -> set.getSpec().getTemplate().getSpec()),
                        manifests.of(Deployment.class).stream()
                                .map(deployment ->
                                        deployment.getSpec().getTemplate().getSpec()),
                        manifests.of(Pod.class).stream().map(Pod::getSpec))
                .flatMap(stream -> stream)
                .toList();
    }

    private static String domainValues(Path folder) throws IOException, InterruptedException {
        Process script = new ProcessBuilder(
                        Charts.MODULE.resolve("domain-values").toString(), folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String values = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(script.waitFor()).isZero();
        return values;
    }
}
