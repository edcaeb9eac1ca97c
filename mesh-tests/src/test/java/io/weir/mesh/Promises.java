package io.weir.mesh;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Pushes what the products of {@code promises/} get, evenly, and such that it keeps or breaks what they promise: {@code quiet} gets nothing then, {@code content} numbers
 * of another size and texts that repeat each other, {@code halting} nulls.
 */
final class Promises implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long EVERY_MS = 500;
    private static final int ROWS = 15;

    private final String ingest;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(3);
    private final Random random = new Random(7);
    private final AtomicLong id = new AtomicLong(1_000);
    private volatile boolean broken;

    /** @param ingest the address of ingest-service */
    Promises(String ingest) {
        this.ingest = ingest;
        begin("quiet", () -> broken ? List.of() : rows(row -> Map.of("id", row)));
        begin("content", () -> rows(this::content));
        begin("halting", () -> rows(row -> halting(row, broken && row % 2 == 0 ? "email" : "", null)));
    }

    /** What is pushed from now on breaks the promises, or keeps them. */
    void breaks(boolean now) {
        broken = now;
    }

    private Map<String, Object> content(long row) {
        return Map.of(
                "id",
                row,
                "email",
                "a%d@example.org".formatted(broken ? row / 4 : row),
                "amount",
                random.nextGaussian(100, 20) + (broken ? 80 : 0));
    }

    /** A row that keeps every rule of {@code checked}, but for one column. */
    static Map<String, @Nullable Object> halting(long row, String column, @Nullable Object value) {
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        columns.put("id", row);
        columns.put("email", "a%d@example.org".formatted(row));
        columns.put("amount", 12.5);
        columns.put("quantity", 5);
        columns.put("code", "AB1");
        columns.put("status", "new");
        columns.put("customer_id", null);
        if (!column.isEmpty()) {
            columns.put(column, value);
        }
        return columns;
    }

    /** The row's content for its number. */
    private interface Content {
        Map<String, ? extends @Nullable Object> of(long row);
    }

    /** What is pushed together. */
    private interface Batch {
        List<Map<String, ? extends @Nullable Object>> next();
    }

    private List<Map<String, ? extends @Nullable Object>> rows(Content content) {
        List<Map<String, ? extends @Nullable Object>> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            rows.add(content.of(id.incrementAndGet()));
        }
        return rows;
    }

    private void begin(String product, Batch batch) {
        var unawaited = threads.scheduleAtFixedRate(
                () -> {
                    List<Map<String, ? extends @Nullable Object>> rows = batch.next();
                    if (!rows.isEmpty()) {
                        push(product, rows);
                    }
                },
                0,
                EVERY_MS,
                TimeUnit.MILLISECONDS);
    }

    /** Pushes rows; what the service answers is not looked at: what counts is what comes out. */
    void push(String product, List<? extends Map<String, ? extends @Nullable Object>> rows) {
        List<Map<String, Object>> changes = rows.stream()
                .map(row ->
                        Map.<String, Object>of("operationId", UUID.randomUUID().toString(), "op", "upsert", "row", row))
                .toList();
        try {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("%s/v1/products/%s/changes".formatted(ingest, product)))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(Map.of("changes", changes))))
                    .build();
            http.send(request, HttpResponse.BodyHandlers.discarding());
        } catch (JsonProcessingException defect) {
            throw new IllegalStateException(defect);
        } catch (IOException away) {
            // The next ones may come through.
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        http.shutdownNow();
    }
}
