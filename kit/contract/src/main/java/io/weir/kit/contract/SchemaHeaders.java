package io.weir.kit.contract;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.avro.Schema;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * The schemas' content ids in a record's headers, as Apicurio's serde writes and reads them with {@code apicurio.registry.headers.enabled=true}: eight bytes,
 * big-endian.
 */
public final class SchemaHeaders {

    private static final String PREFIX = "apicurio.";
    private static final String KEY = "apicurio.key.contentId";
    private static final String VALUE = "apicurio.value.contentId";
    private static final String KEY_GLOBAL = "apicurio.key.globalId";
    private static final String VALUE_GLOBAL = "apicurio.value.globalId";

    private SchemaHeaders() {}

    public static void writeKey(Headers headers, long contentId) {
        write(headers, KEY, contentId);
    }

    public static void writeValue(Headers headers, long contentId) {
        write(headers, VALUE, contentId);
    }

    /** The content id of the key's schema; empty where the record does not say. */
    public static OptionalLong keyId(Headers headers) {
        return read(headers, KEY);
    }

    /** The content id of the value's schema; empty where the record does not say. */
    public static OptionalLong valueId(Headers headers) {
        return read(headers, VALUE);
    }

    /** The schema that the key was written under, by content id or (Apicurio before version 3, and Debezium with it) by global id. */
    public static Optional<Schema> keySchema(Headers headers, Schemas schemas) {
        return schema(headers, schemas, KEY, KEY_GLOBAL);
    }

    /** The schema that the value was written under, found like the key's. */
    public static Optional<Schema> valueSchema(Headers headers, Schemas schemas) {
        return schema(headers, schemas, VALUE, VALUE_GLOBAL);
    }

    /** Copies every schema header as it is. */
    public static void copy(Headers from, Headers to) {
        for (Header header : from) {
            if (header.key().startsWith(PREFIX)) {
                to.add(header);
            }
        }
    }

    private static Optional<Schema> schema(Headers headers, Schemas schemas, String contentId, String globalId) {
        OptionalLong id = read(headers, contentId);
        if (id.isPresent()) {
            return Optional.of(schemas.byId(id.getAsLong()));
        }
        OptionalLong global = read(headers, globalId);
        return global.isPresent() ? Optional.of(schemas.byGlobalId(global.getAsLong())) : Optional.empty();
    }

    private static void write(Headers headers, String name, long contentId) {
        headers.remove(name);
        headers.add(name, ByteBuffer.allocate(Long.BYTES).putLong(contentId).array());
    }

    private static OptionalLong read(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null || header.value().length != Long.BYTES
                ? OptionalLong.empty()
                : OptionalLong.of(ByteBuffer.wrap(header.value()).getLong());
    }
}
