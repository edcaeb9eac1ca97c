package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.CountedRows;
import io.weir.kit.sql.change.Multiset;
import io.weir.kit.stream.Output;
import io.weir.kit.stream.StageContext;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** The processors of products whose whole row is the key: a record says how often its row is there now. */
final class CountedProcessors {

    private CountedProcessors() {}

    /** A product's records to changes. */
    static final class CountedSource extends SourceProcessor {
        private final Source source;

        @SuppressWarnings("NullAway.Init") // init comes before the first record
        private CountedRows rows;

        CountedSource(Source source, StageContext stage, Supplier<Outlet> outlets, @Nullable Leaving leaving) {
            super(source, stage, outlets, leaving);
            this.source = source;
        }

        @Override
        public void init(ProcessorContext<byte[], Message> context) {
            super.init(context);
            rows = new CountedRows(source.types(), new StoreState(context.getStateStore(source.id())));
        }

        @Override
        void take(Record<byte[], byte[]> record, InputReader from, Outlet to) throws InputReader.Unreadable {
            byte[] key = from.key(record);
            @Nullable Object[] read = from.row(record);
            long count = read == null ? 0 : from.count(record);
            @Nullable Object[] row = read == null ? null : to.calculate(read, record.key(), record.value());
            rows.replace(key, row, count, to::addCalculated);
        }
    }

    /** The end of a plan whose output's whole row is the key. */
    static final class SinkProcessor extends ContextualProcessor<byte[], Message, byte[], Output> {
        private final List<DataType> types;
        private final String store;

        @SuppressWarnings("NullAway.Init") // init comes before the first record
        private Multiset rows;

        SinkProcessor(List<DataType> types, String store) {
            this.types = types;
            this.store = store;
        }

        @Override
        public void init(ProcessorContext<byte[], Output> context) {
            super.init(context);
            rows = new Multiset(types, new StoreState(context.getStateStore(store)));
        }

        @Override
        public void process(Record<byte[], Message> record) {
            if (record.value() instanceof Message.Rows(Change change)) {
                rows.apply(change, (row, count) -> {
                    @Nullable Object[] outside = InputReader.outside(row);
                    context()
                            .forward(record.withValue(
                                    count == 0 ? new Output.Delete(outside) : new Output.Upsert(outside, count)));
                });
            }
        }
    }
}
