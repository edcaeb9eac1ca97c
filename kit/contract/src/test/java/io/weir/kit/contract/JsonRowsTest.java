package io.weir.kit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class JsonRowsTest {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private static final RowType ALL = new RowType(List.of(
            new Column("flag", new DataType.Bool(), true),
            new Column("small", new DataType.Int(), true),
            new Column("large", new DataType.BigInt(), true),
            new Column("rough", new DataType.Real(), true),
            new Column("ratio", new DataType.DoublePrecision(), true),
            new Column("price", new DataType.Decimal(12, 2), true),
            new Column("name", new DataType.Varchar(), true),
            new Column("day", new DataType.Date(), true),
            new Column("at", new DataType.Time(), true),
            new Column("local", new DataType.Timestamp(false), true),
            new Column("instant", new DataType.Timestamp(true), true),
            new Column("bytes", new DataType.Varbinary(), true),
            new Column("prices", new DataType.Array(new DataType.Decimal(12, 2)), true)));

    @Property(tries = 300)
    void shouldReadBackWhatItWrote(@ForAll long seed) throws JsonProcessingException {
        Random random = new Random(seed);
        List<Object> row = new ArrayList<>();
        for (Column column : ALL.columns()) {
            boolean moment = column.type() instanceof DataType.Timestamp;
            row.add(
                    random.nextInt(5) == 0
                            ? null
                            : moment
                                    ? Long.valueOf(random.nextLong(-60_000_000_000_000L, 200_000_000_000_000L))
                                    : column.type() instanceof DataType.Date
                                            ? Integer.valueOf(random.nextInt(-700_000, 2_900_000))
                                            : RowCodecTest.value(column.type(), random));
        }

        String json = JSON.writeValueAsString(JsonRows.write(row.toArray(), ALL));

        assertThat(JsonRows.read(JSON.readTree(json), ALL)).isEqualTo(row.toArray());
    }

    @Test
    void shouldWriteAPlainObject() {
        Object[] row = {
            true,
            1,
            2L,
            1.5f,
            2.5,
            new BigDecimal("3.50"),
            "Ann",
            0,
            0,
            0L,
            0L,
            new byte[] {1, 2},
            List.of(new BigDecimal("1.00"))
        };

        assertThat(JsonRows.write(row, ALL))
                .hasToString("{\"flag\":true,\"small\":1,\"large\":2,\"rough\":1.5,\"ratio\":2.5,\"price\":3.50,"
                        + "\"name\":\"Ann\",\"day\":\"1970-01-01\",\"at\":\"00:00:00\",\"local\":\"1970-01-01T00:00:00\","
                        + "\"instant\":\"1970-01-01T00:00:00Z\",\"bytes\":\"AQI=\",\"prices\":[1.00]}");
    }

    @Test
    void shouldReadWhatPeopleWrite() throws JsonProcessingException {
        Object[] row = read("""
                {"price": "3.5", "ratio": 2, "local": "1970-01-01 00:00:01", "instant": "1970-01-01T01:00:00+01:00", "small": 1.0}
                """);

        assertThat(row)
                .containsExactly(
                        null, 1, null, null, 2.0, new BigDecimal("3.50"), null, null, null, 1000L, 0L, null, null);
    }

    @Test
    void shouldTellEveryWrongField() {
        assertThatThrownBy(() -> read("""
                        {"flag": 1, "small": 3000000000, "large": 1.5, "ratio": "x", "price": 1.005, "name": 5, "day": "31.1.2026",
                         "at": 5, "local": "yesterday", "instant": "2026", "bytes": 1, "nmae": "Ann"}
                        """)).isInstanceOfSatisfying(JsonRowException.class, e -> assertThat(e.errors())
                .extracting(error -> "%s %s: %s".formatted(error.field(), error.rule(), error.message()))
                .containsExactly(
                        "flag type: not of type boolean: write true or false",
                        "small type: not of type integer: write a whole number of 32 bits",
                        "large type: not of type bigint: write a whole number of 64 bits",
                        "ratio type: not of type double precision: write a number",
                        "price type: not of type decimal(12,2): write a number with at most 2 digits after the point",
                        "name type: not of type varchar: write a text",
                        "day type: not of type date: write a date like \"2026-01-31\"",
                        "at type: not of type time: write a time like \"18:30:00\"",
                        "local type: not of type timestamp: write a time like \"2026-01-31T18:30:00\"",
                        "instant type: not of type timestamptz: write a time like \"2026-01-31T18:30:00Z\"",
                        "bytes type: not of type varbinary: write base64",
                        "nmae unknown: no such column (did you mean \"name\"?)"));
    }

    @Test
    void shouldRefuseWhatIsNoObject() {
        assertThatThrownBy(() -> read("[1]")).hasMessage(": a row is a JSON object {column: value}");
    }

    private static Object[] read(String json) throws JsonProcessingException {
        JsonNode node = JSON.readTree(json);
        return JsonRows.read(node, ALL);
    }
}
