package io.weir.kit.contract;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka topic with a contract, as its ODCS file declares it.
 *
 * @param name identity and topic
 * @param version the contract's semantic version
 * @param rowType columns of the value, in the contract's order
 * @param key positions in {@code rowType} of the primary key, in {@code primaryKeyPosition} order; empty where the whole row is the key
 * @param kind whether rows are replaced by key or only added
 * @param onViolation what a stage does with a row that breaks the contract
 * @param rules row rules beyond types and nulls, from {@code logicalTypeOptions}
 * @param partitions number of partitions of the topic
 * @param file the contract's file, for messages
 * @param document the contract as it was read (ODCS structure), for the registry and the catalogue
 * @param settings what its custom properties say beyond that
 */
public record DataProduct(
        ProductName name,
        String version,
        RowType rowType,
        List<Integer> key,
        Kind kind,
        OnViolation onViolation,
        List<RowRule> rules,
        int partitions,
        Path file,
        Map<String, Object> document,
        ProductSettings settings) {

    /** {@code TABLE}: a row replaces the row with its key. {@code EVENTS}: rows are only added. */
    public enum Kind {
        TABLE,
        EVENTS
    }

    /** What a stage does with a row that breaks the contract. */
    public enum OnViolation {
        QUARANTINE,
        HALT,
        WARN
    }

    /** With the settings of a contract that says nothing. */
    public DataProduct(
            ProductName name,
            String version,
            RowType rowType,
            List<Integer> key,
            Kind kind,
            OnViolation onViolation,
            List<RowRule> rules,
            int partitions,
            Path file,
            Map<String, Object> document) {
        this(
                name,
                version,
                rowType,
                key,
                kind,
                onViolation,
                rules,
                partitions,
                file,
                document,
                ProductSettings.DEFAULT);
    }

    public DataProduct {
        key = List.copyOf(key);
        rules = List.copyOf(rules);
    }

    /** Whether the contract says that a column's values are not for everybody: a {@code classification} other than {@code public}. */
    public boolean isClassified(String column) {
        Object word = Documents.columns(this).getOrDefault(column, Map.of()).get("classification");
        return word != null && !word.equals("public");
    }

    /** The key of a row, in the key's order; the row itself where the whole row is the key. */
    public @Nullable Object[] keyOf(@Nullable Object[] row) {
        if (key.isEmpty()) {
            return row;
        }
        @Nullable Object[] keyRow = new @Nullable Object[key.size()];
        for (int i = 0; i < keyRow.length; i++) {
            keyRow[i] = row[key.get(i)];
        }
        return keyRow;
    }

    public RowType keyType() {
        return key.isEmpty() ? rowType : rowType.project(key);
    }

    /** The same product with columns of the same names and types, some of them nullable. */
    public DataProduct withNullable(Set<Integer> columns) {
        List<Column> changed = new ArrayList<>(rowType.columns());
        columns.forEach(position -> changed.set(
                position,
                new Column(
                        changed.get(position).name(),
                        changed.get(position).type(),
                        true,
                        changed.get(position).onError())));
        return new DataProduct(
                name,
                version,
                new RowType(changed),
                key,
                kind,
                onViolation,
                rules,
                partitions,
                file,
                document,
                settings);
    }

    /** The same product with rows that name such others. */
    public DataProduct withRelationships(List<Relationship> relationships) {
        return new DataProduct(
                name,
                version,
                rowType,
                key,
                kind,
                onViolation,
                rules,
                partitions,
                file,
                document,
                settings.withRelationships(relationships));
    }

    /** The same product on so many partitions. */
    public DataProduct withPartitions(int number) {
        return new DataProduct(name, version, rowType, key, kind, onViolation, rules, number, file, document, settings);
    }
}
