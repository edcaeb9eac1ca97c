package io.weir.reversesync;

import io.weir.kit.contract.DataType;
import io.weir.kit.contract.JsonRows;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A row's value as PostgreSQL reads it from text (manual, chapter 8), so that the server itself converts it to the column's type. Pure. */
final class TextForm {

    private static final DateTimeFormatter INSTANT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS'+00'").withZone(ZoneOffset.UTC);

    private TextForm() {}

    static @Nullable String of(DataType type, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        return switch (type) {
            case DataType.Bool _,
                    DataType.Int _,
                    DataType.BigInt _,
                    DataType.Real _,
                    DataType.DoublePrecision _,
                    DataType.Varchar _ -> value.toString();
            case DataType.Decimal _ -> ((BigDecimal) value).toPlainString();
            case DataType.Date _ -> LocalDate.ofEpochDay((Integer) value).toString();
            case DataType.Time _ ->
                LocalTime.ofNanoOfDay((Integer) value * 1_000_000L).toString();
            // A column without time zone reads over the +00.
            case DataType.Timestamp _ -> INSTANT.format(Instant.ofEpochMilli((Long) value));
            case DataType.Varbinary _ -> "\\x" + HexFormat.of().formatHex((byte[]) value);
            case DataType.Array _, DataType.Struct _, DataType.Mapping _ ->
                JsonRows.node(value, type).toString();
        };
    }
}
