package io.weir.kit.stream;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * Bounds the memory of all RocksDB stores of a process together: one block cache of {@link #MEMORY_MIB}, half of which pays for the write buffers.
 *
 * <p>Set as {@code rocksdb.config.setter}. The first store that opens decides; the cache lives as long as the process, so it is never closed with a store.
 */
public final class BoundedRocksDb implements RocksDBConfigSetter {

    /** The setting that says how much, in MiB. */
    public static final String MEMORY_MIB = "weir.state.memory-mib";

    /** What a service has where nothing is said. */
    private static final int DEFAULT_MIB = 48;

    /** A store's write buffer is this part of the whole: 2 MiB of 48. */
    private static final int BUFFERS = 24;

    /** Made when the first store opens, which loads the native library. */
    private static final class Shared {
        private static @Nullable Shared instance;

        final Cache cache;
        final WriteBufferManager writeBuffers;
        final long writeBuffer;

        private Shared(long bytes) {
            RocksDB.loadLibrary();
            cache = new LRUCache(bytes);
            writeBuffers = new WriteBufferManager(bytes / 2, cache);
            writeBuffer = bytes / BUFFERS;
        }

        static synchronized Shared of(Map<String, Object> configs) {
            Shared shared = instance;
            if (shared == null) {
                shared = new Shared((long) mebibytes(configs.get(MEMORY_MIB)) << 20);
                instance = shared;
            }
            return shared;
        }
    }

    /** @throws IllegalArgumentException where it is no number, or too small to hold anything */
    private static int mebibytes(@Nullable Object setting) {
        if (setting == null) {
            return DEFAULT_MIB;
        }
        try {
            int mebibytes = Integer.parseInt(setting.toString());
            if (mebibytes >= 8) {
                return mebibytes;
            }
        } catch (NumberFormatException malformed) {
            // Told below.
        }
        throw new IllegalArgumentException(
                "%s is %s; it must be a whole number of MiB, at least 8".formatted(MEMORY_MIB, setting));
    }

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        Shared shared = Shared.of(configs);
        BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(shared.cache);
        // Indexes and filters are within the bound, and of new files they stay: each look-up needs them.
        table.setCacheIndexAndFilterBlocks(true);
        table.setPinL0FilterAndIndexBlocksInCache(true);
        table.setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash);
        options.setTableFormatConfig(table);
        options.setWriteBufferManager(shared.writeBuffers);
        options.setWriteBufferSize(shared.writeBuffer);
        options.setMaxWriteBufferNumber(2);
        options.setMaxBackgroundJobs(2);
    }

    @Override
    public void close(String storeName, Options options) {
        // Nothing of the store's own was opened.
    }
}
