package io.weir.kit.stream;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Continues a change's W3C trace at each hop; without an exporter the context is handed on as it came. */
public final class StageTracing {

    private static final String TRACEPARENT = ChangeHeaders.TRACEPARENT;

    private static final TextMapGetter<String> GETTER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String carrier) {
            return List.of(TRACEPARENT);
        }

        @Override
        public @Nullable String get(@Nullable String carrier, String key) {
            return TRACEPARENT.equals(key) ? carrier : null;
        }
    };

    private final @Nullable Tracer tracer;
    private final StageId stage;

    /** A null {@code tracer} means that nothing is exported. */
    public StageTracing(StageId stage, @Nullable Tracer tracer) {
        this.stage = stage;
        this.tracer = tracer;
    }

    /** Records that the stage wrote a change to {@code destination} and returns the trace context for the next hop. */
    public @Nullable String hop(@Nullable String traceparent, String destination) {
        if (tracer == null || traceparent == null) {
            return traceparent;
        }
        return next(
                traceparent,
                tracer.spanBuilder("process " + destination)
                        .setSpanKind(SpanKind.PRODUCER)
                        .setAttribute("messaging.system", "kafka")
                        .setAttribute("messaging.destination.name", destination)
                        .setAttribute("messaging.consumer.group.name", stage.toString()));
    }

    /**
     * Records that a source committed a change of {@code table}, as a span from then until now, and returns the trace context for the next hop.
     *
     * @param committedAtMs ms since the epoch; negative where unknown
     */
    public @Nullable String commit(@Nullable String traceparent, String table, long committedAtMs) {
        if (tracer == null || traceparent == null) {
            return traceparent;
        }
        SpanBuilder span = tracer.spanBuilder("commit " + table)
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute("db.collection.name", table);
        return next(
                traceparent, committedAtMs < 0 ? span : span.setStartTimestamp(committedAtMs, TimeUnit.MILLISECONDS));
    }

    private static String next(String traceparent, SpanBuilder builder) {
        Context parent = W3CTraceContextPropagator.getInstance().extract(Context.root(), traceparent, GETTER);
        Span span = builder.setParent(parent).startSpan();
        String[] next = {traceparent};
        W3CTraceContextPropagator.getInstance().inject(parent.with(span), next, (carrier, key, value) -> {
            if (carrier != null && TRACEPARENT.equals(key)) {
                carrier[0] = value;
            }
        });
        span.end();
        return next[0];
    }
}
