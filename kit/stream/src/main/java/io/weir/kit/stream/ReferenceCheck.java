package io.weir.kit.stream;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Relationship;
import io.weir.kit.contract.RowCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * Lets a row pass to the gate when the rows that it names stand in their products.
 *
 * <p>Topics have no order among each other, so a row may well come before what it names: it waits for it, in the order of its key. A newer row or a deletion of the same key
 * takes its place. What has waited for so long, while all that was written to the other product in that time is known, names nothing.
 */
final class ReferenceCheck extends ContextualProcessor<byte[], Output, byte[], Output> {

    static final String STORE = "references-waiting";

    private static final Duration LOOK = Duration.ofMillis(200);

    private record Checked(Relationship rule, Relationship.Named named) {}

    private final DataProduct product;
    private final StageContext stage;
    private final ReferenceKeys references;
    private final List<Checked> enforced = new ArrayList<>();
    private final List<Checked> warning = new ArrayList<>();
    private final RowCodec keys;
    private final RowCodec rows;
    private @Nullable KeyValueStore<byte[], byte[]> waiting;
    private long waits;
    private long serial;
    private long lookAgainMs;

    private ReferenceCheck(DataProduct product, StageContext stage, ReferenceKeys references) {
        this.product = product;
        this.stage = stage;
        this.references = references;
        for (Relationship rule : product.settings().relationships()) {
            Checked checked = new Checked(rule, rule.named(product.rowType()));
            (onViolation(rule) == DataProduct.OnViolation.WARN ? warning : enforced).add(checked);
        }
        this.keys = RowCodec.ofKey(product);
        this.rows = RowCodec.of(product.rowType().allNullable());
    }

    static ProcessorSupplier<byte[], Output, byte[], Output> supplier(
            DataProduct product, StageContext stage, ReferenceKeys references) {
        return new ProcessorSupplier<>() {
            @Override
            public Processor<byte[], Output, byte[], Output> get() {
                return new ReferenceCheck(product, stage, references);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(STORE), Serdes.ByteArray(), Serdes.ByteArray()));
            }
        };
    }

    @Override
    public void init(ProcessorContext<byte[], Output> context) {
        super.init(context);
        waiting = context.getStateStore(STORE);
        try (KeyValueIterator<byte[], byte[]> all = waiting().all()) {
            all.forEachRemaining(_ -> waits++);
        }
        context.schedule(LOOK, PunctuationType.WALL_CLOCK_TIME, this::look);
    }

    @Override
    public void process(Record<byte[], Output> record) {
        switch (record.value()) {
            case Output.Upsert upsert -> upsert(record, upsert);
            case Output.Delete delete -> {
                giveUp(keys.encode(delete.key()));
                context().forward(record);
            }
            case Output.Rejected _ -> context().forward(record);
        }
    }

    private void upsert(Record<byte[], Output> record, Output.Upsert upsert) {
        @Nullable Object[] row = upsert.row();
        for (int column : product.key()) {
            if (row[column] == null) {
                context().forward(record); // The gate has a word for it.
                return;
            }
        }
        byte[] key = keys.encode(product.keyOf(row));
        giveUp(key);
        for (Checked one : warning) {
            if (isMissing(one, row)) {
                stage.meters().warned(Relationship.RULE);
            }
        }
        if (enforced.stream().noneMatch(one -> isMissing(one, row))) {
            context().forward(record);
            return;
        }
        WaitingRow waitingRow = new WaitingRow(
                context().currentSystemTimeMs(),
                record.timestamp(),
                upsert.count(),
                Gate.placeOf(context()),
                record.headers(),
                rows.encode(row));
        waiting().put(stored(key), waitingRow.toBytes());
        waits++;
    }

    /** Rows of kind {@code events} replace nothing: each waits for itself. */
    private byte[] stored(byte[] key) {
        return product.kind() == DataProduct.Kind.TABLE
                ? key
                : WaitingRow.distinct(key, context().currentSystemTimeMs(), serial++);
    }

    private void giveUp(byte[] key) {
        if (waits > 0 && product.kind() == DataProduct.Kind.TABLE && waiting().delete(key) != null) {
            waits--;
        }
    }

    private boolean isMissing(Checked one, @Nullable Object[] row) {
        byte[] named = one.named.in(row);
        return named != null && !references.holds(one.rule.to().topic(), named);
    }

    /** Takes a tenth of the task's time at most, however many wait. */
    private void look(long nowMs) {
        if (waits == 0 || nowMs < lookAgainMs) {
            return;
        }
        List<KeyValue<byte[], WaitingRow>> done = new ArrayList<>();
        try (KeyValueIterator<byte[], byte[]> all = waiting().all()) {
            while (all.hasNext()) {
                KeyValue<byte[], byte[]> next = all.next();
                WaitingRow row = WaitingRow.of(next.value);
                @Nullable Object[] values = rows.decode(row.row());
                List<Checked> missing =
                        enforced.stream().filter(one -> isMissing(one, values)).toList();
                if (missing.isEmpty()) {
                    context().forward(row.record(next.key, new Output.Upsert(values, row.count())));
                    done.add(new KeyValue<>(next.key, row));
                } else {
                    missing.stream()
                            .filter(one -> isOver(one.rule(), row))
                            .findFirst()
                            .ifPresent(one -> {
                                context().forward(row.record(next.key, refused(one.rule(), values, row)));
                                done.add(new KeyValue<>(next.key, row));
                            });
                }
            }
        }
        for (KeyValue<byte[], WaitingRow> one : done) {
            waiting().delete(one.key);
            waits--;
        }
        long endMs = context().currentSystemTimeMs();
        lookAgainMs = endMs + 9 * (endMs - nowMs);
    }

    private boolean isOver(Relationship rule, WaitingRow row) {
        return references.knownUntilMs(rule.to().topic())
                >= row.sinceMs() + rule.patience().toMillis();
    }

    private Output refused(Relationship rule, @Nullable Object[] row, WaitingRow waited) {
        String columns = String.join(", ", rule.columns());
        if (onViolation(rule) == DataProduct.OnViolation.HALT) {
            throw new StageHaltException("halted by the contract of %s: %s of \"%s\" is broken (%s)"
                    .formatted(product.name(), Relationship.RULE, columns, rule.demand()));
        }
        return new Output.Rejected(
                ReasonCode.CONTRACT_VIOLATED,
                Relationship.RULE,
                columns,
                rule.demand(),
                keys.encode(product.keyOf(row)),
                waited.row(),
                waited.place(),
                QuarantineHeaders.FORM_ROW);
    }

    private DataProduct.OnViolation onViolation(Relationship rule) {
        return rule.onViolation().orElse(product.onViolation());
    }

    private KeyValueStore<byte[], byte[]> waiting() {
        return Objects.requireNonNull(waiting);
    }
}
