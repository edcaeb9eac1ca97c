package io.weir.kit.contract;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * One gold product written into one table of an operational database.
 *
 * @param table {@code schema.table} in the destination
 * @param key product column -> destination column, of the primary key
 * @param fields product column -> destination column; what is not named does not leave
 * @param approvedBy the owner who approved the field list
 * @param loop why what it writes may come back to the product that it reads; empty where it may not
 */
public record Sync(
        String domain,
        String name,
        ProductName from,
        Connection to,
        String table,
        Mode mode,
        Map<String, String> key,
        Map<String, String> fields,
        String approvedBy,
        Optional<String> loop,
        Path file) {

    /** Of which nothing comes back. */
    public Sync(
            String domain,
            String name,
            ProductName from,
            Connection to,
            String table,
            Mode mode,
            Map<String, String> key,
            Map<String, String> fields,
            String approvedBy,
            Path file) {
        this(domain, name, from, to, table, mode, key, fields, approvedBy, Optional.empty(), file);
    }

    /**
     * {@code UPSERT}: insert or update, and delete on tombstones. {@code INSERT}: only new rows. {@code UPDATE}: only existing rows. {@code MIRROR}: as
     * upsert, and rows that the product does not hold are removed, whoever wrote them.
     */
    public enum Mode {
        UPSERT,
        INSERT,
        UPDATE,
        MIRROR
    }

    public String outcomeTopic() {
        return "outcome.%s.%s".formatted(domain, name);
    }

    /** Where the changes lie that could not be read, or that the destination refuses. */
    public String quarantineTopic() {
        return "quarantine." + outcomeTopic();
    }
}
