package io.weir.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apicurio.registry.serde.avro.AvroKafkaDeserializer;
import io.weir.kit.contract.AvroMapping;
import io.weir.kit.contract.Column;
import io.weir.kit.contract.ContractFile;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Layer;
import io.weir.kit.contract.NotPublishedYet;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.RegistryClient;
import io.weir.kit.contract.RegistrySchemas;
import io.weir.kit.contract.RegistryUnavailable;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.RowType;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.contract.Schemas.Part;
import io.weir.kit.testkit.TestRegistry;
import io.weir.kit.testkit.Testkit;
import io.weir.kit.testkit.WithMesh;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On a real registry. */
@WithMesh
class PublisherTest {

    private static final Column ID = new Column("customer_id", new DataType.BigInt(), false);
    private static final Column NAME = new Column("name", new DataType.Varchar(), false);
    private static final Column EMAIL = new Column("email", new DataType.Varchar(), true);

    private final ProductName name = new ProductName(Layer.SILVER, Testkit.unique("jaffle"), "customer", 1);
    private final TestRegistry rest;
    private final RegistryClient registry;
    private final RegistrySchemas schemas;
    private Publisher publisher;

    PublisherTest(TestRegistry rest) {
        this.rest = rest;
        this.registry = new RegistryClient(URI.create(rest.url()));
        this.schemas = new RegistrySchemas(registry);
    }

    @BeforeEach
    void setUp() {
        publisher = new Publisher(registry);
    }

    @Test
    void shouldPublishContractAndSchemas() {
        DataProduct product = product("1.0.0", ID, NAME);

        Publication publication = publish(product);

        assertThat(publication)
                .isEqualTo(Publication.published(
                        schemas.idOf(product.name(), Part.KEY), schemas.idOf(product.name(), Part.VALUE)));
        assertThat(schemas.byId(schemas.idOf(product, Part.VALUE))).isEqualTo(AvroMapping.valueSchema(product));
        RegistryClient.Version contract =
                registry.latest(name.domain(), name.topic()).orElseThrow();
        assertThat(contract.version()).isEqualTo("1.0.0");
        assertThat(registry.references(contract.contentId()))
                .extracting(RegistryClient.Reference::artifact)
                .containsExactlyInAnyOrder(name.topic() + "-key", name.topic() + "-value");
    }

    @Test
    void shouldChangeNothingWhenDoneAgain() {
        Publication first = publish(product("1.0.0", ID, NAME));

        Publication second = publish(product("1.0.0", ID, NAME));

        assertThat(second).isEqualTo(first);
        assertThat(registry.versions(name.domain(), name.topic())).hasSize(1);
        assertThat(registry.versions(name.domain(), name.topic() + "-value")).hasSize(1);
    }

    @Test
    void shouldLetANullableColumnComeWhileOldWritersGoOn() {
        DataProduct old = product("1.0.0", ID, NAME);
        DataProduct next = product("1.1.0", ID, NAME, EMAIL);
        publish(old);

        Publication publication = publish(next);

        assertThat(publication.state()).isEqualTo(Publication.State.PUBLISHED);
        assertThat(schemas.byId(schemas.idOf(old, Part.VALUE))).isEqualTo(AvroMapping.valueSchema(old));
        assertThat(schemas.byId(schemas.idOf(next, Part.VALUE))).isEqualTo(AvroMapping.valueSchema(next));
        assertThat(schemas.idOf(next.name(), Part.VALUE)).isEqualTo(schemas.idOf(next, Part.VALUE));
        assertThat(schemas.idOf(next, Part.KEY)).isEqualTo(schemas.idOf(old, Part.KEY));
    }

    @Test
    void shouldRefuseToTakeARequiredColumnAway() {
        publish(product("1.0.0", ID, NAME));

        Publication publication = publish(product("1.1.0", ID));

        assertThat(publication.state()).isEqualTo(Publication.State.REFUSED);
        assertThat(publication.detail())
                .startsWith("version 1.1.0 cannot replace what is published: ")
                .contains("name")
                .endsWith(
                        "Only columns that may be null can come and go within one major version: change the contract back, "
                                + "or declare the new major version silver.%s.customer.v2".formatted(name.domain()));
        assertThat(registry.latest(name.domain(), name.topic()).orElseThrow().version())
                .isEqualTo("1.0.0");
    }

    @Test
    void shouldRefuseAnotherPrimaryKey() {
        publish(product("1.0.0", ID, NAME));
        DataProduct other = new DataProduct(
                name,
                "1.1.0",
                new RowType(List.of(ID, NAME)),
                List.of(1, 0),
                DataProduct.Kind.TABLE,
                DataProduct.OnViolation.QUARANTINE,
                List.of(),
                2,
                Path.of("customer.odcs.yaml"),
                Map.of());

        Publication publication = publish(other);

        assertThat(publication.detail())
                .isEqualTo(
                        ("the primary key has changed, from (customer_id) to (name, customer_id): rows with the old keys would "
                                        + "stay for ever. Declare the new major version silver.%s.customer.v2 instead, "
                                        + "and let consumers move to it")
                                .formatted(name.domain()));
    }

    @Test
    void shouldRefuseAChangeWithoutANewVersion() {
        publish(product("1.0.0", ID, NAME));

        Publication publication = publish(product("1.0.0", ID, NAME, EMAIL));

        assertThat(publication.detail())
                .isEqualTo("the contract has changed, but its version is still 1.0.0, which is published: "
                        + "raise \"version\" in customer.odcs.yaml");
        assertThat(registry.versions(name.domain(), name.topic() + "-value")).hasSize(1);
    }

    /** As after an upgrade of Weir that maps types otherwise. */
    @Test
    void shouldPublishANewSchemaOfAnUnchangedContract() {
        DataProduct old = product("1.0.0", ID, NAME);
        DataProduct next = new DataProduct(
                name,
                "1.0.0",
                new RowType(List.of(ID, NAME, EMAIL)),
                List.of(0),
                DataProduct.Kind.TABLE,
                DataProduct.OnViolation.QUARANTINE,
                List.of(),
                2,
                Path.of("customer.odcs.yaml"),
                old.document());
        publish(old);

        Publication publication = publish(next);

        assertThat(publication.state()).isEqualTo(Publication.State.PUBLISHED);
        assertThat(publication.valueSchema()).isEqualTo(schemas.idOf(next, Part.VALUE));
        assertThat(registry.versions(name.domain(), name.topic())).hasSize(1);
    }

    @Test
    void shouldHaveTheRegistryRefuseAnIncompatibleSchemaOfThoseWhoBypassUs() {
        publish(product("1.0.0", ID, NAME));

        assertThat(refusal("-value", """
                {"type": "record", "name": "Other", "fields": []}""", "")).contains("Incompatible artifact");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "-value ~ {\"type\": \"record\", \"name\": \"Value\", \"fields\": [{\"name\": \"a\", \"type\": \"nothing\"}]}",
                "-key ~ {\"type\": \"record\"}",
                "'' ~ {\"status\": "
            })
    void shouldHaveTheRegistryRefuseAnInvalidDocumentOfThoseWhoBypassUs(String artifact, String content) {
        publish(product("1.0.0", ID, NAME));

        // Whichever rule the registry asks first has to read the document, and says in its own words that it cannot.
        var answer = register(artifact, content, "");
        assertThat(answer.statusCode()).as(answer.body()).isIn(400, 422, 500);
        assertThat(answer.body())
                .containsAnyOf("RuleViolationException", "UnprocessableSchemaException", "ReferenceFinderException");
        assertThat(rest.get("/groups/%s/artifacts/%s/versions".formatted(name.domain(), name.topic() + artifact))
                        .body())
                .containsPattern("\"count\"\\s*:\\s*1\\b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-key", "-value"})
    void shouldHaveTheRegistryRefuseAReferenceToNothingOfThoseWhoBypassUs(String artifact) {
        publish(product("1.0.0", ID, NAME));
        String valid = artifact.isEmpty()
                ? "{\"version\": \"9.0.0\"}"
                : AvroMapping.schema(product("1.0.0", ID, NAME), artifact.equals("-key") ? Part.KEY : Part.VALUE)
                        .toString();

        assertThat(refusal(artifact, valid, """
                {"groupId": "%s", "artifactId": "nothing", "version": "1", "name": "nothing"}""".formatted(name.domain()))).contains("eference");
    }

    /** What the registry answers to somebody who registers a version without us. */
    private HttpResponse<String> register(String artifact, String content, String reference) {
        return rest.post(
                "/groups/%s/artifacts/%s/versions".formatted(name.domain(), name.topic() + artifact),
                "{\"content\": {\"contentType\": \"application/json\", \"content\": \"%s\", \"references\": [%s]}}"
                        .formatted(content.replace("\"", "\\\""), reference));
    }

    private String refusal(String artifact, String content, String reference) {
        var answer = register(artifact, content, reference);
        assertThat(answer.statusCode()).as(answer.body()).isIn(400, 422);
        assertThat(answer.body()).containsAnyOf("RuleViolationException", "UnprocessableSchemaException");
        return answer.body();
    }

    @ParameterizedTest
    @CsvSource({"proposed, DRAFT", "draft, DRAFT", "active, ENABLED", "deprecated, DEPRECATED", "retired, DISABLED"})
    void shouldPublishInTheStateThatTheStatusSays(String status, RegistryClient.State state) {
        DataProduct contract = contract("customer", "1.0.0", status, "");

        Publication publication = publisher.publish(contract, List.of(contract));

        assertThat(publication.state()).isEqualTo(Publication.State.PUBLISHED);
        assertThat(publisher.publish(contract, List.of(contract))).isEqualTo(publication);
        assertThat(registry.version(name.domain(), name.topic(), "1.0.0"))
                .map(RegistryClient.Version::state)
                .hasValue(state);
        assertThat(publisher.isPublished(contract)).isTrue();
        assertThat(publisher.published(name)).map(DataProduct::version).hasValue("1.0.0");
        assertThat(schemas.idOf(contract, Part.VALUE)).isEqualTo(publication.valueSchema());
    }

    @Test
    void shouldLeaveTheDraftBehindWhenTheContractGoesIntoForce() {
        DataProduct draft = contract("customer", "1.0.0", "draft", "");
        DataProduct active = contract("customer", "1.1.0", "active", "");
        DataProduct next = contract("customer", "1.2.0", "draft", "");
        publisher.publish(draft, List.of());

        List<Publication> publications =
                List.of(publisher.publish(active, List.of()), publisher.publish(next, List.of()));

        assertThat(publications).extracting(Publication::state).containsOnly(Publication.State.PUBLISHED);
        assertThat(registry.latest(name.domain(), name.topic()))
                .map(RegistryClient.Version::version)
                .hasValue("1.1.0");
        assertThat(registry.versions(name.domain(), name.topic()))
                .extracting(RegistryClient.Version::state)
                .containsExactly(RegistryClient.State.DRAFT, RegistryClient.State.ENABLED, RegistryClient.State.DRAFT);
    }

    @Test
    void shouldReferToTheProductsThatRelationshipsNameEvenInACircle() {
        DataProduct customer = contract("customer", "1.0.0", "active", "order.order_id");
        DataProduct order = contract("order", "1.0.0", "active", "customer.customer_id");
        List<DataProduct> both = List.of(customer, order);

        List<Publication> first =
                both.stream().map(one -> publisher.publish(one, both)).toList();
        List<Publication> second =
                both.stream().map(one -> publisher.publish(one, both)).toList();

        assertThat(first).extracting(Publication::state).containsOnly(Publication.State.PUBLISHED);
        assertThat(second).isEqualTo(first);
        assertThat(referencesOf(customer)).contains(order.name().topic() + "-key");
        assertThat(referencesOf(order)).contains(customer.name().topic() + "-key");
        assertThat(registry.versions(name.domain(), name.topic())).hasSize(1);
        assertThat(registry.versions(name.domain(), name.topic() + "-key")).hasSize(1);
    }

    /** Artifacts that are all there. */
    private List<String> referencesOf(DataProduct product) {
        RegistryClient.Version contract =
                registry.latest(name.domain(), product.name().topic()).orElseThrow();
        List<RegistryClient.Reference> references = registry.references(contract.contentId());
        assertThat(references)
                .allSatisfy(one -> assertThat(registry.version(one.group(), one.artifact(), one.version()))
                        .isPresent());
        return references.stream().map(RegistryClient.Reference::artifact).toList();
    }

    @Test
    void shouldTellWhatIsNotPublishedYet() {
        DataProduct product = product("1.0.0", ID, NAME);

        assertThatThrownBy(() -> schemas.idOf(product, Part.VALUE))
                .isInstanceOf(NotPublishedYet.class)
                .hasMessage("the registry has no %s-value yet: contract-service publishes it".formatted(name.topic()));
        publish(product);
        assertThatThrownBy(() -> schemas.idOf(product("1.1.0", ID, NAME, EMAIL), Part.VALUE))
                .isInstanceOf(NotPublishedYet.class)
                .hasMessage(("the registry's %s-value is not yet as contract version 1.1.0 says: "
                                + "contract-service publishes it, or has refused it")
                        .formatted(name.topic()));
        assertThatThrownBy(() -> schemas.byId(987_654_321L))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the registry has no schema with content id 987654321");
    }

    @Test
    void shouldTellThatTheRegistryIsAway() {
        Publisher nowhere = new Publisher(new RegistryClient(URI.create("http://127.0.0.1:1/apis/registry/v3")));

        assertThatThrownBy(() -> nowhere.publish(product("1.0.0", ID, NAME), List.of()))
                .isInstanceOf(RegistryUnavailable.class)
                .hasMessageStartingWith("the registry does not answer at http://127.0.0.1:1/apis/registry/v3 (");
    }

    @Test
    void shouldWriteRowsThatApicuriosOwnDeserializerReads() {
        DataProduct product = product("1.0.0", ID, NAME, EMAIL);
        Publication publication = publish(product);
        byte[] bytes = RowCodec.ofValue(product).encode(new Object[] {7L, "Ann", null});
        var headers = new RecordHeaders();
        SchemaHeaders.writeValue(headers, publication.valueSchema());

        GenericRecord record;
        try (var deserializer = new AvroKafkaDeserializer<GenericRecord>()) {
            deserializer.configure(
                    Map.of("apicurio.registry.url", rest.url(), "apicurio.registry.headers.enabled", "true"), false);
            record = deserializer.deserialize(name.topic(), headers, bytes);
        }

        assertThat(record).hasToString("{\"customer_id\": 7, \"name\": \"Ann\", \"email\": null}");
    }

    @Test
    void shouldFindASchemaByItsGlobalIdToo() {
        DataProduct product = product("1.0.0", ID, NAME);
        publish(product);
        long globalId = registry.latest(name.domain(), name.topic() + "-value")
                .orElseThrow()
                .globalId();

        assertThat(schemas.byGlobalId(globalId)).isEqualTo(AvroMapping.valueSchema(product));
    }

    /** Apicurio's serialisers before version 3, and Debezium with them, register a record's parts as artifacts of their own. */
    @Test
    void shouldPutASchemaTogetherFromItsParts() {
        RegistryClient.Version part = registry.publish(
                name.domain(),
                "Value",
                RegistryClient.Type.AVRO,
                null,
                "{\"type\":\"record\",\"name\":\"Value\",\"namespace\":\"shop\",\"fields\":[{\"name\":\"id\",\"type\":\"long\"}]}",
                List.of());
        RegistryClient.Version whole = registry.publish(
                name.domain(),
                "Envelope",
                RegistryClient.Type.AVRO,
                null,
                "{\"type\":\"record\",\"name\":\"Envelope\",\"namespace\":\"shop\",\"fields\":[{\"name\":\"after\",\"type\":[\"null\",\"shop.Value\"]}]}",
                List.of(new RegistryClient.Reference(name.domain(), "Value", part.version(), "shop.Value")));

        Schema byContent = schemas.byId(whole.contentId());
        Schema byGlobal = schemas.byGlobalId(whole.globalId());

        assertThat(byContent.getField("after").schema().getTypes().getLast()).isEqualTo(schemas.byId(part.contentId()));
        assertThat(byGlobal).isEqualTo(byContent);
    }

    private Publication publish(DataProduct product) {
        return publisher.publish(product, List.of());
    }

    /** A contract as a file says it; its rows name a row of another object by {@code to}, or none. */
    private DataProduct contract(String product, String version, String status, String to) {
        return ContractFile.of(
                        """
                apiVersion: v3.1.0
                kind: DataContract
                id: %1$s
                version: %2$s
                status: %3$s
                schema:
                  - name: %1$s
                    physicalName: silver.%4$s.%1$s.v1
                    properties:
                      - {name: %1$s_id, logicalType: integer, primaryKey: true}
                      - {name: other_id, logicalType: integer%5$s}
                """.formatted(
                                        product,
                                        version,
                                        status,
                                        name.domain(),
                                        to.isEmpty() ? "" : ", relationships: [{to: %s}]".formatted(to)),
                        product + ".odcs.yaml")
                .product();
    }

    private DataProduct product(String version, Column... columns) {
        List<String> names = new ArrayList<>();
        for (Column column : columns) {
            names.add(column.name());
        }
        return new DataProduct(
                name,
                version,
                new RowType(List.of(columns)),
                List.of(0),
                DataProduct.Kind.TABLE,
                DataProduct.OnViolation.QUARANTINE,
                List.of(),
                2,
                Path.of("customer.odcs.yaml"),
                Map.of("id", name.topic(), "version", version, "status", "active", "columns", names));
    }
}
