package io.weir.kit.contract;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where bronze products come from: captured tables of a database, or products that are pushed over HTTP.
 *
 * @param connection the captured database; empty for a push source
 * @param tables captured tables; empty for a push source
 * @param pushed products (in this domain's bronze layer) that are pushed; empty for a database
 * @param onSchemaChange what becomes of rows whose table no longer is as the contract says
 */
public record Source(
        String domain,
        String name,
        Optional<Connection> connection,
        List<Table> tables,
        List<Pushed> pushed,
        OnSchemaChange onSchemaChange,
        Path file) {

    /** What becomes of a row whose table has a column that the contract does not name, or lacks one that it names, or has it in a type that does not fit. */
    public enum OnSchemaChange {
        /** New columns are passed over; a row that lacks one, or does not fit, goes to quarantine. */
        EVOLVE,
        /** The row goes to quarantine until the contract or the table is put right. */
        QUARANTINE,
        /** The stage stops before the row, and goes on there when the contract or the table is put right. */
        HALT
    }

    /** One captured table, as {@code schema.table}, and the bronze product that holds its rows. */
    public record Table(String table, ProductName product) {}

    /** One product that is pushed over HTTP. */
    public record Pushed(ProductName product) {}

    /** The Debezium change topic of a captured table, one partition: {@code source.<domain>.<source>.<schema>.<table>}. */
    public String changeTopic(Table table) {
        return "source.%s.%s.%s".formatted(domain, name, table.table());
    }

    /** The replication slot of its capture and, by the same name, the publication; not checked for PostgreSQL's 63 characters. */
    public String slot() {
        return "weir_%s_%s".formatted(domain, name).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
    }

    /** The topic in which pushes to a product wait for the ingest stage. */
    public static String pushTopic(ProductName product) {
        return "push.%s.%s".formatted(product.domain(), product.product());
    }
}
