package io.weir.kit.sql;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.ChangeBuilder;
import io.weir.kit.sql.change.Collector;
import io.weir.kit.sql.change.CountedRows;
import io.weir.kit.sql.change.CurrentRows;
import io.weir.kit.sql.change.Delta;
import io.weir.kit.stream.StageContext;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** The processors of a product that a query reads more than once: its records are decoded once and its rows kept once, in the columns that any reading uses. */
final class SharedProcessors {

    private SharedProcessors() {}

    /** What a record says about rows, by the product's kind. */
    @FunctionalInterface
    private interface Reading {
        void take(Record<byte[], byte[]> record, Collector out) throws InputReader.Unreadable;
    }

    /** A product's records to changes, for all its sources; the row before is the one that was kept. */
    static final class ReadingProcessor extends ContextualProcessor<byte[], byte[], byte[], Message> {
        private final Source whole;
        private final StageContext stage;

        @SuppressWarnings("NullAway.Init") // init comes before the first record
        private InputReader reader;

        @SuppressWarnings("NullAway.Init")
        private Reading reading;

        ReadingProcessor(Source whole, StageContext stage) {
            this.whole = whole;
            this.stage = stage;
        }

        @Override
        public void init(ProcessorContext<byte[], Message> context) {
            super.init(context);
            reader = new InputReader(whole.product(), whole.read(), stage.schemas());
            List<DataType> types =
                    whole.read().columns().stream().map(Column::type).toList();
            reading = reading(types);
        }

        private Reading reading(List<DataType> types) {
            if (whole.isAppendOnly()) {
                return (record, out) -> out.add(reader.event(record), 1);
            }
            StoreState state = new StoreState(context().getStateStore(whole.id()));
            if (whole.isCounted()) {
                CountedRows rows = new CountedRows(types, state);
                return (record, out) -> {
                    byte[] key = reader.key(record);
                    @Nullable Object[] row = reader.row(record);
                    rows.replace(key, row, row == null ? 0 : reader.count(record), out);
                };
            }
            CurrentRows rows = new CurrentRows(types, state);
            return (record, out) -> rows.replace(reader.key(record), reader.row(record), out);
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            try {
                ChangeBuilder builder = new ChangeBuilder();
                reading.take(record, builder);
                Change change = builder.build();
                if (!change.isEmpty()) {
                    context().forward(record.withValue(new Message.Read(change, record.value())));
                }
            } catch (InputReader.Unreadable unreadable) {
                context().forward(record.withValue(new Message.Rejection(unreadable.rejected())));
            }
        }
    }

    /** One of the sources: its columns of the rows that were read. */
    static final class SourceProcessor extends ContextualProcessor<byte[], Message, byte[], Message> {
        private final int[] columns;
        private final Supplier<Outlet> outlets;
        private final @Nullable Leaving leaving;

        @SuppressWarnings("NullAway.Init") // init comes before the first record
        private Outlet outlet;

        private @Nullable Departures departures;

        /** {@code leaving} is the way of rows that move; null where they stay. */
        SourceProcessor(Source source, Source whole, Supplier<Outlet> outlets, @Nullable Leaving leaving) {
            this.columns =
                    source.columns().stream().mapToInt(whole.columns()::indexOf).toArray();
            this.outlets = outlets;
            this.leaving = leaving;
        }

        @Override
        public void init(ProcessorContext<byte[], Message> context) {
            super.init(context);
            outlet = outlets.get();
            departures = Departures.openWhere(context, leaving);
        }

        @Override
        public void process(Record<byte[], Message> record) {
            if (!(record.value() instanceof Message.Read(Change change, byte[] value))) {
                return;
            }
            outlet.startRecord(record.key());
            for (Delta delta : change.deltas()) {
                @Nullable Object[] row = new @Nullable Object[columns.length];
                for (int i = 0; i < row.length; i++) {
                    row[i] = delta.row()[columns[i]];
                }
                @Nullable
                Object[] calculated =
                        delta.weight() < 0 ? outlet.calculateAgain(row) : outlet.calculate(row, record.key(), value);
                if (calculated != null) {
                    outlet.addCalculated(calculated, delta.weight());
                }
            }
            outlet.flush(Processors.forward(context(), record, departures));
        }
    }

    /** Sends what several sources give of the rows that were read. */
    static final class MovingProcessor extends ContextualProcessor<byte[], Message, byte[], Message> {
        private final Supplier<SharedMove.Packing> packings;
        private final Leaving leaving;

        @SuppressWarnings("NullAway.Init") // init comes before the first record
        private SharedMove.Packing packing;

        @SuppressWarnings("NullAway.Init")
        private Departures departures;

        MovingProcessor(Supplier<SharedMove.Packing> packings, Leaving leaving) {
            this.packings = packings;
            this.leaving = leaving;
        }

        @Override
        public void init(ProcessorContext<byte[], Message> context) {
            super.init(context);
            packing = packings.get();
            departures = Departures.open(context, leaving);
        }

        @Override
        public void process(Record<byte[], Message> record) {
            if (record.value() instanceof Message.Read(Change change, byte[] value)) {
                packing.startRecord(record.key());
                change.deltas().forEach(delta -> packing.add(delta.row(), delta.weight(), value));
                packing.flush(Processors.forward(context(), record, departures));
            }
        }
    }

    /** One source's part of what has moved. */
    static final class PartProcessor extends ContextualProcessor<byte[], Message, byte[], Message> {
        private final UnaryOperator<Change> part;

        PartProcessor(SharedMove move, Source source) {
            this.part = move.part(source);
        }

        @Override
        public void process(Record<byte[], Message> record) {
            if (record.value() instanceof Message.Rows(Change change)) {
                Change own = part.apply(change);
                if (!own.isEmpty()) {
                    context().forward(record.withValue(new Message.Rows(own)));
                }
            }
        }
    }

    /** The source that reads for all of {@code sources}, which are of one product. */
    static Source whole(List<Source> sources) {
        Source first = sources.getFirst();
        List<Integer> columns = sources.stream()
                .flatMap(source -> source.columns().stream())
                .distinct()
                .sorted()
                .toList();
        return new Source(first.id(), first.product(), columns, first.calc());
    }
}
