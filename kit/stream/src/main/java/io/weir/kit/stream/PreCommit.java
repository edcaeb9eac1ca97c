package io.weir.kit.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.processor.internals.ProcessorNode;
import org.apache.kafka.streams.processor.internals.ProcessorRecordContext;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;

/**
 * Lets a processor hand on, just before its task commits, what it has held back until then.
 *
 * <p>It is to Kafka Streams a state store with a cache, and holds nothing itself: the caches of its own stores are flushed into the transaction in this way. A task
 * that is lost before it commits loses what its processors held, and reads its input again.
 *
 * <p>Stores are flushed in the order of the topology, so what one processor hands on here reaches processors further down that hold it back in their turn, before
 * theirs is done: everything is through before the commit.
 */
public final class PreCommit implements StateStore, CachedStateStore<byte[], byte[]> {

    private final String name;
    private final List<Runnable> hooks = new ArrayList<>();
    private boolean open;

    private PreCommit(String name) {
        this.name = name;
    }

    /** To be added to a topology and connected to the processors that use it. */
    public static StoreBuilder<PreCommit> named(String name) {
        return new Builder(name);
    }

    /** Called in a processor's {@code init}: from then on {@code work}, which may forward, is done before each commit. */
    public static void before(ProcessorContext<?, ?> context, String store, Runnable work) {
        PreCommit preCommit = context.getStateStore(store);
        InternalProcessorContext<?, ?> internal = (InternalProcessorContext<?, ?>) context;
        ProcessorNode<?, ?, ?, ?> node = internal.currentNode();
        preCommit.hooks.add(() -> {
            ProcessorNode<?, ?, ?, ?> current = internal.currentNode();
            ProcessorRecordContext record = internal.recordContext();
            internal.setCurrentNode(node);
            internal.setRecordContext(noRecord(context.currentSystemTimeMs()));
            try {
                work.run();
            } finally {
                internal.setRecordContext(record);
                internal.setCurrentNode(current);
            }
        });
    }

    /** As in a punctuation: what is handed on comes from no record in particular, and has its own time and headers. */
    private static ProcessorRecordContext noRecord(long timeMs) {
        return new ProcessorRecordContext(timeMs, -1, -1, null, new RecordHeaders());
    }

    @Override
    public void flushCache() {
        hooks.forEach(Runnable::run);
    }

    @Override
    public void clearCache() {
        // Whoever holds something forgets it when it is initialised again.
    }

    @Override
    public boolean setFlushListener(CacheFlushListener<byte[], byte[]> listener, boolean sendOldValues) {
        return false;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        hooks.clear();
        context.register(root, (_, _) -> {});
        open = true;
    }

    @Override
    public void close() {
        open = false;
    }

    @Override
    public boolean persistent() {
        return false;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    /** It has neither cache nor log to be switched. */
    private record Builder(String name) implements StoreBuilder<PreCommit> {
        @Override
        public PreCommit build() {
            return new PreCommit(name);
        }

        @Override
        public StoreBuilder<PreCommit> withCachingEnabled() {
            return this;
        }

        @Override
        public StoreBuilder<PreCommit> withCachingDisabled() {
            return this;
        }

        @Override
        public StoreBuilder<PreCommit> withLoggingEnabled(Map<String, String> config) {
            throw new IllegalStateException("there is nothing to log");
        }

        @Override
        public StoreBuilder<PreCommit> withLoggingDisabled() {
            return this;
        }

        @Override
        public Map<String, String> logConfig() {
            return Map.of();
        }

        @Override
        public boolean loggingEnabled() {
            return false;
        }
    }
}
