package io.weir.kit.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.InMemorySchemas;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.RowType;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Prints what a row costs in the gate, with observations and without: {@code java io.weir.kit.stream.GateCost}. */
final class GateCost {

    private static final int ROWS = 200_000;
    private static final int ROUNDS = 15;

    private GateCost() {}

    public static void main(String[] arguments) {
        DataProduct product = product();
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (long id = 0; id < 10_000; id++) {
            rows.add(new @Nullable Object[] {
                id,
                id % 50 == 0 ? null : "customer" + id % 3_000 + "@example.org",
                "DE",
                id * 0.25,
                id % 7,
                1_700_000_000_000L + id
            });
        }
        double[] without = new double[ROUNDS];
        double[] with = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            without[round] = nanoseconds(product, rows, Duration.ZERO);
            with[round] = nanoseconds(product, rows, Duration.ofSeconds(10));
        }
        Arrays.sort(without);
        Arrays.sort(with);
        double plain = without[ROUNDS / 2];
        double observed = with[ROUNDS / 2];
        System.out.printf(
                "gate: %.0f ns a row without observations, %.0f ns with: %.3f times (medians of %d)%n",
                plain, observed, observed / plain, ROUNDS);
    }

    private static double nanoseconds(DataProduct product, List<@Nullable Object[]> rows, Duration every) {
        StageId id = StageId.of("conform", product.name());
        StageContext stage = new StageContext(
                id,
                InMemorySchemas.of(product),
                new StageMeters(id, new SimpleMeterRegistry(), Clock.systemUTC()),
                new StageTracing(id, null),
                Clock.systemUTC(),
                every,
                null,
                null);
        Gate gate = new Gate(product, new ProductOutput.SchemaIds(1, 2), stage);
        MockProcessorContext<byte[], ProductOutput.Destined> context = new MockProcessorContext<>();
        context.setCurrentSystemTimeMs(System.currentTimeMillis());
        context.setRecordMetadata("in", 0, 0);
        gate.init(context);
        byte[] key = "k".getBytes(UTF_8);
        long began = System.nanoTime();
        for (int i = 0; i < ROWS; i++) {
            RecordHeaders headers = new RecordHeaders();
            new ChangeHeaders(null, "postgresql:shop", "ingest.a.b.v1", 1_700_000_000_000L, "0a-0b").write(headers);
            gate.process(new Record<>(key, new Output.Upsert(rows.get(i % rows.size())), 0L, headers));
            if (i % 1_000 == 0) {
                context.resetForwards();
            }
        }
        context.scheduledPunctuators().forEach(timer -> timer.getPunctuator().punctuate(0));
        return (double) (System.nanoTime() - began) / ROWS;
    }

    private static DataProduct product() {
        return new DataProduct(
                ProductName.ofTopic("silver.jaffle.order.v1"),
                "1.0.0",
                new RowType(List.of(
                        new Column("id", new DataType.BigInt(), false),
                        new Column("email", new DataType.Varchar(), true),
                        new Column("country", new DataType.Varchar(), true),
                        new Column("amount", new DataType.DoublePrecision(), true),
                        new Column("items", new DataType.BigInt(), true),
                        new Column("ordered_at", new DataType.Timestamp(true), true))),
                List.of(0),
                DataProduct.Kind.TABLE,
                DataProduct.OnViolation.QUARANTINE,
                List.of(),
                1,
                Path.of("contracts/order.odcs.yaml"),
                Map.of());
    }
}
