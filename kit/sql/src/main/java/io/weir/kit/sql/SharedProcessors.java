package io.weir.kit.sql;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.ChangeBuilder;
import io.weir.kit.sql.change.CurrentRows;
import io.weir.kit.sql.change.Delta;
import io.weir.kit.stream.StageContext;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** The processors of a product that a query reads more than once: its records are decoded once and its rows kept once, in the columns that any reading uses. */
final class SharedProcessors {

    private SharedProcessors() {}

    /** A product's records to changes, for all its sources; the row before is the one that was kept. */
    static final class ReadingProcessor extends ContextualProcessor<byte[], byte[], byte[], Message> {
        private final Source whole;
        private final StageContext stage;

        @SuppressWarnings("NullAway.Init") // init comes before the first record
        private InputReader reader;

        @SuppressWarnings("NullAway.Init")
        private CurrentRows rows;

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
            rows = new CurrentRows(types, new StoreState(context.getStateStore(whole.id())));
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            try {
                ChangeBuilder builder = new ChangeBuilder();
                rows.replace(reader.key(record), reader.row(record), builder);
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
                if (delta.weight() < 0) {
                    outlet.add(row, delta.weight());
                } else {
                    @Nullable Object[] calculated = outlet.calculate(row, record.key(), value);
                    if (calculated != null) {
                        outlet.addCalculated(calculated, delta.weight());
                    }
                }
            }
            outlet.flush(Processors.forward(context(), record, departures));
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
