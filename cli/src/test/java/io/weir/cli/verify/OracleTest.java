package io.weir.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Layer;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.RowType;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the real DuckDB. */
class OracleTest {

    private static final DataType STRUCT = new DataType.Struct(List.of(
            new Column("name", new DataType.Varchar(), true),
            new Column("at", new DataType.Timestamp(false), true),
            new Column("tags", new DataType.Array(new DataType.Varchar()), true)));

    private static final RowType ALL_TYPES = new RowType(List.of(
            new Column("a", new DataType.BigInt(), false),
            new Column("b", new DataType.Bool(), true),
            new Column("c", new DataType.Int(), true),
            new Column("d", new DataType.Real(), true),
            new Column("e", new DataType.DoublePrecision(), true),
            new Column("f", new DataType.Decimal(12, 2), true),
            new Column("g", new DataType.Varchar(), true),
            new Column("h", new DataType.Date(), true),
            new Column("i", new DataType.Time(), true),
            new Column("j", new DataType.Timestamp(false), true),
            new Column("k", new DataType.Timestamp(true), true),
            new Column("l", new DataType.Varbinary(), true),
            new Column("m", new DataType.Array(new DataType.Varchar()), true),
            new Column("n", new DataType.Array(new DataType.Decimal(6, 2)), true),
            new Column("o", new DataType.Array(new DataType.Timestamp(false)), true),
            new Column("p", new DataType.Array(new DataType.Date()), true),
            new Column("q", STRUCT, true),
            new Column("r", new DataType.Mapping(new DataType.Decimal(6, 2)), true),
            new Column("s", new DataType.Array(STRUCT), true)));

    @Test
    void shouldGiveBackEveryTypeAsItWasLoaded() throws SQLException {
        @Nullable
        Object[] full = {
            1L,
            true,
            7,
            1.5f,
            2.25,
            new BigDecimal("12.30"),
            "it's",
            20_000,
            3_600_123,
            1_700_000_000_123L,
            -1L,
            new byte[] {1, 2},
            Arrays.asList("a", null, "it's"),
            List.of(new BigDecimal("1.50")),
            List.of(1_700_000_000_123L),
            List.of(),
            Arrays.asList("a", 1_700_000_000_123L, null),
            Map.of("k", new BigDecimal("1.50")),
            List.of(Arrays.asList("a", 1_700_000_000_123L, List.of("x", "y")))
        };
        @Nullable
        Object[] empty = {
            2L, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
            null
        };

        try (Oracle oracle = Oracle.open()) {
            DataProduct product = product(Layer.BRONZE, "things", ALL_TYPES);
            oracle.load(product, Table.of(ALL_TYPES, List.of(0), Arrays.asList(full, empty)));

            List<@Nullable Object[]> rows = oracle.query("SELECT * FROM bronze.things ORDER BY a", ALL_TYPES);

            for (int i = 0; i < ALL_TYPES.size(); i++) {
                assertThat(Values.same(rows.get(0)[i], full[i]))
                        .as("%s: %s", ALL_TYPES.columns().get(i), rows.get(0)[i])
                        .isTrue();
                assertThat(rows.get(1)[i]).isEqualTo(empty[i]);
            }
        }
    }

    @Test
    void shouldReadSqlAsPostgresqlDoes() throws SQLException {
        RowType type = new RowType(List.of(
                new Column("x", new DataType.BigInt(), true), new Column("place", new DataType.BigInt(), true)));
        RowType input = new RowType(
                List.of(new Column("id", new DataType.BigInt(), false), new Column("x", new DataType.BigInt(), true)));

        try (Oracle oracle = Oracle.open()) {
            oracle.load(
                    product(Layer.SILVER, "order", input),
                    Table.of(
                            input,
                            List.of(0),
                            Arrays.asList(new @Nullable Object[] {1L, null}, new @Nullable Object[] {2L, 7L})));

            // Integers divide to integers, null is the largest value, and a word of SQL can be a name.
            List<@Nullable Object[]> rows = oracle.query(
                    "SELECT x / 2 AS x, ROW_NUMBER() OVER (ORDER BY x DESC) AS place FROM silver.\"order\" -- the end",
                    type);

            assertThat(rows).anySatisfy(row -> assertThat(row).containsExactly(null, 1L));
            assertThat(rows).anySatisfy(row -> assertThat(row).containsExactly(3L, 2L));
        }
    }

    @Test
    void shouldKnowAProductByItsDomainToo() throws SQLException {
        RowType type = new RowType(List.of(new Column("id", new DataType.BigInt(), false)));

        try (Oracle oracle = Oracle.open()) {
            oracle.load(
                    product(Layer.GOLD, "sales", type),
                    Table.of(type, List.of(0), List.<@Nullable Object[]>of(new @Nullable Object[] {5L})));

            assertThat(oracle.query("SELECT id FROM gold.jaffle.sales;", type)).hasSize(1);
        }
    }

    @Test
    void shouldConformByTheReferenceFilesOfTheDomain(@TempDir Path domain) throws SQLException, IOException {
        Files.createDirectories(domain.resolve("reference"));
        Files.writeString(domain.resolve("reference/country.csv"), "from,to\nUK,GB\nGreat Britain,GB\n");
        RowType type = new RowType(List.of(new Column("c", new DataType.Varchar(), true)));

        try (Oracle oracle = Oracle.open()) {
            oracle.conformBy(domain);

            assertThat(oracle.query(
                            "SELECT CONFORM('country', t.x) AS c FROM (VALUES (' uk '), ('great britain'), ('gb')) t(x)",
                            type))
                    .extracting(row -> row[0])
                    .containsExactly("GB", "GB", "GB");
            assertThat(oracle.query("SELECT CONFORM('country', 'Atlantis') AS c", type))
                    .singleElement()
                    .satisfies(row -> assertThat(row[0]).isNull());
        }
    }

    @Test
    void shouldTellWhatItCannotRun() throws SQLException {
        try (Oracle oracle = Oracle.open()) {
            RowType type = new RowType(List.of(new Column("id", new DataType.BigInt(), false)));

            assertThatThrownBy(() -> oracle.query("SELECT id FROM silver.nothing", type))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("nothing");
        }
    }

    static DataProduct product(Layer layer, String name, RowType type) {
        return new DataProduct(
                new ProductName(layer, "jaffle", name, 1),
                "1.0.0",
                type,
                List.of(0),
                DataProduct.Kind.TABLE,
                DataProduct.OnViolation.QUARANTINE,
                List.of(),
                1,
                Path.of("contract"),
                Map.of());
    }
}
