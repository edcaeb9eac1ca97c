package io.weir.kit.sql;

import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.Delta;
import io.weir.kit.stream.Output;
import io.weir.kit.stream.StageContext;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** The processors of products of kind events: each record adds a row, and none is ever taken back, so nothing is kept. */
final class EventProcessors {

    private EventProcessors() {}

    /** A product's records to changes. */
    static final class SourceProcessor extends ContextualProcessor<byte[], byte[], byte[], Message> {
        private final Source source;
        private final StageContext stage;
        private final Supplier<Outlet> outlets;

        @SuppressWarnings("NullAway.Init") // init comes before the first record
        private Outlet outlet;

        @SuppressWarnings("NullAway.Init")
        private InputReader reader;

        private final @Nullable String leaving;
        private @Nullable Departures departures;

        /** {@code leaving} names the {@link io.weir.kit.stream.PreCommit} of rows that move; null where they stay. */
        SourceProcessor(Source source, StageContext stage, Supplier<Outlet> outlets, @Nullable String leaving) {
            this.source = source;
            this.stage = stage;
            this.outlets = outlets;
            this.leaving = leaving;
        }

        @Override
        public void init(ProcessorContext<byte[], Message> context) {
            super.init(context);
            outlet = outlets.get();
            departures = leaving == null ? null : Departures.open(context, leaving);
            reader = new InputReader(source.product(), source.read(), stage.schemas());
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            outlet.startRecord(record.key());
            try {
                @Nullable Object[] row = outlet.calculate(reader.event(record), record.key(), record.value());
                if (row != null) {
                    outlet.addCalculated(row, 1);
                }
            } catch (InputReader.Unreadable unreadable) {
                outlet.reject(unreadable.rejected());
            }
            outlet.flush(Processors.forward(context(), record, departures));
        }
    }

    /** The end of a plan whose output is of kind events. */
    static final class SinkProcessor extends ContextualProcessor<byte[], Message, byte[], Output> {
        @Override
        public void process(Record<byte[], Message> record) {
            if (record.value() instanceof Message.Rows(Change change)) {
                for (Delta delta : change.deltas()) {
                    for (long i = 0; i < delta.weight(); i++) {
                        context().forward(record.withValue(new Output.Upsert(InputReader.outside(delta.row()))));
                    }
                }
            }
        }
    }
}
