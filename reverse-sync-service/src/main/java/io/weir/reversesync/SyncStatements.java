package io.weir.reversesync;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The statements of one sync, each for a whole batch: the values of a column travel as one text array, and the server casts them to the column's type.
 *
 * <p>Pure. The cast leaves out lengths and scales on purpose: an explicit cast would cut a text that is too long, where the assignment refuses it.
 *
 * @param upsert arrays of all cells; null where the mode only updates
 * @param update arrays of all cells, gives the ordinals of the rows that exist; null in other modes
 * @param existing arrays of key cells, gives the ordinals of the rows that exist; null in other modes than {@code insert}
 * @param delete arrays of key cells; null where the mode leaves deletions out
 */
record SyncStatements(
        @Nullable String upsert,
        @Nullable String update,
        @Nullable String existing,
        @Nullable String delete) {

    /**
     * Takes over the positions of a batch and gives the keys of those that are new. A position is not new where the fence holds the same or a later one of the
     * same topic and partition, unless it is the same and was written under another shape.
     */
    static final String ADVANCE_FENCE = """
            INSERT INTO weir.fence AS f (sync, key, topic_id, partition, "offset", deleted, shape)
            SELECT ?, s.key, ?, s.partition, s.position, s.deleted, ?
            FROM unnest(?::bytea[], ?::integer[], ?::bigint[], ?::boolean[]) AS s (key, partition, position, deleted)
            ON CONFLICT (sync, key) DO UPDATE
            SET topic_id = excluded.topic_id, partition = excluded.partition, "offset" = excluded."offset",
                deleted = excluded.deleted, shape = excluded.shape
            WHERE f.topic_id <> excluded.topic_id OR f.partition <> excluded.partition
               OR f."offset" < excluded."offset"
               OR (f."offset" = excluded."offset" AND f.shape <> excluded.shape)
            RETURNING f.key""";

    /** The keys of those positions that the fence holds exactly: changes that were written before. */
    static final String HELD = """
            SELECT f.key
            FROM unnest(?::bytea[], ?::integer[], ?::bigint[]) AS s (key, partition, position)
            JOIN weir.fence f ON f.sync = ? AND f.key = s.key
            WHERE f.topic_id = ? AND f.partition = s.partition AND f."offset" = s.position""";

    static final String MAKE_FENCE = """
            CREATE TABLE IF NOT EXISTS weir.fence (
              sync text NOT NULL,
              key bytea NOT NULL,
              topic_id uuid NOT NULL,
              partition integer NOT NULL,
              "offset" bigint NOT NULL,
              deleted boolean NOT NULL,
              shape text NOT NULL,
              PRIMARY KEY (sync, key))""";

    /** {@code castTypes}: destination column -> the type to cast to. */
    static SyncStatements of(Target target, Function<String, String> castTypes) {
        return switch (target.mode()) {
            case UPSERT, MIRROR ->
                new SyncStatements(upsert(target, castTypes, true), null, null, delete(target, castTypes));
            case INSERT ->
                new SyncStatements(upsert(target, castTypes, false), null, existing(target, castTypes), null);
            case UPDATE -> new SyncStatements(null, update(target, castTypes), null, null);
        };
    }

    /** For the keys of the whole product, as long as a transaction lasts: {@code live} says whether a row stands under the key. */
    static String makeLive(Target target, Function<String, String> castTypes) {
        return "CREATE TEMPORARY TABLE weir_live (%s, live boolean, PRIMARY KEY (%s)) ON COMMIT DROP"
                .formatted(
                        list(target.key(), cell -> column(cell) + " " + castTypes.apply(cell.destinationColumn())),
                        list(target.key(), SyncStatements::column));
    }

    /** Arrays of key cells, then one of booleans; the keys are distinct. */
    static String addLive(Target target, Function<String, String> castTypes) {
        List<Target.Cell> key = target.key();
        return "INSERT INTO weir_live SELECT %s, s.live FROM unnest(%s, ?::boolean[]) AS s (%s, live) ON CONFLICT (%s) DO UPDATE SET live = excluded.live"
                .formatted(
                        values(key, castTypes),
                        placeholders(key.size()),
                        names(key.size()),
                        list(key, SyncStatements::column));
    }

    /** Removes the rows that stand under no key of the product; none where the product holds none, for that is rather a topic that was made anew. */
    static String removeOthers(Target target) {
        return "DELETE FROM %s AS d WHERE EXISTS (SELECT FROM weir_live WHERE live) AND NOT EXISTS (SELECT FROM weir_live AS l WHERE l.live AND %s)"
                .formatted(
                        table(target),
                        target.key().stream()
                                .map(cell -> "l.%s = d.%s".formatted(column(cell), column(cell)))
                                .collect(Collectors.joining(" AND ")));
    }

    private static String upsert(Target target, Function<String, String> castTypes, boolean overwrite) {
        List<Target.Cell> cells = target.cells();
        String action = !overwrite || target.fields().isEmpty()
                ? "NOTHING"
                : "UPDATE SET %s WHERE %s"
                        .formatted(
                                list(target.fields(), cell -> "%s = excluded.%s".formatted(column(cell), column(cell))),
                                differs(target, castTypes, cell -> "excluded." + column(cell)));
        return "INSERT INTO %s AS d (%s) SELECT %s FROM %s ON CONFLICT (%s) DO %s"
                .formatted(
                        table(target),
                        list(cells, SyncStatements::column),
                        values(cells, castTypes),
                        arrays(cells.size()),
                        list(target.key(), SyncStatements::column),
                        action);
    }

    private static String update(Target target, Function<String, String> castTypes) {
        List<Target.Cell> cells = target.cells();
        int keys = target.key().size();
        String assignments = target.fields().isEmpty()
                ? "%s = d.%s"
                        .formatted(
                                column(target.key().getFirst()),
                                column(target.key().getFirst()))
                : IntStream.range(keys, cells.size())
                        .mapToObj(i -> "%s = %s".formatted(column(cells.get(i)), value(cells, i, castTypes)))
                        .collect(Collectors.joining(", "));
        return "UPDATE %s AS d SET %s FROM %s WHERE %s RETURNING s.ordinal"
                .formatted(table(target), assignments, arrays(cells.size()), sameKey(target, castTypes));
    }

    private static String existing(Target target, Function<String, String> castTypes) {
        return "SELECT s.ordinal FROM %s JOIN %s AS d ON %s"
                .formatted(arrays(target.key().size()), table(target), sameKey(target, castTypes));
    }

    private static String delete(Target target, Function<String, String> castTypes) {
        return "DELETE FROM %s AS d USING %s WHERE %s"
                .formatted(table(target), arrays(target.key().size()), sameKey(target, castTypes));
    }

    private static String sameKey(Target target, Function<String, String> castTypes) {
        List<Target.Cell> key = target.key();
        return IntStream.range(0, key.size())
                .mapToObj(i -> "d.%s = %s".formatted(column(key.get(i)), value(key, i, castTypes)))
                .collect(Collectors.joining(" AND "));
    }

    /** An update that changes nothing is left out: it would cost log, and an echo. */
    private static String differs(
            Target target, Function<String, String> castTypes, Function<Target.Cell, String> incoming) {
        return target.fields().stream()
                .map(cell -> {
                    // These types have no equality of their own.
                    boolean asText = List.of("json", "xml").contains(castTypes.apply(cell.destinationColumn()));
                    String cast = asText ? "::text" : "";
                    return "d.%s%s IS DISTINCT FROM %s%s".formatted(column(cell), cast, incoming.apply(cell), cast);
                })
                .collect(Collectors.joining(" OR "));
    }

    private static String arrays(int count) {
        return "unnest(%s) WITH ORDINALITY AS s (%s, ordinal)".formatted(placeholders(count), names(count));
    }

    private static String placeholders(int count) {
        return IntStream.range(0, count).mapToObj(i -> "?::text[]").collect(Collectors.joining(", "));
    }

    private static String names(int count) {
        return IntStream.range(0, count).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
    }

    private static String values(List<Target.Cell> cells, Function<String, String> castTypes) {
        return IntStream.range(0, cells.size())
                .mapToObj(i -> value(cells, i, castTypes))
                .collect(Collectors.joining(", "));
    }

    private static String value(List<Target.Cell> cells, int i, Function<String, String> castTypes) {
        return "s.c%d::%s".formatted(i, castTypes.apply(cells.get(i).destinationColumn()));
    }

    private static String list(List<Target.Cell> cells, Function<Target.Cell, String> form) {
        return cells.stream().map(form).collect(Collectors.joining(", "));
    }

    private static String table(Target target) {
        return quoted(target.schema()) + "." + quoted(target.table());
    }

    private static String column(Target.Cell cell) {
        return quoted(cell.destinationColumn());
    }

    static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
