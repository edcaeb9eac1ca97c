package io.weir.kit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class SchemaHeadersTest {

    private final Headers headers = new RecordHeaders();

    @Test
    void shouldReadTheIdsThatItWrote() {
        SchemaHeaders.writeKey(headers, 7);
        SchemaHeaders.writeValue(headers, 1L << 40);
        SchemaHeaders.writeValue(headers, 8);

        assertThat(SchemaHeaders.keyId(headers)).hasValue(7);
        assertThat(SchemaHeaders.valueId(headers)).hasValue(8);
        assertThat(headers.toArray()).hasSize(2);
    }

    @Test
    void shouldFindTheSchemaByContentIdOrByGlobalId() {
        InMemorySchemas byContent = new InMemorySchemas();
        long id = byContent.add(Schema.create(Schema.Type.INT));
        Schemas schemas = new Schemas() {
            @Override
            public Schema byId(long contentId) {
                return byContent.byId(contentId);
            }

            @Override
            public Schema byGlobalId(long globalId) {
                return Schema.create(globalId == 99 ? Schema.Type.LONG : Schema.Type.NULL);
            }

            @Override
            public long idOf(ProductName product, Part part) {
                throw new AssertionError();
            }
        };
        SchemaHeaders.writeKey(headers, id);
        headers.add(
                "apicurio.value.globalId", ByteBuffer.allocate(8).putLong(99).array());

        assertThat(SchemaHeaders.keySchema(headers, schemas)).hasValue(Schema.create(Schema.Type.INT));
        assertThat(SchemaHeaders.valueSchema(headers, schemas)).hasValue(Schema.create(Schema.Type.LONG));
    }

    @Test
    void shouldFindNothingInARecordThatSaysNothing() {
        headers.add("apicurio.value.contentId", new byte[] {1, 2});

        assertThat(SchemaHeaders.keyId(headers)).isEmpty();
        assertThat(SchemaHeaders.valueId(headers)).isEmpty();
        assertThat(SchemaHeaders.valueSchema(headers, new InMemorySchemas())).isEmpty();
    }

    @Test
    void shouldCopySchemaHeadersAndNoOther() {
        SchemaHeaders.writeKey(headers, 7);
        headers.add("apicurio.value.globalId", new byte[8]);
        headers.add("traceparent", new byte[1]);
        Headers copy = new RecordHeaders();

        SchemaHeaders.copy(headers, copy);

        assertThat(copy)
                .extracting(header -> header.key())
                .containsExactly("apicurio.key.contentId", "apicurio.value.globalId");
    }
}
