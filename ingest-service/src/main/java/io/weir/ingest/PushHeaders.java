package io.weir.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** What a record of a push topic says beside its change. */
final class PushHeaders {

    /** The client's name for the change: the same id again changes nothing. */
    static final String OPERATION_ID = "weir-operation-id";

    /** Who waits for the outcome: echoed in {@link PushOutcome#request()}. */
    static final String REQUEST = "weir-request";

    private PushHeaders() {}

    static @Nullable String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), UTF_8);
    }
}
