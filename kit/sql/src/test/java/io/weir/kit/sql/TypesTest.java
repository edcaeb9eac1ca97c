package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.AvroMapping;
import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.RowCodec;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.apache.calcite.avatica.util.ByteString;

/** Every type of a contract keeps its values: contract, Avro, row, SQL, Avro, and back. */
class TypesTest {

    private static final List<String> TYPES = List.of(
            "boolean",
            "integer",
            "bigint",
            "real",
            "double",
            "decimal(38,9)",
            "decimal(5,0)",
            "decimal(10,10)",
            "varchar",
            "date",
            "time",
            "timestamp",
            "timestamptz",
            "varbinary",
            "varchar[]",
            "decimal(10,2)[]",
            "timestamp[]",
            "row(a:varchar;b:decimal(10,2);c:row(d:timestamp;e:integer[]))",
            "map(decimal(10,2))",
            "row(a:varchar;b:date)[]");

    private static final Domain DOMAIN = TestDomain.of(columns("bronze.a"), columns("silver.result"));
    private static final ModelPlan COPY = plan("c%d");
    private static final ModelPlan COMPUTED =
            plan("CASE WHEN id >= 0 THEN COALESCE(c%1$d, NULLIF(c%1$d, c%1$d)) ELSE c%1$d END");

    private static String columns(String name) {
        StringBuilder text = new StringBuilder(name + " id bigint key");
        for (int i = 0; i < TYPES.size(); i++) {
            text.append(", c").append(i).append(' ').append(TYPES.get(i)).append(" null");
        }
        return text.toString();
    }

    private static ModelPlan plan(String expression) {
        StringBuilder items = new StringBuilder("SELECT id");
        for (int i = 0; i < TYPES.size(); i++) {
            String computed = TYPES.get(i).startsWith("map") || TYPES.get(i).startsWith("row")
                    ? "c%d"
                    : expression; // not compared in expressions
            items.append(", ").append(computed.formatted(i)).append(" AS c").append(i);
        }
        return SqlPlanner.plan(TestDomain.model(items + " FROM bronze.a"), DOMAIN);
    }

    @Property(tries = 200, shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void shouldKeepEveryValueThroughAvroAndSql(@ForAll long seed) {
        Random random = new Random(seed);
        DataProduct table = DOMAIN.find("bronze.a").orElseThrow();
        Object[] row = table.rowType().columns().stream()
                .map(column -> column.name().equals("id") ? (Object) random.nextLong() : value(random, column))
                .toArray();

        assertThat(text(RowCodec.ofValue(table).decode(RowCodec.ofValue(table).encode(row))))
                .isEqualTo(text(row));
        assertThat(text(through(COPY, row))).isEqualTo(text(row));
        assertThat(text(through(COMPUTED, row))).isEqualTo(text(row));
    }

    @Property(tries = 1)
    void shouldReadItsOwnSchemas() {
        DataProduct table = DOMAIN.find("bronze.a").orElseThrow();

        assertThat(AvroMapping.rowType(AvroMapping.valueSchema(table))).isEqualTo(table.rowType());
    }

    /** As a stage does: read from Avro, calculate, write to Avro; then read what was written. */
    private static Object[] through(ModelPlan plan, Object[] row) {
        DataProduct table = plan.inputs().getFirst();
        Object[] inside = RowCodec.ofValue(table).decode(RowCodec.ofValue(table).encode(row));
        for (int i = 0; i < inside.length; i++) {
            inside[i] = inside[i] == null ? null : InputReader.inside(inside[i]);
        }
        Simulator simulator = new Simulator(plan, 1, new Random(1));
        simulator.send(table, new Object[] {inside[0]}, inside);
        simulator.run(10);
        assertThat(simulator.rejections()).isEmpty();
        RowCodec codec = RowCodec.ofValue(plan.output());
        return codec.decode(codec.encode(
                InputReader.outside(simulator.output().values().iterator().next())));
    }

    private static Object value(Random random, Column column) {
        if (random.nextInt(5) == 0) {
            return null;
        }
        return switch (column.type()) {
            case DataType.Bool _ -> random.nextBoolean();
            case DataType.Int _ -> random.nextInt();
            case DataType.BigInt _ -> random.nextLong();
            case DataType.Real _ -> (float) random.nextGaussian();
            case DataType.DoublePrecision _ -> random.nextGaussian() * Math.pow(10, random.nextInt(300));
            case DataType.Decimal(int precision, int scale) ->
                new BigDecimal(
                        new BigInteger((int) Math.floor(precision * 3.3), random)
                                .multiply(BigInteger.valueOf(random.nextBoolean() ? 1 : -1)),
                        scale);
            case DataType.Varchar _ ->
                random.ints(random.nextInt(9), 0, 4)
                        .mapToObj(i -> List.of("a", "é", "😀", "\u0000").get(i))
                        .collect(Collectors.joining());
            case DataType.Date _ -> random.nextInt(100_000) - 50_000;
            case DataType.Time _ -> random.nextInt(86_400_000);
            case DataType.Timestamp _ -> random.nextLong() >> 20;
            case DataType.Varbinary _ -> {
                byte[] bytes = new byte[random.nextInt(9)];
                random.nextBytes(bytes);
                yield bytes;
            }
            case DataType.Array(DataType element) ->
                IntStream.range(0, random.nextInt(4))
                        .mapToObj(_ -> value(random, new Column("element", element, true)))
                        .collect(Collectors.toCollection(ArrayList::new));
            case DataType.Struct(List<Column> fields) ->
                fields.stream().map(field -> value(random, field)).collect(Collectors.toCollection(ArrayList::new));
            case DataType.Mapping(DataType of) -> {
                Map<String, Object> map = new TreeMap<>();
                for (String key : List.of("a", "", "é").subList(0, random.nextInt(4))) {
                    map.put(key, value(random, new Column("value", of, true)));
                }
                yield map;
            }
        };
    }

    private static List<String> text(Object[] row) {
        return java.util.Arrays.stream(row)
                .map(value -> switch (value) {
                    case null -> "null";
                    case byte[] bytes -> new ByteString(bytes).toString();
                    case List<?> list -> text(list.toArray()).toString();
                    case Map<?, ?> map -> map.toString();
                    default -> value + " " + value.getClass().getSimpleName();
                })
                .toList();
    }
}
