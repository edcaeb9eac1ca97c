package io.weir.reversesync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.kit.stream.ChangeHeaders;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class BatchWriterTest {

    /** Holds key -> offset; refuses a whole batch for one offset that it does not like. */
    private static final class Table implements BatchWriter.Destination {
        private final Map<Byte, Long> rows = new TreeMap<>();
        private final Predicate<Long> refuses;
        private final String sqlState;
        private int transactions;

        private Table(Predicate<Long> refuses, String sqlState) {
            this.refuses = refuses;
            this.sqlState = sqlState;
        }

        @Override
        public List<WriteResult> write(List<PendingWrite> changes) throws SQLException {
            transactions++;
            if (changes.stream().anyMatch(change -> refuses.test(change.record().offset()))) {
                throw new SQLException("refused", sqlState);
            }
            changes.forEach(
                    change -> rows.put(change.record().key()[0], change.record().offset()));
            return changes.stream()
                    .map(_ -> (WriteResult) new WriteResult.Written())
                    .toList();
        }
    }

    @Test
    void shouldWriteTheLastChangeOfEachKeyInOneTransaction() throws SQLException {
        Table table = new Table(_ -> false, "");

        List<BatchWriter.Applied> applied = new BatchWriter(table).write(changes(1, 2, 1, 3, 1));

        assertThat(table.transactions).isEqualTo(1);
        assertThat(table.rows).isEqualTo(Map.of((byte) 1, 4L, (byte) 2, 1L, (byte) 3, 3L));
        assertThat(words(applied))
                .isEqualTo(Map.of(0L, "superseded", 1L, "written", 2L, "superseded", 3L, "written", 4L, "written"));
    }

    @Test
    void shouldGiveUpTheRefusedRowsAlone() throws SQLException {
        Table table = new Table(offset -> offset == 7 || offset == 61, "23514");

        List<BatchWriter.Applied> applied =
                new BatchWriter(table).write(changes(IntStream.range(0, 100).toArray()));

        assertThat(words(applied)).hasSize(100).containsEntry(7L, "refused").containsEntry(61L, "refused");
        assertThat(words(applied).values()).filteredOn("written"::equals).hasSize(98);
        assertThat(table.transactions).isLessThan(40);
    }

    @Test
    void shouldLetTheLastGoodChangeOfAKeyStand() throws SQLException {
        Table table = new Table(offset -> offset >= 2, "22003");

        List<BatchWriter.Applied> applied = new BatchWriter(table).write(changes(1, 1, 1, 1));

        assertThat(table.rows).isEqualTo(Map.of((byte) 1, 1L));
        assertThat(words(applied)).isEqualTo(Map.of(0L, "superseded", 1L, "written", 2L, "refused", 3L, "refused"));
    }

    @Test
    void shouldThrowWhatIsNoRowsFault() {
        Table restarting = new Table(_ -> true, "57P01");

        assertThatThrownBy(() -> new BatchWriter(restarting).write(changes(1, 2)))
                .isInstanceOf(SQLException.class);
        assertThat(restarting.transactions).isEqualTo(1);
    }

    private static List<PendingWrite> changes(int... keys) {
        List<PendingWrite> changes = new ArrayList<>();
        for (int key : keys) {
            byte[] bytes = {(byte) key};
            changes.add(new PendingWrite(
                    new ConsumerRecord<>("gold", 0, changes.size(), bytes, bytes),
                    new Object[] {key},
                    new Object[] {key},
                    new ChangeHeaders(null, "", "", -1, null),
                    null));
        }
        return changes;
    }

    private static Map<Long, String> words(List<BatchWriter.Applied> applied) {
        Map<Long, String> words = new TreeMap<>();
        applied.forEach(
                each -> words.put(each.change().record().offset(), each.result().word()));
        return words;
    }
}
