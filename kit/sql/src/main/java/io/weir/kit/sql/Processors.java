package io.weir.kit.sql;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.JsonRows;
import io.weir.kit.sql.Operator.Step;
import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.CurrentRows;
import io.weir.kit.sql.change.Delta;
import io.weir.kit.sql.change.KeyedRows;
import io.weir.kit.stream.Output;
import io.weir.kit.stream.QuarantineHeaders;
import io.weir.kit.stream.ReasonCode;
import io.weir.kit.stream.StageContext;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** The processors of a topology: each opens its stores, hands a record to its operator, and forwards what comes of it. */
final class Processors {

    /** How often time goes on. */
    static final Duration TICK = Duration.ofSeconds(1);

    private static final byte[] NO_BYTES = {};

    private Processors() {}

    /** A product's records to changes: the row before is the one that was kept. */
    static final class KeyedSource extends SourceProcessor {
        private final Source source;

        @SuppressWarnings("NullAway.Init") // init comes before the first record
        private CurrentRows rows;

        KeyedSource(Source source, StageContext stage, Supplier<Outlet> outlets, @Nullable Leaving leaving) {
            super(source, stage, outlets, leaving);
            this.source = source;
        }

        @Override
        public void init(ProcessorContext<byte[], Message> context) {
            super.init(context);
            rows = new CurrentRows(source.types(), new StoreState(context.getStateStore(source.id())));
        }

        @Override
        void take(Record<byte[], byte[]> record, InputReader from, Outlet to) throws InputReader.Unreadable {
            byte[] key = from.key(record);
            @Nullable Object[] read = from.row(record);
            @Nullable Object[] row = read == null ? null : to.calculate(read, record.key(), record.value());
            rows.replace(key, row, to::addCalculated);
        }
    }

    /** An operator that takes changes of one input. */
    static final class StepProcessor extends ContextualProcessor<byte[], Message, byte[], Message> {
        private final Function<Operator.Stores, Step> steps;
        private final IntPredicate starts;
        private final Supplier<Outlet> outlets;

        @SuppressWarnings("NullAway.Init") // init comes before the first record
        private Step step;

        @SuppressWarnings("NullAway.Init")
        private Outlet outlet;

        private final @Nullable Clock clock;
        private final @Nullable Leaving leaving;
        private @Nullable Departures departures;
        private long lastTickMs = Long.MIN_VALUE;

        /**
         * {@code clock} is that of an operator whose rows change as time goes on, null for any other; {@code starts} tells the partition in which there are rows before any input; {@code leaving} is the way of rows that move, null where
         * they stay.
         */
        StepProcessor(
                Function<Operator.Stores, Step> steps,
                IntPredicate starts,
                @Nullable Clock clock,
                Supplier<Outlet> outlets,
                @Nullable Leaving leaving) {
            this.steps = steps;
            this.clock = clock;
            this.starts = starts;
            this.outlets = outlets;
            this.leaving = leaving;
        }

        @Override
        public void init(ProcessorContext<byte[], Message> context) {
            super.init(context);
            step = steps.apply(name -> new StoreState(context.getStateStore(name)));
            outlet = outlets.get();
            outlet.startIn(context.taskId().partition());
            departures = Departures.openWhere(context, leaving);
            if (starts.test(context.taskId().partition())) {
                Cancellable[] once = new Cancellable[1];
                once[0] = context.schedule(Duration.ofMillis(1), PunctuationType.WALL_CLOCK_TIME, now -> {
                    once[0].cancel();
                    step.start(outlet);
                    outlet.flush(forward(context, new Record<>(NO_BYTES, NO_BYTES, now), departures));
                });
            }
            Clock time = clock;
            if (time != null) {
                context.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, _ -> tick(time.millis()));
            }
        }

        private void tick(long nowMs) {
            lastTickMs = nowMs;
            step.tick(nowMs, outlet);
            outlet.startRecord(null);
            outlet.flush(forward(context(), new Record<>(NO_BYTES, NO_BYTES, nowMs), departures));
        }

        @Override
        public void process(Record<byte[], Message> record) {
            if (record.value() instanceof Message.Rows(Change change)) {
                if (clock != null && clock.millis() - TICK.toMillis() >= lastTickMs) {
                    tick(clock.millis());
                }
                outlet.startRecord(record.key());
                step.apply(change, outlet);
                outlet.flush(forward(context(), record, departures));
            } else if (record.value() instanceof Message.Watermark(int from, long time)) {
                outlet.startRecord(null);
                step.watermark(from, time, outlet);
                outlet.flush(forward(context(), record, departures));
            }
        }
    }

    /** The end of a plan whose output keys are its input's. */
    static final class StraightProcessor extends ContextualProcessor<byte[], byte[], byte[], Output> {
        private final Sink.Straight sink;
        private final StageContext stage;
        private final Supplier<Outlet> outlets;
        private final List<DataType> keyTypes;

        @SuppressWarnings("NullAway.Init") // init comes before the first record
        private InputReader reader;

        @SuppressWarnings("NullAway.Init")
        private Outlet outlet;

        StraightProcessor(Sink.Straight sink, DataProduct output, StageContext stage, Supplier<Outlet> outlets) {
            this.sink = sink;
            this.stage = stage;
            this.outlets = outlets;
            this.keyTypes = output.keyType().columns().stream()
                    .map(column -> column.type())
                    .toList();
        }

        @Override
        public void init(ProcessorContext<byte[], Output> context) {
            super.init(context);
            reader = new InputReader(sink.source().product(), sink.source().read(), stage.schemas());
            outlet = outlets.get();
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            outlet.startRecord(record.key());
            try {
                var _ = reader.key(record);
                @Nullable Object[] read = sink.source().isAppendOnly() ? reader.event(record) : reader.row(record);
                @Nullable Object[] row = read == null ? null : outlet.calculate(read, record.key(), record.value());
                outlet.flush((_, message) -> forward(record, message));
                if (row != null) {
                    context().forward(record.withValue(new Output.Upsert(InputReader.outside(row))));
                } else if (!sink.source().isAppendOnly()) {
                    // A row has the columns of its key, so the key is read only where there is none.
                    context().forward(record.withValue(new Output.Delete(outputKey(reader.keyRow(record)))));
                }
            } catch (InputReader.Unreadable unreadable) {
                context().forward(record.withValue(unreadable.rejected()));
            }
        }

        private void forward(Record<byte[], byte[]> record, Message message) {
            if (message instanceof Message.Rejection(Output.Rejected rejected)) {
                context().forward(record.withValue(rejected));
            }
        }

        private @Nullable Object[] outputKey(@Nullable Object[] inputKey) {
            @Nullable Object[] key = new @Nullable Object[keyTypes.size()];
            for (int i = 0; i < key.length; i++) {
                Object value = inputKey[sink.key().get(i)];
                key[i] = keyTypes.get(i) instanceof DataType.BigInt && value instanceof Integer narrow
                        ? (Object) narrow.longValue()
                        : value;
            }
            return key;
        }
    }

    /** The end of a plan whose operator gives one row per output key: what comes stands, what only goes is deleted. */
    static final class DirectProcessor extends ContextualProcessor<byte[], Message, byte[], Output> {
        private final List<Integer> key;
        private final String leaving;

        @SuppressWarnings("NullAway.Init") // init comes before the first record
        private LastOutputs outputs;

        DirectProcessor(DataProduct output, String leaving) {
            this.key = output.key();
            this.leaving = leaving;
        }

        @Override
        public void init(ProcessorContext<byte[], Output> context) {
            super.init(context);
            outputs = LastOutputs.open(context, leaving);
        }

        @Override
        public void process(Record<byte[], Message> record) {
            if (!(record.value() instanceof Message.Rows(Change change))) {
                return;
            }
            Map<List<@Nullable Object>, Output> last = new LinkedHashMap<>();
            for (Delta delta : change.deltas()) {
                @Nullable Object[] keyRow = keyOf(key, delta.row());
                if (delta.weight() > 0) {
                    last.put(Arrays.asList(keyRow), new Output.Upsert(InputReader.outside(delta.row())));
                } else if (isComplete(keyRow)) {
                    last.putIfAbsent(Arrays.asList(keyRow), new Output.Delete(InputReader.outside(keyRow)));
                }
            }
            last.forEach((keyRow, output) -> outputs.put(keyRow, record.withValue(output)));
        }
    }

    /** The end of any other plan: finds the visible row among those of a key. */
    static final class KeyedProcessor extends ContextualProcessor<byte[], Message, byte[], Output> {
        private final DataProduct output;
        private final KeyedRows.Spec spec;
        private final String store;
        private final String leaving;

        @SuppressWarnings("NullAway.Init") // init comes before the first record
        private KeyedRows rows;

        @SuppressWarnings("NullAway.Init")
        private LastOutputs outputs;

        KeyedProcessor(DataProduct output, KeyedRows.Spec spec, String store, String leaving) {
            this.output = output;
            this.spec = spec;
            this.store = store;
            this.leaving = leaving;
        }

        @Override
        public void init(ProcessorContext<byte[], Output> context) {
            super.init(context);
            rows = new KeyedRows(spec, new StoreState(context.getStateStore(store)));
            outputs = LastOutputs.open(context, leaving);
        }

        @Override
        public void process(Record<byte[], Message> record) {
            if (!(record.value() instanceof Message.Rows(Change change))) {
                return;
            }
            rows.apply(change, new KeyedRows.Listener() {
                @Override
                public void upsert(@Nullable Object[] row) {
                    outputs.put(
                            Arrays.asList(keyOf(spec.key(), row)),
                            record.withValue(new Output.Upsert(InputReader.outside(row))));
                }

                @Override
                public void delete(@Nullable Object[] key) {
                    if (isComplete(key)) {
                        outputs.put(Arrays.asList(key), record.withValue(new Output.Delete(InputReader.outside(key))));
                    }
                }

                @Override
                public void conflict(@Nullable Object[] row) {
                    context().forward(record.withValue(notUnique(record.key(), row)));
                }
            });
        }

        private Output notUnique(byte @Nullable [] key, @Nullable Object[] row) {
            return new Output.Rejected(
                    ReasonCode.KEY_NOT_UNIQUE,
                    null,
                    null,
                    "the query gave a second row for one primary key; the first one stays",
                    key,
                    JsonRows.write(InputReader.outside(row), output.rowType())
                            .toString()
                            .getBytes(StandardCharsets.UTF_8),
                    null,
                    QuarantineHeaders.FORM_JSON);
        }
    }

    static BiConsumer<byte @Nullable [], Message> forward(
            ProcessorContext<byte[], Message> context, Record<byte[], ?> record, @Nullable Departures departures) {
        return (key, message) -> {
            if (departures != null && key != null && message instanceof Message.Rows(Change change)) {
                departures.add(key, change, record);
            } else if (departures != null && message instanceof Message.Watermark watermark) {
                departures.add(watermark, record);
            } else {
                context.forward(new Record<>(key, message, record.timestamp(), record.headers()));
            }
        };
    }

    private static @Nullable Object[] keyOf(List<Integer> columns, @Nullable Object[] row) {
        @Nullable Object[] key = new @Nullable Object[columns.size()];
        for (int i = 0; i < key.length; i++) {
            key[i] = row[columns.get(i)];
        }
        return key;
    }

    /** A row whose key has a null never got past the gate, so there is nothing to delete. */
    private static boolean isComplete(@Nullable Object[] key) {
        for (Object value : key) {
            if (value == null) {
                return false;
            }
        }
        return true;
    }
}
