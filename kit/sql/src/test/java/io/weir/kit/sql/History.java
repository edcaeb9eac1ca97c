package io.weir.kit.sql;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What happens to a plan's inputs, in its order, as far as that is not left to chance: rows that come, change and go, and time that passes. */
final class History {

    /**
     * A record on an input, and what happens behind it.
     *
     * @param row null: the key goes
     * @param count how often the row is there, where the whole row is the key
     * @param later so many seconds pass
     * @param work so many messages are worked on before the next step
     * @param restart what runs goes, and comes again with the state that it has kept
     */
    record Step(DataProduct product, Object[] key, Object[] row, int count, int later, int work, boolean restart) {
        @Override
        public String toString() {
            return "%s %s%s%s"
                    .formatted(
                            product.name().localName(),
                            row == null ? "delete " + Arrays.toString(key) : "upsert " + Arrays.toString(row),
                            count == 1 || row == null ? "" : " x " + count,
                            (later == 0 ? "" : ", then " + later + " s pass") + (restart ? ", then a restart" : ""));
        }
    }

    private static final int MOST_ATTEMPTS = 1_000;

    private final List<DataProduct> products;
    private final List<Step> steps;

    private History(List<DataProduct> products, List<Step> steps) {
        this.products = products;
        this.steps = List.copyOf(steps);
    }

    static History random(ModelPlan plan, Random random) {
        List<DataProduct> products = new ArrayList<>(plan.inputs());
        List<Step> steps = new ArrayList<>();
        int changes = 20 + random.nextInt(60);
        Map<DataProduct, Map<List<Object>, Object[]>> tables = new History(products, List.of()).tables();
        for (int i = 0; i < changes; i++) {
            DataProduct product = products.get(random.nextInt(products.size()));
            int later = plan.usesClock() && random.nextInt(4) == 0 ? random.nextInt(20_000) : 0;
            Step step = step(product, tables.get(product), later, random);
            apply(step, tables.get(product));
            steps.add(step);
        }
        return new History(products, steps);
    }

    List<Step> steps() {
        return steps;
    }

    /** When the last step is done. */
    Instant end() {
        return Simulator.START.plusSeconds(steps.stream().mapToInt(Step::later).sum());
    }

    /** Gives the records to a simulation and lets it come to rest. */
    void run(Simulator simulator) {
        Instant now = Simulator.START;
        for (Step step : steps) {
            simulator.send(step.product(), step.key(), step.row(), step.count());
            if (step.later() > 0) {
                now = now.plusSeconds(step.later());
                simulator.advance(now);
            }
            simulator.run(step.work());
            if (step.restart()) {
                simulator.restart();
            }
        }
        simulator.advance(now);
        simulator.run(Integer.MAX_VALUE);
    }

    /** The same for a model's real topology. */
    void run(TopologyHarness harness) {
        for (Step step : steps) {
            if (step.product().key().isEmpty()) {
                harness.count(step.product(), step.count(), step.key());
            } else if (step.row() == null) {
                harness.delete(step.product(), step.key());
            } else {
                harness.upsert(step.product(), step.row());
            }
            if (step.later() > 0) {
                harness.advance(Duration.ofSeconds(step.later()));
            }
            if (step.restart()) {
                harness.restart();
            }
        }
        harness.advance(Duration.ofSeconds(1));
    }

    /** The tables in the end. */
    Map<DataProduct, Map<List<Object>, Object[]>> tables() {
        Map<DataProduct, Map<List<Object>, Object[]>> tables = new LinkedHashMap<>();
        products.forEach(product -> tables.put(product, new LinkedHashMap<>()));
        steps.forEach(step -> apply(step, tables.get(step.product())));
        return tables;
    }

    /** A history that fails too, without what is not needed for it: greedily, of many steps at once first, then of one by one. */
    History shrunk(Predicate<History> fails) {
        History least = this;
        int attempts = 0;
        for (int size = Math.max(1, steps.size() / 2); size > 0; size /= 2) {
            boolean again = true;
            while (again) {
                again = false;
                for (int from = 0; from < least.steps.size() && attempts < MOST_ATTEMPTS; attempts++) {
                    History shorter = least.without(from, from + size);
                    if (fails.test(shorter)) {
                        least = shorter;
                        again = size == 1;
                    } else {
                        from += size;
                    }
                }
            }
        }
        return least;
    }

    private History without(int from, int to) {
        return new History(
                products,
                IntStream.range(0, steps.size())
                        .filter(i -> i < from || i >= to)
                        .mapToObj(steps::get)
                        .toList());
    }

    @Override
    public String toString() {
        return steps.stream().map(step -> "  " + step).collect(Collectors.joining("\n"));
    }

    private static void apply(Step step, Map<List<Object>, Object[]> table) {
        if (step.product().key().isEmpty()) {
            for (int copy = 0; copy < 4; copy++) {
                List<Object> numbered = List.of(Arrays.asList(step.key()), copy);
                if (copy < step.count()) {
                    table.put(numbered, step.row());
                } else {
                    table.remove(numbered);
                }
            }
        } else if (step.row() == null) {
            table.remove(Arrays.asList(step.key()));
        } else {
            table.put(Arrays.asList(step.key()), step.row());
        }
    }

    private static Step step(DataProduct product, Map<List<Object>, Object[]> table, int later, Random random) {
        Object[] row = product.rowType().columns().stream()
                .map(column -> value(random, column))
                .toArray();
        int work = random.nextInt(8);
        boolean restart = random.nextInt(20) == 0;
        if (product.kind() == DataProduct.Kind.EVENTS) {
            int id = product.key().getFirst();
            row[id] = (long) table.size();
            return new Step(product, new Object[] {row[id]}, row, 1, later, work, restart);
        }
        if (product.key().isEmpty()) {
            int count = random.nextInt(4);
            return new Step(product, row, count == 0 ? null : row, count, later, work, restart);
        }
        Object[] key = product.key().stream().map(column -> row[column]).toArray();
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> new Step(product, key, null, 0, later, work, restart);
            case 3 -> new Step(product, key, table.get(Arrays.asList(key)), 1, later, work, restart);
            default -> new Step(product, key, row, 1, later, work, restart);
        };
    }

    private static Object value(Random random, Column column) {
        if (column.nullable() && random.nextInt(5) == 0) {
            return null;
        }
        return switch (column.type()) {
            case DataType.Bool _ -> random.nextBoolean();
            case DataType.Int _ -> random.nextInt(5);
            case DataType.BigInt _ -> (long) random.nextInt(5);
            case DataType.DoublePrecision _ -> random.nextInt(8) / 4.0 + random.nextInt(3) * 0.1;
            case DataType.Decimal(int _, int scale) -> BigDecimal.valueOf(random.nextInt(500) - 100, scale);
            case DataType.Varchar _ ->
                List.of("a", "b", "B", " c", "", "ab", "é").get(random.nextInt(7));
            case DataType.Timestamp _ -> 1_767_225_600_000L + random.nextInt(4) * 43_200_000L;
            case DataType.Date _ -> 20_000 + random.nextInt(4);
            case DataType.Array(DataType element) ->
                Stream.generate(() -> value(random, new Column("element", element, true)))
                        .limit(random.nextInt(4))
                        .collect(Collectors.toCollection(ArrayList::new));
            case DataType.Struct(List<Column> fields) ->
                fields.stream().map(field -> value(random, field)).collect(Collectors.toCollection(ArrayList::new));
            case DataType.Mapping(DataType of) -> {
                Map<String, Object> map = new TreeMap<>();
                for (int i = random.nextInt(3); i > 0; i--) {
                    map.put("abc".charAt(random.nextInt(3)) + "", value(random, new Column("value", of, true)));
                }
                yield map;
            }
            default -> throw new IllegalStateException(column.toString());
        };
    }
}
