package io.weir.kit.contract;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a contract's {@code customProperties} say beyond kind, key and partitions.
 *
 * @param eventTime the column that says when a row's event happened
 * @param lateness how much later than the newest event a row may come and surely still count; for ever where nothing is said
 * @param emit when a model writes the windows of event time that it groups by
 * @param retention how long rows of kind {@code EVENTS} stay in the topic; for ever where nothing is said
 * @param compatibility what the registry demands of a new version of the value's schema
 * @param onViolation what happens to a row that breaks a rule of this column, where the column says so itself
 * @param sqlRules promises about one row that are written in SQL
 * @param promises what is judged over many rows, or over time
 * @param relationships which rows of other products its rows name
 */
public record ProductSettings(
        Optional<String> eventTime,
        Optional<Duration> lateness,
        Emit emit,
        Optional<Duration> retention,
        Compatibility compatibility,
        Map<String, DataProduct.OnViolation> onViolation,
        List<SqlRule> sqlRules,
        List<Promise> promises,
        List<Relationship> relationships) {

    /** Where a contract says nothing. */
    public static final ProductSettings DEFAULT = new ProductSettings(
            Optional.empty(),
            Optional.empty(),
            Emit.OPEN,
            Optional.empty(),
            Compatibility.FULL_TRANSITIVE,
            Map.of(),
            List.of(),
            List.of(),
            List.of());

    /** When a window of event time is written. */
    public enum Emit {
        /** From its first row on; corrections follow until it closes. */
        OPEN,
        /** Once, when it closes. */
        CLOSED
    }

    /** Which readers a new version of a schema must not break (Avro 1.12, schema resolution). */
    public enum Compatibility {
        /** New readers read old rows. */
        BACKWARD,
        /** New readers read the rows of every version. */
        BACKWARD_TRANSITIVE,
        /** Old readers read new rows. */
        FORWARD,
        /** Readers of every version read new rows. */
        FORWARD_TRANSITIVE,
        /** Both, of the last version. */
        FULL,
        /** Both, of every version. */
        FULL_TRANSITIVE,
        /** Nobody is protected. */
        NONE;

        /** As a contract writes it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public ProductSettings {
        onViolation = Map.copyOf(onViolation);
        sqlRules = List.copyOf(sqlRules);
        promises = List.copyOf(promises);
        relationships = List.copyOf(relationships);
    }

    ProductSettings withRelationships(List<Relationship> others) {
        return new ProductSettings(
                eventTime, lateness, emit, retention, compatibility, onViolation, sqlRules, promises, others);
    }
}
