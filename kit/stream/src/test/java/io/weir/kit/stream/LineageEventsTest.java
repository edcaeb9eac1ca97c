package io.weir.kit.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.RowType;
import io.weir.kit.stream.Lineage.ColumnOf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.streams.Topology;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LineageEventsTest {

    private static final ProductName SALES = ProductName.ofTopic("gold.jaffle.sales.v1");
    private static final String ORDERS = "silver.jaffle.order.v1";

    @Test
    void shouldTellARunWithItsDataSetsAndColumns() throws IOException {
        UUID run = UUID.fromString("0190b2b2-7d2c-4c4e-9a51-5a8f2e1d7c11");

        JsonNode event = new ObjectMapper()
                .readTree(new LineageEvents(new Sales(), "kafka:9092,other:9092")
                        .event(LineageEvents.Type.START, run, 1_700_000_000_000L));

        assertThat(event.path("eventType").asText()).isEqualTo("START");
        assertThat(event.path("eventTime").asText()).isEqualTo("2023-11-14T22:13:20Z");
        assertThat(event.at("/run/runId").asText()).isEqualTo(run.toString());
        assertThat(event.at("/job/name").asText()).isEqualTo("feature.jaffle.sales.v1");
        assertThat(event.at("/job/facets/jobType/processingType").asText()).isEqualTo("STREAMING");
        assertThat(event.at("/inputs/0/namespace").asText()).isEqualTo("kafka://kafka:9092");
        assertThat(event.at("/inputs/0/name").asText()).isEqualTo(ORDERS);
        JsonNode facets = event.at("/outputs/0/facets");
        assertThat(facets.at("/schema/fields/1/type").asText()).isEqualTo("decimal(12,2)");
        assertThat(facets.at("/ownership/owners/0/name").asText()).isEqualTo("team:shop-data");
        assertThat(facets.at("/columnLineage/fields/paid/inputFields"))
                .extracting(field -> field.path("field").asText(), field -> field.at("/transformations/0/masking")
                        .asBoolean())
                .containsExactlyInAnyOrder(tuple("amount", false), tuple("card", true));
        assertThat(facets.at("/columnLineage/dataset/0/transformations/0/subtype")
                        .asText())
                .isEqualTo("FILTER");
        assertThat(facets)
                .allSatisfy(facet -> assertThat(facet.path("_schemaURL").asText())
                        .startsWith("https://openlineage.io/spec/facets/"));
    }

    @Test
    void shouldTellAVerdictAsAnAssertionAboutAnInput() throws IOException {
        JsonNode event = new ObjectMapper()
                .readTree(QualityEvent.of("contract.judge", "kafka:9092", verdict(Verdict.State.BROKEN)));

        assertThat(event.at("/job/name").asText()).isEqualTo("contract.judge");
        assertThat(event.at("/inputs/0/name").asText()).isEqualTo(ORDERS);
        assertThat(event.at("/inputs/0/inputFacets/dataQualityAssertions/assertions/0"))
                .isEqualTo(new ObjectMapper().readTree("""
                        {"assertion": "nullValues", "success": false, "name": "amount.nullValues", "severity": "warning",
                         "description": "nullValues of \\"amount\\": less than 10 percent",
                         "actual": "25 of 200 rows have no value", "column": "amount"}"""));
    }

    @ParameterizedTest
    @EnumSource
    void shouldBeAsOpenLineageDefines(LineageEvents.Type type) throws IOException {
        byte[] event = new LineageEvents(new Sales(), "kafka:9092").event(type, UUID.randomUUID(), 1_700_000_000_000L);

        assertThat(OfficialOpenLineage.deviations(event)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellVerdictsAsOpenLineageDefines(Verdict.State state) throws IOException {
        assertThat(OfficialOpenLineage.deviations(QualityEvent.of("contract.judge", "kafka:9092", verdict(state))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "jobType\": {, jobKind\": {",
        "processingType, processType",
        "facets/1-1-1, facets/1-1-0",
        "inputFields, input",
        "\"version\", \"release\"",
        "2023-11-14T22:13:20Z, yesterday",
        "START, BEGIN",
        "runId, id"
    })
    void shouldFindWhatIsNotAsOpenLineageDefines(String good, String bad) {
        String event = new String(
                new LineageEvents(new Sales(), "kafka:9092")
                        .event(LineageEvents.Type.START, UUID.randomUUID(), 1_700_000_000_000L),
                UTF_8);

        String other = event.replace(good.replace(" ", ""), bad.replace(" ", ""));

        assertThat(other).isNotEqualTo(event);
        assertThatThrownBy(() -> assertThat(OfficialOpenLineage.deviations(other.getBytes(UTF_8)))
                        .isEmpty())
                .isInstanceOfAny(AssertionError.class, IOException.class);
    }

    private static Verdict verdict(Verdict.State state) {
        return new Verdict(
                ORDERS,
                "amount.nullValues",
                "nullValues",
                "amount",
                state,
                "warning",
                "halt",
                "nullValues of \"amount\": less than 10 percent",
                12.5,
                "percent",
                "25 of 200 rows have no value",
                null,
                1,
                1_700_000_000_000L,
                "i",
                true,
                true,
                0);
    }

    /** A model that sums what was paid. */
    private static final class Sales implements Stage {

        @Override
        public StageId id() {
            return StageId.of("feature", SALES);
        }

        @Override
        public String kind() {
            return "model";
        }

        @Override
        public List<String> inputTopics() {
            return List.of(ORDERS);
        }

        @Override
        public DataProduct output() {
            return new DataProduct(
                    SALES,
                    "1.0.0",
                    new RowType(List.of(
                            new Column("store", new DataType.Varchar(), false),
                            new Column("paid", new DataType.Decimal(12, 2), true))),
                    List.of(0),
                    DataProduct.Kind.TABLE,
                    DataProduct.OnViolation.QUARANTINE,
                    List.of(),
                    1,
                    Path.of("sales.odcs.yaml"),
                    Map.of("team", Map.of("name", "shop-data")));
        }

        @Override
        public Lineage lineage() {
            return new Lineage(
                    Map.of("paid", Set.of(new ColumnOf(ORDERS, "amount"), new ColumnOf(ORDERS, "card"))),
                    Map.of("paid", Set.of(new ColumnOf(ORDERS, "card"))),
                    Map.of("FILTER", Set.of(new ColumnOf(ORDERS, "status"))));
        }

        @Override
        public Topology topology(StageContext context) {
            return new Topology();
        }
    }
}
