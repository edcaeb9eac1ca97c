package io.weir.mesh;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;

/** An OpenTelemetry collector that keeps what it is given: OTLP over gRPC and over HTTP, on one loopback port. */
final class TraceCollector implements AutoCloseable {

    private static final String GRPC_PATH = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private static final int GRPC_PREFIX = 5;

    /** One span, ids in hexadecimal; {@code parent} is empty for a root. */
    record Span(String service, String trace, String id, String parent, String name, Map<String, String> attributes) {}

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final List<Span> spans = new CopyOnWriteArrayList<>();

    private TraceCollector() {
        server = vertx.createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                .requestHandler(this::take);
    }

    static TraceCollector start() throws InterruptedException, ExecutionException, TimeoutException {
        TraceCollector collector = new TraceCollector();
        collector.server.listen().toCompletionStage().toCompletableFuture().get(4, TimeUnit.MINUTES);
        return collector;
    }

    String url() {
        return "http://127.0.0.1:" + server.actualPort();
    }

    List<Span> spans() {
        return List.copyOf(spans);
    }

    private void take(HttpServerRequest request) {
        boolean grpc = request.path().equals(GRPC_PATH);
        request.bodyHandler(body -> {
            HttpServerResponse response = request.response();
            try {
                if (grpc) {
                    boolean packed = body.getByte(0) == 1;
                    keep(unpacked(body.getBytes(GRPC_PREFIX, body.length()), packed));
                    response.putHeader("content-type", "application/grpc").putTrailer("grpc-status", "0");
                    response.end(Buffer.buffer(new byte[GRPC_PREFIX]));
                } else {
                    keep(unpacked(body.getBytes(), "gzip".equals(request.getHeader("content-encoding"))));
                    response.putHeader("content-type", "application/x-protobuf").end();
                }
            } catch (InvalidProtocolBufferException e) {
                response.setStatusCode(400).end(String.valueOf(e.getMessage()));
            }
        });
    }

    private static byte[] unpacked(byte[] bytes, boolean packed) {
        if (!packed) {
            return bytes;
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void keep(byte[] request) throws InvalidProtocolBufferException {
        for (ResourceSpans resource :
                ExportTraceServiceRequest.parseFrom(request).getResourceSpansList()) {
            String service = resource.getResource().getAttributesList().stream()
                    .filter(attribute -> attribute.getKey().equals("service.name"))
                    .map(attribute -> attribute.getValue().getStringValue())
                    .findFirst()
                    .orElse("");
            resource.getScopeSpansList().stream()
                    .flatMap(scope -> scope.getSpansList().stream())
                    .forEach(span -> {
                        Map<String, String> attributes = new HashMap<>();
                        span.getAttributesList()
                                .forEach(attribute -> attributes.put(
                                        attribute.getKey(), attribute.getValue().getStringValue()));
                        spans.add(new Span(
                                service,
                                hex(span.getTraceId()),
                                hex(span.getSpanId()),
                                hex(span.getParentSpanId()),
                                span.getName(),
                                attributes));
                    });
        }
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
