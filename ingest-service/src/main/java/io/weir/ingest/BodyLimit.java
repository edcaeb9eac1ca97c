package io.weir.ingest;

import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Answers a request that announces more bytes than are taken before Quarkus does, which would say nothing but 413. */
@Singleton
class BodyLimit {

    /** Before Quarkus's own look at the length. */
    private static final int FIRST = 1000;

    private final long limitBytes;

    BodyLimit(@ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize limit) {
        this.limitBytes = limit.asLongValue();
    }

    void install(@Observes Filters filters) {
        filters.register(this::check, FIRST);
    }

    private void check(RoutingContext request) {
        String announced = request.request().getHeader(HttpHeaders.CONTENT_LENGTH);
        long length = announced != null && announced.matches("\\d{1,18}") ? Long.parseLong(announced) : 0;
        if (length <= limitBytes) {
            request.next();
            return;
        }
        HttpServerResponse response = request.response();
        response.setStatusCode(413)
                .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE)
                .end(new JsonObject()
                        .put("title", "Too many bytes")
                        .put("status", 413)
                        .put(
                                "detail",
                                "%d bytes in one request, at most %d are taken: send several requests"
                                        .formatted(length, limitBytes))
                        .encode());
    }
}
