package io.weir.kit.contract;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * That some columns of each row name a row of another product by its primary key (ODCS: {@code relationships} of type {@code foreignKey}). A null among them names none.
 *
 * @param columns of the product that refers, in the order of the other's key
 * @param to the product that is referred to
 * @param key the columns of its key
 * @param patience how long a row waits for the row that it names
 * @param onViolation what happens to it then; empty where the product's own word holds
 */
public record Relationship(
        List<String> columns,
        ProductName to,
        RowType key,
        Duration patience,
        Optional<DataProduct.OnViolation> onViolation) {

    /** The rule's name, where a row in quarantine says what it broke. */
    public static final String RULE = "relationship";

    public Relationship {
        columns = List.copyOf(columns);
    }

    /** Reads of a row which row it names. */
    public interface Named {

        /** The bytes of the other's key; null where the row names none. */
        byte @Nullable [] in(@Nullable Object[] row);
    }

    /** @param rows of the product that refers */
    public Named named(RowType rows) {
        int[] positions = columns.stream().mapToInt(rows::indexOf).toArray();
        RowCodec codec = RowCodec.of(key);
        return row -> {
            @Nullable Object[] values = new @Nullable Object[positions.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = row[positions[i]];
                if (values[i] == null) {
                    return null;
                }
            }
            return codec.encode(values);
        };
    }

    /** For a person: {@code "a row of silver.jaffle.customer.v1"}. */
    public String demand() {
        return "names a row of %s".formatted(to.topic());
    }
}
