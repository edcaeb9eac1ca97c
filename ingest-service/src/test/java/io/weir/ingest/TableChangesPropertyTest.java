package io.weir.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ingest.FakeDatabase.Event;
import io.weir.kit.contract.RowCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/** Whatever happens to a table, however often its log is told again: the product read as a table is the table. */
class TableChangesPropertyTest {

    private static final int STEPS = 120;

    @Property(tries = 1000)
    void shouldKeepTheProductEqualToTheTable(@ForAll long seed) {
        Random random = new Random(seed);
        FakeDatabase database = new FakeDatabase(seed);
        Ingest ingest = new Ingest();
        List<Event> log = new ArrayList<>(database.snapshot(random.nextBoolean()));
        log.forEach(ingest::take);
        for (int i = 0; i < STEPS; i++) {
            List<Event> committed = database.step();
            log.addAll(committed);
            committed.forEach(ingest::take);
            if (random.nextInt(12) == 0) {
                ingest.restart();
            }
            if (random.nextInt(12) == 0 && !log.isEmpty()) {
                List<Event> suffix = log.subList(random.nextInt(log.size()), log.size());
                int before = ingest.writes;
                suffix.forEach(ingest::take);
                assertThat(ingest.writes).as("writes of a replay").isEqualTo(before);
            }
            boolean changed = log.stream().anyMatch(event -> !(event.event() instanceof ChangeEvent.Read));
            if (random.nextInt(60) == 0 && changed) {
                // The capture loses its place: what happens until the next snapshot is never told. (A snapshot of an
                // empty table
                // right behind another snapshot leaves no trace at all.)
                database.commitAll();
                for (int lost = 0; lost < 10; lost++) {
                    database.step();
                }
                database.commitAll();
                log = new ArrayList<>(database.snapshot(random.nextBoolean()));
                log.forEach(ingest::take);
            }
        }

        database.commitAll().forEach(ingest::take);
        // A change after a snapshot ends it, where no row was marked as its last or it held no row.
        ingest.take(database.deleteNothing());

        assertThat(ingest.product).isEqualTo(database.table());
    }

    @Property(tries = 200)
    void shouldJudgeTheRestOfATransactionAlikeAfterARestartInsideIt(@ForAll long seed) {
        Random random = new Random(seed);
        FakeDatabase database = new FakeDatabase(seed);
        Ingest ingest = new Ingest();
        List<Event> log = new ArrayList<>();
        while (log.size() < 4) {
            log.addAll(database.step());
        }
        log.forEach(ingest::take);
        int before = ingest.writes;

        // Restarted behind an event, Debezium gives that event's LSN as the last commit.
        int at = random.nextInt(log.size());
        Position stored = log.get(at).event().position();
        for (Event event : log.subList(at + 1, log.size())) {
            Position position = event.event().position();
            boolean sameTransaction = position.transactionId() == stored.transactionId();
            ingest.take(sameTransaction ? moved(event, stored.lsn()) : event);
        }

        assertThat(ingest.writes).isEqualTo(before);
    }

    private static Event moved(Event event, long commitLsn) {
        Position old = event.event().position();
        Position at = new Position(commitLsn, old.lsn(), old.transactionId(), old.serial());
        return new Event(
                event.key(),
                switch (event.event()) {
                    case ChangeEvent.Read read -> read;
                    case ChangeEvent.Create create -> new ChangeEvent.Create(at, create.after(), create.echo());
                    case ChangeEvent.Update update -> new ChangeEvent.Update(at, update.after(), update.echo());
                    case ChangeEvent.Delete delete -> new ChangeEvent.Delete(at, delete.echo());
                    case ChangeEvent.Truncate _ -> new ChangeEvent.Truncate(at);
                });
    }

    /** The processor without Kafka: memory in a store of bytes, the product as a map. */
    private static final class Ingest {

        private final TableChanges changes = new TableChanges(Fixtures.PRODUCT_TYPE);
        private final RowCodec keys = RowCodec.ofKey(Fixtures.PRODUCT);
        private final KeyValueStore<byte[], byte[]> store;
        private final Map<String, List<Object>> product = new HashMap<>();
        private TableStore memory;
        private int writes;

        Ingest() {
            MockProcessorContext<byte[], byte[]> context = new MockProcessorContext<>();
            store = Stores.keyValueStoreBuilder(
                            Stores.inMemoryKeyValueStore("rows"), Serdes.ByteArray(), Serdes.ByteArray())
                    .withLoggingDisabled()
                    .build();
            store.init(context.getStateStoreContext(), store);
            memory = new TableStore(store, Fixtures.PRODUCT);
        }

        void restart() {
            memory = new TableStore(store, Fixtures.PRODUCT);
        }

        void take(Event event) {
            byte[] key = event.key().isEmpty() ? "".getBytes(UTF_8) : keys.encode(new Object[] {event.key()});
            KeyState state = event.key().isEmpty() ? KeyState.NEVER : memory.key(key);
            Decision decision = changes.decide(event.event(), state, memory.table(), memory::highestLsn);
            switch (decision.verdict()) {
                case Decision.Write(Object[] row) -> {
                    product.put(event.key(), Arrays.asList(row));
                    writes++;
                }
                case Decision.Erase _ -> {
                    product.remove(event.key());
                    writes++;
                }
                case Decision.Stop _, Decision.WholeTable _ -> {}
                case Decision.Reject reject -> throw new AssertionError(reject);
            }
            if (decision.key() != null) {
                memory.key(key, decision.key());
            }
            memory.table(decision.table());
            if (decision.sweep() != null) {
                sweep(decision.sweep());
            }
        }

        private void sweep(Position sweep) {
            Map<byte[], KeyState> gone = new HashMap<>();
            memory.forEach((key, state) -> TableChanges.swept(state, sweep).ifPresent(after -> gone.put(key, after)));
            gone.forEach((key, state) -> {
                memory.key(key, state);
                product.remove((String) keys.decode(key)[0]);
                writes++;
            });
        }
    }
}
