package io.weir.kit.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.stream.ProductOutput.SchemaIds;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** The headers of the rows that a stage writes: those of {@link ChangeHeaders} and of the schemas. What is the same for most rows is made once. One per thread. */
final class OutputHeaders {

    private final StageId stage;
    private final Header[] ofRow;
    private final Header[] ofDeletion;
    private String pathBefore;
    private Header path;
    private Header origin;
    private String originText;

    OutputHeaders(StageId stage, SchemaIds schemas) {
        this.stage = stage;
        Headers ids = new RecordHeaders();
        SchemaHeaders.writeKey(ids, schemas.key());
        this.ofDeletion = ids.toArray();
        SchemaHeaders.writeValue(ids, schemas.value());
        this.ofRow = ids.toArray();
        this.pathBefore = "";
        this.path = text(ChangeHeaders.PATH, stage.toString());
        this.originText = "";
        this.origin = text(ChangeHeaders.ORIGIN, "");
    }

    /** @param isRow whether a row is written, or a tombstone */
    Headers of(ChangeHeaders change, @Nullable String traceparent, boolean isRow) {
        if (!change.path().equals(pathBefore)) {
            pathBefore = change.path();
            path = text(ChangeHeaders.PATH, change.passing(stage).path());
        }
        if (!change.origin().equals(originText)) {
            originText = change.origin();
            origin = text(ChangeHeaders.ORIGIN, originText);
        }
        Headers headers = new RecordHeaders();
        if (traceparent != null) {
            headers.add(text(ChangeHeaders.TRACEPARENT, traceparent));
        }
        headers.add(origin);
        headers.add(path);
        if (change.sourceTimestampMs() >= 0) {
            headers.add(text(ChangeHeaders.SOURCE_TIMESTAMP, Long.toString(change.sourceTimestampMs())));
        }
        String position = change.position();
        if (position != null) {
            headers.add(text(ChangeHeaders.POSITION, position));
        }
        for (Header id : isRow ? ofRow : ofDeletion) {
            headers.add(id);
        }
        return headers;
    }

    private static Header text(String name, String value) {
        return new RecordHeader(name, value.getBytes(UTF_8));
    }
}
