package io.weir.kit.contract;

import java.util.List;

/**
 * The SQL type of a column, and the Java class that holds its values in a row.
 *
 * <p>Values use Calcite's internal representation, so that compiled expressions read them without conversion. Times are UTC.
 */
public sealed interface DataType {

    /** As SQL writes it: {@code decimal(12,2)}. */
    default String sql() {
        return TypeNames.sql(this);
    }

    /** Whether its values are numbers. */
    default boolean isNumeric() {
        return switch (this) {
            case Int _, BigInt _, Real _, DoublePrecision _, Decimal _ -> true;
            case Bool _, Varchar _, Date _, Time _, Timestamp _, Varbinary _, Array _, Struct _, Mapping _ -> false;
        };
    }

    /** {@code Boolean}. */
    record Bool() implements DataType {}

    /** 32 bits, {@code Integer}. */
    record Int() implements DataType {}

    /** 64 bits, {@code Long}. */
    record BigInt() implements DataType {}

    /** 32-bit floating point, {@code Float}. */
    record Real() implements DataType {}

    /** 64-bit floating point, {@code Double}. */
    record DoublePrecision() implements DataType {}

    /** Exact number, {@code BigDecimal} at {@code scale}. Precision 1 to 38, scale 0 to precision. */
    record Decimal(int precision, int scale) implements DataType {
        public Decimal {
            if (precision < 1 || precision > 38 || scale < 0 || scale > precision) {
                throw new IllegalArgumentException(
                        "decimal(%d,%d): precision is 1 to 38, scale 0 to precision".formatted(precision, scale));
            }
        }
    }

    /** Text, {@code String}. */
    record Varchar() implements DataType {}

    /** Days since the epoch, {@code Integer}. */
    record Date() implements DataType {}

    /** Milliseconds of the day, {@code Integer}. */
    record Time() implements DataType {}

    /** Milliseconds since the epoch, {@code Long}; {@code withTimeZone} tells an instant from a wall-clock time. */
    record Timestamp(boolean withTimeZone) implements DataType {}

    /** {@code byte[]}. */
    record Varbinary() implements DataType {}

    /** {@code List} of the element's values, in order; elements may be null. */
    record Array(DataType element) implements DataType {
        public Array {
            if (!holds(element)) {
                throw new IllegalArgumentException("an array of arrays or of binaries is no column type");
            }
        }

        /** Whether there are arrays of this type: not of arrays, nor of binaries. */
        public static boolean holds(DataType element) {
            return !(element instanceof Array) && !(element instanceof Varbinary);
        }
    }

    /** A record inside a row: {@code List} of the fields' values, in the order of the fields. */
    record Struct(List<Column> fields) implements DataType {
        public Struct {
            fields = List.copyOf(fields);
            if (fields.isEmpty() || fields.stream().anyMatch(field -> field.type() instanceof Varbinary)) {
                throw new IllegalArgumentException("a record without fields, or with a binary one, is no column type");
            }
        }
    }

    /** {@code Map} from text to values, which may be null. */
    record Mapping(DataType value) implements DataType {
        public Mapping {
            if (!Array.holds(value)) {
                throw new IllegalArgumentException("a map of arrays or of binaries is no column type");
            }
        }
    }

    /** Whether values have parts: then they are no keys. */
    default boolean isNested() {
        return this instanceof Array || this instanceof Struct || this instanceof Mapping;
    }
}
