package io.weir.kit.sql;

import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.Delta;
import io.weir.kit.stream.Output;
import io.weir.kit.stream.StageContext;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** The processors of products of kind events: each record adds a row, and none is ever taken back, so nothing is kept. */
final class EventProcessors {

    private EventProcessors() {}

    /** A product's records to changes. */
    static final class EventSource extends SourceProcessor {
        EventSource(Source source, StageContext stage, Supplier<Outlet> outlets, @Nullable Leaving leaving) {
            super(source, stage, outlets, leaving);
        }

        @Override
        void take(Record<byte[], byte[]> record, InputReader from, Outlet to) throws InputReader.Unreadable {
            @Nullable Object[] row = to.calculate(from.event(record), record.key(), record.value());
            if (row != null) {
                to.addCalculated(row, 1);
            }
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
