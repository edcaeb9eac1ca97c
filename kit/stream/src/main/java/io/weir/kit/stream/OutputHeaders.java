package io.weir.kit.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.stream.ProductOutput.SchemaIds;
import java.util.Objects;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** The headers of the rows that a stage writes: those of {@link ChangeHeaders} and of the schemas. What one change made of several rows is made once. One per thread. */
final class OutputHeaders {

    private final StageId stage;
    private final SchemaIds schemas;
    private @Nullable ChangeHeaders before;
    private @Nullable String traceparentBefore;
    private boolean wasRow;
    private Headers made = new RecordHeaders();

    OutputHeaders(StageId stage, SchemaIds schemas) {
        this.stage = stage;
        this.schemas = schemas;
    }

    /**
     * To be copied, not changed: they may be given again.
     *
     * @param isRow whether a row is written, or a tombstone
     */
    Headers of(ChangeHeaders change, @Nullable String traceparent, boolean isRow) {
        if (!change.equals(before) || !Objects.equals(traceparent, traceparentBefore) || isRow != wasRow) {
            before = change;
            traceparentBefore = traceparent;
            wasRow = isRow;
            made = make(change.passing(stage), traceparent, isRow);
        }
        return made;
    }

    private Headers make(ChangeHeaders change, @Nullable String traceparent, boolean isRow) {
        Headers headers = new RecordHeaders();
        add(headers, ChangeHeaders.TRACEPARENT, traceparent);
        add(headers, ChangeHeaders.ORIGIN, change.origin());
        add(headers, ChangeHeaders.PATH, change.path());
        add(
                headers,
                ChangeHeaders.SOURCE_TIMESTAMP,
                change.sourceTimestampMs() < 0 ? null : Long.toString(change.sourceTimestampMs()));
        add(headers, ChangeHeaders.POSITION, change.position());
        SchemaHeaders.writeKey(headers, schemas.key());
        if (isRow) {
            SchemaHeaders.writeValue(headers, schemas.value());
        }
        return headers;
    }

    private static void add(Headers headers, String name, @Nullable String value) {
        if (value != null) {
            headers.add(new RecordHeader(name, value.getBytes(UTF_8)));
        }
    }
}
