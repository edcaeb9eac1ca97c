package io.weir.helm;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Rendered manifests, read as the API server would: a field that the kind does not have is an error. */
final class Manifests {

    private static final KubernetesSerialization CLIENT = new KubernetesSerialization();
    private static final ObjectMapper STRICT =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final List<HasMetadata> resources;

    private Manifests(List<HasMetadata> resources) {
        this.resources = resources;
    }

    /** An {@link AssertionError} names the field, with its path, where one is unknown. */
    static Manifests parse(String rendered) {
        List<HasMetadata> resources = new ArrayList<>();
        for (String document : rendered.split("(?m)^---\\s*$")) {
            if (document.lines().allMatch(line -> line.isBlank() || line.startsWith("#"))) {
                continue;
            }
            HasMetadata resource = CLIENT.unmarshal(document);
            if (resource instanceof GenericKubernetesResource generic) {
                checkGeneric(generic);
            } else {
                check(resource, resource.getKind());
            }
            resources.add(resource);
        }
        return new Manifests(resources);
    }

    List<HasMetadata> all() {
        return resources;
    }

    <T extends HasMetadata> List<T> of(Class<T> type) {
        return resources.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <T extends HasMetadata> T only(Class<T> type) {
        List<T> found = of(type);
        if (found.size() != 1) {
            throw new AssertionError("%d of kind %s, expected one".formatted(found.size(), type.getSimpleName()));
        }
        return found.getFirst();
    }

    private static void check(Object value, String path) {
        switch (value) {
            case null -> {}
            case Map<?, ?> map -> map.forEach((key, element) -> check(element, path + "." + key));
            case Collection<?> list -> {
                int i = 0;
                for (Object element : list) {
                    check(element, path + "[" + i++ + "]");
                }
            }
            case Object bean when bean.getClass().getName().startsWith("io.fabric8.") -> checkBean(bean, path);
            default -> {}
        }
    }

    private static void checkBean(Object bean, String path) {
        for (Class<?> type = bean.getClass(); type != null && type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) || field.getType().isEnum()) {
                    continue;
                }
                try {
                    field.setAccessible(true);
                    Object value = field.get(bean);
                    if (field.getName().equals("additionalProperties")) {
                        if (value instanceof Map<?, ?> unknown && !unknown.isEmpty()) {
                            throw new AssertionError("unknown field in %s: %s".formatted(path, unknown.keySet()));
                        }
                    } else {
                        check(value, path + "." + field.getName());
                    }
                } catch (IllegalAccessException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    /** KEDA's kind is not in the client's model: its fields, as its reference describes them, are here. */
    private static void checkGeneric(GenericKubernetesResource resource) {
        if (!resource.getKind().equals("ScaledObject")) {
            throw new AssertionError("unknown kind " + resource.getKind());
        }
        STRICT.convertValue(resource.get("spec"), ScaledObjectSpec.class);
        ObjectMeta metadata = resource.getMetadata();
        check(metadata, "ScaledObject.metadata");
    }

    record ScaledObjectSpec(
            @JsonProperty(required = true) ScaleTarget scaleTargetRef,
            Integer pollingInterval,
            Integer cooldownPeriod,
            Integer idleReplicaCount,
            Integer minReplicaCount,
            Integer maxReplicaCount,
            @JsonProperty(required = true) List<Trigger> triggers) {}

    record ScaleTarget(
            String apiVersion,
            String kind,
            @JsonProperty(required = true) String name) {}

    record Trigger(
            @JsonProperty(required = true) String type,
            @JsonProperty(required = true) KafkaTrigger metadata,
            AuthenticationRef authenticationRef) {}

    /** KEDA takes strings only. */
    record KafkaTrigger(
            String bootstrapServers,
            String consumerGroup,
            String topic,
            String lagThreshold,
            String offsetResetPolicy,
            String allowIdleConsumers,
            String limitToPartitionsWithLag) {}

    record AuthenticationRef(String name, String kind) {}
}
