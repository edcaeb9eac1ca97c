package io.weir.ingest;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What became of one pushed change, as JSON on {@link #TOPIC} for the instance whose client waits.
 *
 * @param request which request, and which of its changes
 */
record PushOutcome(String request, String operationId, String product, Result result) {

    /** Request -> outcome as JSON; one partition, kept for an hour. */
    static final String TOPIC = "weir.push-outcomes";

    /** What a client is told. */
    enum Result {
        /** The change is in the product, or in its quarantine. */
        @JsonProperty("accepted")
        ACCEPTED,
        /** The operation id was met before; nothing was changed. */
        @JsonProperty("duplicate")
        DUPLICATE,
        /** Taken, and what became of it is not known yet. */
        @JsonProperty("pending")
        PENDING
    }
}
