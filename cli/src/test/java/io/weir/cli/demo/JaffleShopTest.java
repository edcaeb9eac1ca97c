package io.weir.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.Layer;
import io.weir.kit.contract.Model;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.ReferenceFile;
import io.weir.kit.contract.Source;
import io.weir.kit.contract.Sync;
import io.weir.kit.sql.SqlPlanner;
import io.weir.kit.testkit.TestDatabase;
import io.weir.kit.testkit.TestPostgres;
import io.weir.kit.testkit.Testkit;
import io.weir.kit.testkit.WithMesh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example domain is right in itself: files, contracts, models in the oracle engine, privileges. No mesh runs here. */
@WithMesh
class JaffleShopTest {

    /** A moment of the shops' time, soon after they opened. */
    private static final Instant SHOP_TIME = Instant.parse("2026-03-01T00:00:00Z");

    private final TestPostgres postgres;
    private final Domain domain = DomainFolder.load(Examples.JAFFLE_SHOP, name -> null);

    JaffleShopTest(TestPostgres postgres) {
        this.postgres = postgres;
    }

    @Test
    void shouldHoldEverythingThatTheTourShows() {
        assertThat(domain.name()).isEqualTo("jaffle");
        assertThat(names(Layer.BRONZE))
                .containsExactlyInAnyOrder(
                        "customers", "products", "stores", "supplies", "orders", "order_items", "price_corrections");
        assertThat(names(Layer.SILVER)).containsExactlyInAnyOrder("customer", "order", "order_item");
        assertThat(names(Layer.GOLD))
                .containsExactlyInAnyOrder(
                        "customer_profile", "store_sales", "store_sales_hourly", "top_products_per_store");
        assertThat(domain.sources()).extracting(Source::name).containsExactlyInAnyOrder("shop", "partners");
        assertThat(domain.models()).hasSize(7);
        assertThat(domain.syncs()).extracting(Sync::table).containsExactly("public.customer_profile");
    }

    @Test
    void shouldGiveEveryModelTheRowsOfItsContractInTheOracle() throws SQLException, IOException {
        TestDatabase shop = database("shop");
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement()) {
            new Simulator(
                            SimulatorOptions.of(shop.jdbcUrl(), "weir-local")
                                    .withRate(SimulatorOptions.UNLIMITED)
                                    .withChanges(8_000),
                            new SimulatorListener() {})
                    .run();
            statement.execute("SET TimeZone = 'UTC'");
            statement.execute("CREATE SCHEMA bronze; CREATE SCHEMA silver; CREATE SCHEMA gold");
            copyBronze(shop, duck);
            conform(duck);
            statement.execute(
                    "INSERT INTO bronze.price_corrections VALUES ('JAF-001', 4.20, null, TIMESTAMPTZ '2026-03-01 10:00:00Z')");
            TreeMap<String, Integer> broken = new TreeMap<>();

            for (Layer layer : List.of(Layer.SILVER, Layer.GOLD)) {
                for (Model model : domain.models(layer)) {
                    broken.merge(model.product().localName(), check(duck, model), Integer::sum);
                }
            }

            // A little of the dirt can be cleaned by nobody, and has to show in quarantine; most of it can.
            assertThat(broken.get("silver.customer")).isBetween(1, 60);
            assertThat(broken.get("silver.order_item")).isBetween(1, 60);
            assertThat(broken.get("silver.order")).isZero();
            assertThat(broken.get("gold.store_sales")).isZero();
            assertThat(number(
                            statement,
                            "SELECT count(*) FROM silver.order_item WHERE unit_price = 4.20 AND sku = 'JAF-001'"))
                    .isPositive();
            assertThat(number(
                            statement,
                            "SELECT count(*) FROM silver.order_item WHERE unit_price <> 4.20 AND sku = 'JAF-001'"))
                    .isZero();
            assertThat(number(statement, "SELECT count(*) FROM bronze.customers"))
                    .as("somebody registered twice")
                    .isGreaterThan(number(statement, "SELECT count(*) FROM silver.customer"));
            assertThat(number(statement, "SELECT sum(revenue) * 100 FROM gold.store_sales"))
                    .isEqualTo(number(statement, "SELECT sum(amount) * 100 FROM silver.order_item"));
            assertThat(number(statement, "SELECT sum(orders) FROM gold.customer_profile"))
                    .as("every order of a known customer is somebody's")
                    .isEqualTo(
                            number(statement, "SELECT count(*) FROM silver.\"order\" WHERE customer_id IS NOT NULL"));
        } finally {
            shop.drop();
        }
    }

    @Test
    void shouldTakeTheProductThatItsReadmeAdds(@TempDir Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(Examples.JAFFLE_SHOP)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = folder.resolve(Examples.JAFFLE_SHOP.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        Matcher blocks = Pattern.compile("(?s)`([a-z/.]+)`:\n\n```(?:sql|yaml)\n(.*?)```")
                .matcher(Files.readString(Examples.JAFFLE_SHOP.resolve("README.md")));

        int written = 0;
        for (; blocks.find(); written++) {
            Files.writeString(folder.resolve(blocks.group(1)), blocks.group(2));
        }
        Domain changed = DomainFolder.load(folder, name -> null);

        assertThat(written).isEqualTo(2);
        assertThat(changed.find("silver.store")).isPresent();
        assertThat(changed.models(Layer.SILVER)).hasSize(4);
    }

    @Test
    void shouldGrantEachRoleWhatItNeedsAndNoMore() throws SQLException {
        TestDatabase shop = database("shop");
        TestDatabase crm = database("crm");
        try (Connection capture = shop.connect("weir_capture", "weir-local");
                Connection app = shop.connect("shop_app", "weir-local");
                Connection sync = crm.connect("weir_sync", "weir-local")) {
            assertThatCode(() -> execute(capture, "SELECT * FROM public.customers"))
                    .doesNotThrowAnyException();
            assertThatThrownBy(() -> execute(capture, "DELETE FROM public.customers"))
                    .hasMessageContaining("denied");
            assertThatThrownBy(() -> execute(app, "DROP TABLE public.customers"))
                    .hasMessageContaining("owner");
            assertThatThrownBy(() -> execute(app, "CREATE TABLE public.mine (id int)"))
                    .hasMessageContaining("denied");
            assertThatCode(() -> execute(sync, "INSERT INTO public.customer_profile VALUES (1, 'DE', 0, 0, 0)"))
                    .doesNotThrowAnyException();
            assertThatCode(() -> execute(sync, "CREATE TABLE weir.fence (id int)"))
                    .doesNotThrowAnyException();
            assertThatThrownBy(() -> execute(sync, "CREATE TABLE public.mine (id int)"))
                    .hasMessageContaining("denied");
            assertThatThrownBy(() -> execute(sync, "DROP TABLE public.customer_profile"))
                    .hasMessageContaining("owner");
        } finally {
            shop.drop();
            crm.drop();
        }
    }

    @Test
    void shouldPublishEveryCapturedTable() {
        TestDatabase shop = database("shop");

        List<String> published = shop
                .query(
                        "SELECT schemaname || '.' || tablename AS t FROM pg_publication_tables WHERE pubname = 'weir_jaffle_shop'")
                .stream()
                .map(row -> String.valueOf(row.get("t")))
                .toList();
        shop.drop();

        assertThat(published)
                .containsExactlyInAnyOrderElementsOf(domain.sources().stream()
                        .flatMap(source -> source.tables().stream())
                        .map(Source.Table::table)
                        .toList());
    }

    /** {@code CONFORM(name, value)} by the domain's reference files. */
    private static void conform(Connection duck) throws SQLException, IOException {
        try (Statement statement = duck.createStatement()) {
            statement.execute("CREATE TABLE reference (name VARCHAR, given VARCHAR, meant VARCHAR)");
            statement.execute(
                    "CREATE MACRO conform(which, x) AS (SELECT max(meant) FROM reference WHERE name = which AND given = upper(trim(x)))");
        }
        try (PreparedStatement insert = duck.prepareStatement("INSERT INTO reference VALUES (?, ?, ?)")) {
            for (String name : ReferenceFile.names(Examples.JAFFLE_SHOP)) {
                for (Map.Entry<String, String> entry : ReferenceFile.read(Examples.JAFFLE_SHOP, name)
                        .orElseThrow()
                        .to()
                        .entrySet()) {
                    insert.setString(1, name);
                    insert.setString(2, entry.getKey());
                    insert.setString(3, entry.getValue());
                    insert.executeUpdate();
                }
            }
        }
    }

    /** Runs a model, compares the shape with the contract, and counts the rows that the contract's rules would stop. */
    private int check(Connection duck, Model model) throws SQLException {
        DataProduct product = domain.products().get(model.product());
        String table = table(product);
        int broken = 0;
        try (Statement statement = duck.createStatement()) {
            statement.execute("CREATE TABLE %s AS %s"
                    .formatted(table, SqlPlanner.plan(model, domain).sqlAt(SHOP_TIME)));
            try (ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    columns.add(rows.getMetaData().getColumnName(i) + " "
                            + rows.getMetaData().getColumnTypeName(i));
                }
                assertThat(columns)
                        .as(model.product().topic())
                        .containsExactlyElementsOf(product.rowType().columns().stream()
                                .map(column -> column.name() + " " + duckType(column.type()))
                                .toList());
                while (rows.next()) {
                    Object[] row = new Object[columns.size()];
                    for (int i = 0; i < row.length; i++) {
                        row[i] = rows.getObject(i + 1);
                        assertThat(row[i] == null
                                        && !product.rowType().columns().get(i).nullable())
                                .as("%s: required column %s is null", model.product(), columns.get(i))
                                .isFalse();
                    }
                    if (!product.rules().stream().allMatch(rule -> rule.holds(row))) {
                        broken++;
                    }
                }
            }
            String key = product.keyType().columns().stream()
                    .map(column -> column.name())
                    .collect(Collectors.joining(", "));
            assertThat(number(statement, "SELECT count(*) FROM (SELECT DISTINCT %s FROM %s)".formatted(key, table)))
                    .as("keys of " + model.product())
                    .isPositive()
                    .isEqualTo(number(statement, "SELECT count(*) FROM " + table));
        }
        return broken;
    }

    private void copyBronze(TestDatabase shop, Connection duck) throws SQLException {
        for (DataProduct product : domain.products().values()) {
            if (product.name().layer() != Layer.BRONZE) {
                continue;
            }
            String columns = product.rowType().columns().stream()
                    .map(column -> column.name() + " " + duckType(column.type()))
                    .collect(Collectors.joining(", "));
            try (Statement create = duck.createStatement()) {
                create.execute("CREATE TABLE %s (%s)".formatted(table(product), columns));
            }
            if (product.name().product().equals("price_corrections")) {
                continue;
            }
            String names = product.rowType().columns().stream()
                    .map(column -> column.name())
                    .collect(Collectors.joining(", "));
            String marks = product.rowType().columns().stream()
                    .map(column -> "CAST(? AS " + duckType(column.type()) + ")")
                    .collect(Collectors.joining(", "));
            duck.setAutoCommit(false);
            try (Connection postgresConnection = shop.connect();
                    Statement select = postgresConnection.createStatement();
                    ResultSet rows = select.executeQuery("SELECT %s FROM public.%s"
                            .formatted(names, product.name().product()));
                    PreparedStatement insert =
                            duck.prepareStatement("INSERT INTO %s VALUES (%s)".formatted(table(product), marks))) {
                while (rows.next()) {
                    for (int i = 1; i <= product.rowType().size(); i++) {
                        insert.setString(i, rows.getString(i));
                    }
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            duck.commit();
            duck.setAutoCommit(true);
        }
    }

    private static String table(DataProduct product) {
        return "%s.\"%s\""
                .formatted(product.name().layer().text(), product.name().product());
    }

    private static String duckType(DataType type) {
        return switch (type) {
            case DataType.Bool ignored -> "BOOLEAN";
            case DataType.Int ignored -> "INTEGER";
            case DataType.BigInt ignored -> "BIGINT";
            case DataType.Real ignored -> "FLOAT";
            case DataType.DoublePrecision ignored -> "DOUBLE";
            case DataType.Decimal(int precision, int scale) -> "DECIMAL(%d,%d)".formatted(precision, scale);
            case DataType.Varchar ignored -> "VARCHAR";
            case DataType.Date ignored -> "DATE";
            case DataType.Time ignored -> "TIME";
            case DataType.Timestamp(boolean withTimeZone) -> withTimeZone ? "TIMESTAMP WITH TIME ZONE" : "TIMESTAMP";
            case DataType.Varbinary ignored -> "BLOB";
            case DataType.Array ignored -> throw new IllegalArgumentException("not in this shop");
            case DataType.Struct ignored -> throw new IllegalArgumentException("not in this shop");
            case DataType.Mapping ignored -> throw new IllegalArgumentException("not in this shop");
        };
    }

    private List<String> names(Layer layer) {
        return domain.products().keySet().stream()
                .filter(name -> name.layer() == layer)
                .map(ProductName::product)
                .toList();
    }

    private TestDatabase database(String name) {
        TestDatabase database = postgres.createDatabase(Testkit.unique(name));
        try {
            database.execute(Files.readString(Examples.JAFFLE_SHOP.resolve("database/%s.sql".formatted(name))));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return database;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getBigDecimal(1).longValueExact();
        }
    }
}
