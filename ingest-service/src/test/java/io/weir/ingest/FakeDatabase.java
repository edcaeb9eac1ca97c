package io.weir.ingest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/**
 * One table of a database with a write-ahead log, as Debezium tells of it: interleaved transactions in commit order, gaps for unchanged large values, updates of
 * the primary key as two events, truncations, snapshots. A row is {@code sku, name, description}; seeded.
 */
final class FakeDatabase {

    /** One event and the key that it is about ({@code ""} for a truncation). */
    record Event(String key, ChangeEvent event) {}

    private record Row(String name, String description) {}

    private record Entry(String key, Kind kind, long lsn, Row row, boolean gap) {}

    private enum Kind {
        CREATE,
        UPDATE,
        DELETE,
        TRUNCATE
    }

    private static final class Transaction {
        final long id;
        final List<Entry> entries = new ArrayList<>();
        final List<String> locked = new ArrayList<>();

        Transaction(long id) {
            this.id = id;
        }
    }

    private final Random random;
    private final Map<String, Row> live = new TreeMap<>();
    private final List<Transaction> open = new ArrayList<>();
    private final Map<String, Transaction> locks = new HashMap<>();
    private Transaction truncating; // nobody else writes until it commits
    private long lsn = 100;
    private long transactions;
    private long lastCommit;
    private boolean commitKnown;

    FakeDatabase(long seed) {
        random = new Random(seed);
    }

    /** The table as it is now: every open transaction must have been committed. */
    Map<String, List<Object>> table() {
        Map<String, List<Object>> table = new LinkedHashMap<>();
        live.forEach((key, row) -> table.put(key, Arrays.asList(key, row.name(), row.description())));
        return table;
    }

    /** Does something in some transaction; tells the events of a transaction that committed. */
    List<Event> step() {
        int dice = random.nextInt(10);
        if (dice < 3 && open.size() < 3) {
            open.add(new Transaction(++transactions));
            return List.of();
        }
        if (open.isEmpty()) {
            return List.of();
        }
        Transaction transaction = open.get(random.nextInt(open.size()));
        if (dice < 8) {
            write(transaction);
            return List.of();
        }
        return commit(transaction);
    }

    List<Event> commitAll() {
        List<Event> events = new ArrayList<>();
        while (!open.isEmpty()) {
            events.addAll(commit(open.getFirst()));
        }
        return events;
    }

    /** The deletion of a row that the product does not have. */
    Event deleteNothing() {
        Transaction transaction = new Transaction(++transactions);
        transaction.entries.add(new Entry("none", Kind.DELETE, ++lsn, new Row("", ""), false));
        open.add(transaction);
        return commit(transaction).getFirst();
    }

    /** What a new snapshot reads: nothing is known of the commits before it. */
    List<Event> snapshot(boolean marksLast) {
        List<Event> events = new ArrayList<>();
        long at = ++lsn;
        int left = live.size();
        for (Map.Entry<String, Row> row : live.entrySet()) {
            left--;
            events.add(new Event(
                    row.getKey(),
                    new ChangeEvent.Read(
                            new Position(at, 0, Position.NO_TRANSACTION, 1),
                            image(row.getKey(), row.getValue(), false),
                            marksLast && left == 0)));
        }
        commitKnown = false;
        return events;
    }

    private void write(Transaction transaction) {
        if (truncating != null && truncating != transaction) {
            return;
        }
        if (open.size() == 1 && random.nextInt(25) == 0) {
            truncating = transaction;
            live.clear();
            transaction.entries.add(new Entry("", Kind.TRUNCATE, ++lsn, new Row("", ""), false));
            return;
        }
        String key = "k" + random.nextInt(8);
        if (!lock(key, transaction)) {
            return;
        }
        Row before = live.get(key);
        if (before == null) {
            Row row = new Row(text(), text());
            live.put(key, row);
            transaction.entries.add(new Entry(key, Kind.CREATE, ++lsn, row, false));
            return;
        }
        String other = "k" + random.nextInt(8);
        switch (random.nextInt(4)) {
            case 0 -> {
                live.remove(key);
                transaction.entries.add(new Entry(key, Kind.DELETE, ++lsn, before, false));
            }
            case 1 -> {
                if (live.containsKey(other) || !lock(other, transaction)) {
                    return;
                }
                boolean gap = random.nextBoolean();
                Row row = new Row(text(), gap ? before.description() : text());
                live.remove(key);
                live.put(other, row);
                transaction.entries.add(new Entry(key, Kind.DELETE, ++lsn, before, false));
                transaction.entries.add(new Entry(other, Kind.CREATE, lsn, row, gap));
            }
            default -> {
                boolean gap = random.nextBoolean();
                Row row = new Row(text(), gap ? before.description() : text());
                live.put(key, row);
                transaction.entries.add(new Entry(key, Kind.UPDATE, ++lsn, row, gap));
            }
        }
    }

    private boolean lock(String key, Transaction transaction) {
        Transaction holder = locks.putIfAbsent(key, transaction);
        return holder == null || holder == transaction;
    }

    private List<Event> commit(Transaction transaction) {
        open.remove(transaction);
        if (truncating == transaction) {
            truncating = null;
        }
        locks.values().removeIf(holder -> holder == transaction);
        if (transaction.entries.isEmpty()) {
            return List.of();
        }
        List<Event> events = transaction.entries.stream()
                .map(entry -> event(entry, transaction))
                .toList();
        lastCommit = ++lsn;
        commitKnown = true;
        return events;
    }

    private Event event(Entry entry, Transaction transaction) {
        long commit = commitKnown ? lastCommit : 0;
        boolean firstOfTwo = entry.kind() == Kind.DELETE || entry.kind() == Kind.TRUNCATE;
        Position at = new Position(commit, entry.lsn(), transaction.id, firstOfTwo ? 0 : 1);
        Image after = image(entry.key(), entry.row(), entry.gap());
        return new Event(
                entry.key(),
                switch (entry.kind()) {
                    case CREATE -> new ChangeEvent.Create(at, after, false);
                    case UPDATE -> new ChangeEvent.Update(at, after, false);
                    case DELETE -> new ChangeEvent.Delete(at, false);
                    case TRUNCATE -> new ChangeEvent.Truncate(at);
                });
    }

    private Image image(String key, Row row, boolean gap) {
        Object description =
                gap ? Image.UNAVAILABLE : Objects.requireNonNull(row).description();
        return new Image.Row(new Object[] {key, row.name(), description});
    }

    private String text() {
        return "v" + random.nextInt(4);
    }
}
