package io.weir.ingest;

import java.util.List;

/** What became of each change of a push, in the order of the request. */
record PushAnswer(String product, List<Row> changes) {

    /** One change: {@code accepted}, {@code duplicate}, or {@code pending} where it is taken and nothing more is known yet. */
    record Row(String operationId, PushOutcome.Result outcome) {}

    boolean isPending() {
        return changes.stream().anyMatch(row -> row.outcome() == PushOutcome.Result.PENDING);
    }
}
