package io.weir.kit.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.UUID;

/** A verdict as OpenLineage sees it: a run of the job that judges, whose input is the product, with an assertion about it. */
public final class QualityEvent {

    private QualityEvent() {}

    /**
     * One run event as JSON.
     *
     * @param job the stage that judges
     * @param bootstrapServers the first of them names the cluster
     */
    public static byte[] of(String job, String bootstrapServers, Verdict verdict) {
        UUID run = UUID.nameUUIDFromBytes((verdict.key() + "@" + verdict.judgedAtMs()).getBytes(UTF_8));
        ObjectNode event = LineageEvents.event("COMPLETE", run, verdict.judgedAtMs(), job, "JUDGE");
        ObjectNode input = event.putArray("inputs")
                .addObject()
                .put("namespace", LineageEvents.namespace(bootstrapServers))
                .put("name", verdict.product());
        ObjectNode assertion = LineageEvents.facet(
                        input.putObject("inputFacets"),
                        "dataQualityAssertions",
                        "1-1-0/DataQualityAssertionsDatasetFacet")
                .putArray("assertions")
                .addObject()
                .put("assertion", verdict.promise())
                .put("success", verdict.state() == Verdict.State.KEPT)
                .put("name", verdict.rule())
                .put("severity", verdict.severity())
                .put("description", verdict.demand())
                .put("actual", verdict.detail());
        if (verdict.field() != null) {
            assertion.put("column", verdict.field());
        }
        event.putArray("outputs");
        return event.toString().getBytes(UTF_8);
    }
}
