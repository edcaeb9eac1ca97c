package io.weir.benchmarks.micro;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.RowConditions;
import io.weir.kit.contract.RowType;
import io.weir.kit.contract.SqlRule;
import io.weir.kit.sql.change.Aggregate;
import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.CurrentRows;
import io.weir.kit.sql.change.Delta;
import io.weir.kit.sql.change.MemoryState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** The steps of a row through a stage: decode, expression, operator, encode. Nanoseconds for one row; state in memory. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Steps {

    private static final int ROWS = 1 << 16;
    private static final int GROUPS = 10_000;

    private static final DataProduct ORDERS = new DataProduct(
            ProductName.ofTopic("bronze.micro.orders.v1"),
            "1.0.0",
            new RowType(List.of(
                    new Column("id", new DataType.BigInt(), false),
                    new Column("customer_id", new DataType.BigInt(), false),
                    new Column("name", new DataType.Varchar(), false),
                    new Column("amount", new DataType.Decimal(12, 2), false),
                    new Column("quantity", new DataType.Int(), false),
                    new Column("ordered_at", new DataType.Timestamp(false), false),
                    new Column("note", new DataType.Varchar(), true))),
            List.of(0),
            DataProduct.Kind.TABLE,
            DataProduct.OnViolation.QUARANTINE,
            List.of(),
            1,
            Path.of("orders.odcs.yaml"),
            Map.of());

    private final RowCodec codec = RowCodec.ofValue(ORDERS);
    private final RowCodec keyCodec = RowCodec.ofKey(ORDERS);
    private final RowCodec twoColumns = RowCodec.of(ORDERS.rowType().project(List.of(0, 4)));
    private final @Nullable Object[][] rows = new @Nullable Object[ROWS][];
    private final byte[][] keys = new byte[ROWS][];
    private final byte[][] values = new byte[ROWS][];
    private final CurrentRows current = new CurrentRows(
            ORDERS.rowType().columns().stream().map(Column::type).toList(), new MemoryState());
    private final Aggregate totals = new Aggregate(
            new Aggregate.Spec(
                    List.of(1),
                    List.of(new DataType.BigInt()),
                    List.of(
                            call(Aggregate.Function.COUNT, -1, new DataType.BigInt()),
                            call(Aggregate.Function.SUM, 4, new DataType.Int())),
                    null),
            new MemoryState(),
            new MemoryState());

    @SuppressWarnings("NullAway.Init") // made in setup
    private Predicate<@Nullable Object[]> condition;

    private int next;

    @Setup
    public void setup() {
        for (int i = 0; i < ROWS; i++) {
            rows[i] = new @Nullable Object[] {
                (long) i,
                (long) (i * 31 % GROUPS),
                "Customer " + i,
                java.math.BigDecimal.valueOf(i, 2),
                i % 20,
                1_767_225_600_000L + i,
                i % 4 == 0 ? null : "note " + i
            };
            keys[i] = keyCodec.encode(new Object[] {(long) i});
            values[i] = codec.encode(rows[i]);
        }
        condition = ServiceLoader.load(RowConditions.class)
                .findFirst()
                .orElseThrow()
                .compile(
                        ORDERS,
                        new SqlRule(
                                "micro",
                                null,
                                "upper(trim(name)) = 'NOBODY' OR (amount * quantity > 1000000 AND coalesce(note, 'none') = 'none')",
                                Optional.empty(),
                                1,
                                1));
    }

    @Benchmark
    public @Nullable Object[] decode() {
        return codec.decode(values[i()]);
    }

    /** Two columns of seven: the others are read over. */
    @Benchmark
    public @Nullable Object[] decodeTwoColumns() {
        return twoColumns.decode(values[i()], codec.schema());
    }

    @Benchmark
    public boolean expression() {
        return condition.test(rows[i()]);
    }

    /** The row before, of an input that is a table. */
    @Benchmark
    public void currentRow(Blackhole sink) {
        int i = i();
        current.replace(keys[i], rows[i], (row, weight) -> sink.consume(row));
    }

    @Benchmark
    public void countAndSum(Blackhole sink) {
        totals.apply(new Change(List.of(new Delta(rows[i()], 1))), (row, weight) -> sink.consume(row));
    }

    @Benchmark
    public byte[] encode() {
        return codec.encode(rows[i()]);
    }

    private static Aggregate.Call call(Aggregate.Function function, int argument, DataType type) {
        return new Aggregate.Call(function, argument, false, -1, List.of(), null, type, new DataType.BigInt());
    }

    private int i() {
        next = (next + 1) & (ROWS - 1);
        return next;
    }
}
