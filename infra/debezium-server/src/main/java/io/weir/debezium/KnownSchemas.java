package io.weir.debezium;

import io.apicurio.registry.resolver.DefaultSchemaResolver;
import io.apicurio.registry.resolver.SchemaLookupResult;
import io.apicurio.registry.resolver.SchemaParser;
import io.apicurio.registry.resolver.data.Record;
import io.apicurio.registry.serde.data.KafkaSerdeMetadata;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericContainer;

/**
 * Apicurio's resolver, which knows a schema by its content and writes it out as JSON for each record to find that: a fifth of capture's processor time. This one asks it
 * once for each schema object of a topic, and again when the answer is as old as the resolver's own cache lets one become ({@code apicurio.registry.check-period-ms}).
 *
 * <p>Thread-safe: the engine converts in parallel.
 */
public final class KnownSchemas extends DefaultSchemaResolver<Schema, Object> {

    /** A table has a schema or two at a time; more than this are those of tables that changed. */
    private static final int MOST = 1_000;

    /** The schema is compared by identity: comparing content is what is to be saved. */
    private record Known(String topic, int identity) {}

    private record Answer(Schema schema, SchemaLookupResult<Schema> found, long nanos) {}

    private final Map<Known, Answer> answers = new HashMap<>();
    private long freshNanos;

    @Override
    public void configure(Map<String, ?> settings, SchemaParser<Schema, Object> parser) {
        super.configure(settings, parser);
        freshNanos = config.getCheckPeriod().toNanos();
    }

    @Override
    public SchemaLookupResult<Schema> resolveSchema(Record<Object> data) {
        if (!(data.metadata() instanceof KafkaSerdeMetadata metadata)
                || !(data.payload() instanceof GenericContainer payload)) {
            return super.resolveSchema(data);
        }
        Schema schema = payload.getSchema();
        Known known = new Known(metadata.getTopic(), System.identityHashCode(schema));
        synchronized (answers) {
            Answer answer = answers.get(known);
            if (answer != null && isSame(answer.schema(), schema) && System.nanoTime() - answer.nanos() < freshNanos) {
                return answer.found();
            }
        }
        SchemaLookupResult<Schema> found = super.resolveSchema(data);
        synchronized (answers) {
            if (answers.size() >= MOST) {
                answers.clear();
            }
            answers.put(known, new Answer(schema, found, System.nanoTime()));
        }
        return found;
    }

    @Override
    public void reset() {
        super.reset();
        synchronized (answers) {
            answers.clear();
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(Schema one, Schema other) {
        return one == other;
    }
}
