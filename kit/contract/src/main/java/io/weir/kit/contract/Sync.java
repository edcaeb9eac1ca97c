package io.weir.kit.contract;

import java.nio.file.Path;
import java.util.Map;

/**
 * One gold product written into one table of an operational database.
 *
 * @param table {@code schema.table} in the destination
 * @param key product column -> destination column, of the primary key
 * @param fields product column -> destination column; what is not named does not leave
 * @param approvedBy the owner who approved the field list
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
        Path file) {

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
}
