package io.weir.kit.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.stream.Lineage.ColumnOf;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * A stage as <a href="https://openlineage.io/spec/2-0-2/OpenLineage.json">OpenLineage</a> sees it: a job of namespace {@code weir}, each life of it a run, topics its data sets, of
 * namespace {@code kafka://<bootstrap server>}.
 */
final class LineageEvents {

    /** What became of a run. */
    enum Type {
        START,
        COMPLETE,
        FAIL
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PRODUCER = "urn:weir:stream:0.1.0";
    private static final String SPEC = "https://openlineage.io/spec/";

    private final Stage stage;
    private final String namespace;

    /** @param bootstrapServers the first of them names the cluster */
    LineageEvents(Stage stage, String bootstrapServers) {
        this.stage = stage;
        this.namespace = namespace(bootstrapServers);
    }

    static String namespace(String bootstrapServers) {
        return "kafka://" + bootstrapServers.split(",", 2)[0];
    }

    /** A run event that knows no data sets yet. */
    static ObjectNode event(String type, UUID run, long atMs, String jobName, String jobType) {
        ObjectNode event = JSON.createObjectNode();
        event.put("eventType", type)
                .put("eventTime", Instant.ofEpochMilli(atMs).toString())
                .put("producer", PRODUCER)
                .put("schemaURL", SPEC + "2-0-2/OpenLineage.json#/$defs/RunEvent");
        facet(
                        event.putObject("run").put("runId", run.toString()).putObject("facets"),
                        "processing_engine",
                        "1-1-1/ProcessingEngineRunFacet")
                .put("name", "weir")
                .put("version", "0.1.0");
        ObjectNode job = event.putObject("job").put("namespace", "weir").put("name", jobName);
        facet(job.putObject("facets"), "jobType", "2-0-4/JobTypeJobFacet")
                .put("processingType", "STREAMING")
                .put("integration", "WEIR")
                .put("jobType", jobType);
        return event;
    }

    /** One run event as JSON. */
    byte[] event(Type type, UUID run, long atMs) {
        ObjectNode event = event(
                type.name(), run, atMs, stage.id().toString(), stage.kind().toUpperCase(Locale.ROOT));
        ArrayNode inputs = event.putArray("inputs");
        stage.inputTopics().forEach(topic -> dataSet(inputs, topic));
        output(dataSet(event.putArray("outputs"), stage.output().name().topic()));
        return event.toString().getBytes(UTF_8);
    }

    private ObjectNode dataSet(ArrayNode sets, String topic) {
        return sets.addObject().put("namespace", namespace).put("name", topic);
    }

    private void output(ObjectNode dataSet) {
        DataProduct product = stage.output();
        ObjectNode facets = dataSet.putObject("facets");
        ArrayNode fields = facet(facets, "schema", "1-2-0/SchemaDatasetFacet").putArray("fields");
        for (Column column : product.rowType().columns()) {
            fields.addObject()
                    .put("name", column.name())
                    .put("type", column.type().sql());
        }
        if (product.document().get("team") instanceof Map<?, ?> team && team.get("name") != null) {
            facet(facets, "ownership", "1-0-1/OwnershipDatasetFacet")
                    .putArray("owners")
                    .addObject()
                    .put("name", "team:" + team.get("name"))
                    .put("type", "OWNER");
        }
        Lineage lineage = stage.lineage();
        if (lineage.direct().isEmpty()) {
            return;
        }
        ObjectNode columns = facet(facets, "columnLineage", "1-2-0/ColumnLineageDatasetFacet");
        ObjectNode direct = columns.putObject("fields");
        lineage.direct()
                .forEach((column, from) -> inputs(
                        direct.putObject(column).putArray("inputFields"),
                        from,
                        "DIRECT",
                        "TRANSFORMATION",
                        lineage.masked().getOrDefault(column, Set.of())));
        ArrayNode indirect = columns.putArray("dataset");
        lineage.indirect().forEach((how, from) -> inputs(indirect, from, "INDIRECT", how, Set.of()));
    }

    private void inputs(ArrayNode into, Set<ColumnOf> columns, String type, String subtype, Set<ColumnOf> masked) {
        for (ColumnOf column : columns) {
            ObjectNode field = into.addObject().put("namespace", namespace).put("name", column.topic());
            field.put("field", column.column());
            field.putArray("transformations")
                    .addObject()
                    .put("type", type)
                    .put("subtype", subtype)
                    .put("description", "")
                    .put("masking", masked.contains(column));
        }
    }

    static ObjectNode facet(ObjectNode facets, String name, String schema) {
        String type = schema.substring(schema.indexOf('/') + 1);
        return facets.putObject(name)
                .put("_producer", PRODUCER)
                .put("_schemaURL", SPEC + "facets/" + schema + ".json#/$defs/" + type);
    }
}
