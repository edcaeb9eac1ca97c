package io.weir.kit.sql;

import io.weir.kit.stream.StageContext;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** A product's records to changes; what a record says about rows is up to the product's kind. */
abstract class SourceProcessor extends ContextualProcessor<byte[], byte[], byte[], Message> {

    private final Source source;
    private final StageContext stage;
    private final Supplier<Outlet> outlets;
    private final @Nullable Leaving leaving;

    @SuppressWarnings("NullAway.Init") // init comes before the first record
    private Outlet outlet;

    @SuppressWarnings("NullAway.Init")
    private InputReader reader;

    private @Nullable Departures departures;

    /** {@code leaving} is the way of rows that move; null where they stay. */
    SourceProcessor(Source source, StageContext stage, Supplier<Outlet> outlets, @Nullable Leaving leaving) {
        this.source = source;
        this.stage = stage;
        this.outlets = outlets;
        this.leaving = leaving;
    }

    /** Gives the outlet what comes and goes with the record. */
    abstract void take(Record<byte[], byte[]> record, InputReader from, Outlet to) throws InputReader.Unreadable;

    @Override
    public void init(ProcessorContext<byte[], Message> context) {
        super.init(context);
        outlet = outlets.get();
        reader = new InputReader(source.product(), source.read(), stage.schemas());
        departures = Departures.openWhere(context, leaving);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        outlet.startRecord(record.key());
        try {
            take(record, reader, outlet);
        } catch (InputReader.Unreadable unreadable) {
            outlet.reject(unreadable.rejected());
        }
        outlet.flush(Processors.forward(context(), record, departures));
    }
}
