package io.weir.kit.stream;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.openlineage.client.OpenLineage;
import io.openlineage.client.OpenLineageClientUtils;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The official definition of OpenLineage's events: the classes that its own client generates from its schemas, which name the version of each.
 *
 * <p>The schemas let a facet have further fields; ours have none, so that a name that is misspelt is found. What must be there they say, the classes do not: it is here.
 */
final class OfficialOpenLineage {

    private static final ObjectMapper EVENTS =
            OpenLineageClientUtils.newObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private static final Map<Class<?>, List<String>> REQUIRED = Map.ofEntries(
            Map.entry(OpenLineage.RunEvent.class, List.of("EventTime", "Producer", "SchemaURL", "Run", "Job")),
            Map.entry(OpenLineage.Run.class, List.of("RunId")),
            Map.entry(OpenLineage.Job.class, List.of("Namespace", "Name")),
            Map.entry(OpenLineage.InputDataset.class, List.of("Namespace", "Name")),
            Map.entry(OpenLineage.OutputDataset.class, List.of("Namespace", "Name")),
            Map.entry(OpenLineage.ProcessingEngineRunFacet.class, List.of("Version")),
            Map.entry(OpenLineage.JobTypeJobFacet.class, List.of("ProcessingType", "Integration")),
            Map.entry(OpenLineage.SchemaDatasetFacetFields.class, List.of("Name")),
            Map.entry(OpenLineage.OwnershipDatasetFacetOwners.class, List.of("Name")),
            Map.entry(OpenLineage.ColumnLineageDatasetFacet.class, List.of("Fields")),
            Map.entry(OpenLineage.ColumnLineageDatasetFacetFieldsAdditional.class, List.of("InputFields")),
            Map.entry(OpenLineage.InputField.class, List.of("Namespace", "Name", "Field")),
            Map.entry(OpenLineage.InputFieldTransformations.class, List.of("Type")),
            Map.entry(OpenLineage.DataQualityAssertionsDatasetFacet.class, List.of("Assertions")),
            Map.entry(OpenLineage.DataQualityAssertionsDatasetFacetAssertions.class, List.of("Assertion", "Success")));

    private OfficialOpenLineage() {}

    /** What of the event is not as the definition says, the versions that it cites included; an {@link IOException} where it cannot even be read. */
    static List<String> deviations(byte[] event) throws IOException {
        JsonNode ours = new ObjectMapper().readTree(event);
        JsonNode bare = ours.deepCopy();
        for (JsonNode one : bare.findParents("_schemaURL")) {
            ((ObjectNode) one).remove("_schemaURL");
        }
        ((ObjectNode) bare).remove("schemaURL");
        OpenLineage.RunEvent read = EVENTS.readValue(bare.toString(), new TypeReference<OpenLineage.RunEvent>() {});
        List<String> deviations = new ArrayList<>();
        walk(read, "event", deviations);
        JsonNode theirs = new ObjectMapper().readTree(EVENTS.writeValueAsBytes(read));
        if (!ours.equals(theirs)) {
            deviations.add("we write %s, the official client %s".formatted(ours, theirs));
        }
        return deviations;
    }

    private static void walk(@Nullable Object value, String path, List<String> deviations) {
        switch (value) {
            case Collection<?> list -> list.forEach(one -> walk(one, path, deviations));
            case Map<?, ?> map -> map.forEach((name, one) -> walk(one, path + "." + name, deviations));
            case Object object
            when object.getClass().getPackage().equals(OpenLineage.class.getPackage()) -> {
                for (Method method : object.getClass().getMethods()) {
                    if (method.getName().startsWith("get")
                            && method.getParameterCount() == 0
                            && method.getDeclaringClass() != Object.class) {
                        field(object, method, path, deviations);
                    }
                }
            }
            case null, default -> {}
        }
    }

    private static void field(Object object, Method getter, String path, List<String> deviations) {
        String name = getter.getName().substring("get".length());
        Object value;
        try {
            value = getter.invoke(object);
        } catch (IllegalAccessException | InvocationTargetException impossible) {
            throw new IllegalStateException(impossible);
        }
        if (name.equals("AdditionalProperties") && !(object instanceof OpenLineage.ColumnLineageDatasetFacetFields)) {
            if (value instanceof Map<?, ?> further && !further.isEmpty()) {
                deviations.add("%s: unknown %s".formatted(path, further.keySet()));
            }
        } else if (value == null) {
            if (name.equals("_producer")
                    || name.equals("_schemaURL")
                    || REQUIRED.getOrDefault(object.getClass(), List.of()).contains(name)) {
                deviations.add("%s: no %s".formatted(path, name));
            }
        } else {
            walk(value, path + "." + name, deviations);
        }
    }
}
