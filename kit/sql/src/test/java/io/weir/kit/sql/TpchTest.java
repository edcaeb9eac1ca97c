package io.weir.kit.sql;

import java.io.IOException;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The 22 queries of TPC-H as models, over small tables with its columns, of values on which every query has rows: {@code src/test/resources/tpch}.
 *
 * <p>Against the benchmark's text: no ORDER BY without LIMIT, ties behind ORDER BY ... LIMIT are decided by the key, limits and some constants fit the small
 * tables, quotients are of DOUBLE, and keys that the result needs are selected (Q20).
 */
class TpchTest {

    private static final String[] TABLES = {
        "bronze.region r_regionkey bigint key, r_name varchar",
        "bronze.nation n_nationkey bigint key, n_name varchar, n_regionkey bigint",
        "bronze.supplier s_suppkey bigint key, s_name varchar, s_address varchar, s_nationkey bigint, s_phone varchar, s_acctbal decimal(12,2), s_comment varchar",
        "bronze.customer c_custkey bigint key, c_name varchar, c_address varchar, c_nationkey bigint, c_phone varchar, c_acctbal decimal(12,2), c_mktsegment varchar, c_comment varchar",
        "bronze.part p_partkey bigint key, p_name varchar, p_mfgr varchar, p_brand varchar, p_type varchar, p_size integer, p_container varchar, p_retailprice decimal(12,2)",
        "bronze.partsupp ps_partkey bigint key, ps_suppkey bigint key, ps_availqty integer, ps_supplycost decimal(12,2)",
        "bronze.orders o_orderkey bigint key, o_custkey bigint, o_orderstatus varchar, o_totalprice decimal(12,2), o_orderdate date, o_orderpriority varchar, o_shippriority integer, o_comment varchar",
        "bronze.lineitem l_orderkey bigint key, l_linenumber integer key, l_partkey bigint, l_suppkey bigint, l_quantity decimal(12,2), l_extendedprice decimal(12,2), l_discount decimal(12,2), l_tax decimal(12,2), l_returnflag varchar, l_linestatus varchar, l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct varchar, l_shipmode varchar",
    };

    private static final List<String> REGIONS = List.of("AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST");
    private static final List<String> NATIONS =
            List.of("KENYA", "BRAZIL", "CANADA", "INDIA", "CHINA", "FRANCE", "GERMANY", "SAUDI ARABIA");
    private static final List<Long> REGION_OF_NATION = List.of(0L, 1L, 1L, 2L, 2L, 3L, 3L, 4L);
    private static final int SUPPLIERS = 16;
    private static final int CUSTOMERS = 24;
    private static final int PARTS = 20;
    private static final int ORDERS = 70;

    /** One by which every query has rows. */
    private static final long SEED = 4;

    private static NamedQueries queries;

    @BeforeAll
    static void start() throws SQLException {
        List<List<Object>> partSuppliers = new ArrayList<>();
        List<List<Object>> lines = new ArrayList<>();
        for (long part = 0; part < PARTS; part++) {
            for (int i = 0; i < 4; i++) {
                partSuppliers.add(List.of(part, supplier(part, i)));
            }
        }
        for (long order = 0; order < ORDERS; order++) {
            for (int line = 1; line <= (isLarge(order) ? 7 : 1 + order % 5); line++) {
                lines.add(List.of(order, line));
            }
        }
        queries = new NamedQueries(
                "tpch",
                TABLES,
                Map.of(
                        "region", keys(REGIONS.size()),
                        "nation", keys(NATIONS.size()),
                        "supplier", keys(SUPPLIERS),
                        "customer", keys(CUSTOMERS),
                        "part", keys(PARTS),
                        "partsupp", partSuppliers,
                        "orders", keys(ORDERS),
                        "lineitem", lines),
                TpchTest::row);
    }

    @AfterAll
    static void stop() throws SQLException {
        queries.close();
    }

    @ParameterizedTest(name = "Q{0}")
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22})
    void shouldEqualTheQueryUnderChanges(int number) throws IOException, SQLException {
        queries.check("q%02d".formatted(number), SEED, 400);
    }

    private static List<List<Object>> keys(int count) {
        return LongStream.range(0, count).<List<Object>>mapToObj(List::of).toList();
    }

    private static long supplier(long part, int i) {
        return (part + i * 5L) % SUPPLIERS;
    }

    /** Orders of seven lines of much. */
    private static boolean isLarge(long order) {
        return order % 10 == 0;
    }

    private static Object[] row(String table, List<Object> key, Random random) {
        long first = (Long) key.getFirst();
        return switch (table) {
            case "region" -> new Object[] {first, REGIONS.get((int) first)};
            case "nation" -> new Object[] {first, NATIONS.get((int) first), REGION_OF_NATION.get((int) first)};
            case "supplier" ->
                new Object[] {
                    first,
                    "Supplier#" + first,
                    word(random) + " street",
                    (first + (random.nextInt(4) == 0 ? 1 : 0)) % NATIONS.size(),
                    phone(random),
                    money(random, -1_000, 10_000),
                    random.nextInt(5) == 0 ? "quick Customer slow Complaints" : word(random)
                };
            case "customer" ->
                new Object[] {
                    first,
                    "Customer#" + first,
                    word(random) + " lane",
                    (long) random.nextInt(NATIONS.size()),
                    phone(random),
                    money(random, -1_000, 10_000),
                    one(random, "BUILDING", "BUILDING", "AUTOMOBILE", "MACHINERY"),
                    word(random)
                };
            case "part" ->
                new Object[] {
                    first,
                    word(random) + " " + word(random),
                    "Manufacturer#" + random.nextInt(5),
                    one(random, "Brand#12", "Brand#23", "Brand#34", "Brand#45"),
                    one(
                            random,
                            "ECONOMY ANODIZED STEEL",
                            "PROMO BURNISHED COPPER",
                            "LARGE BRUSHED BRASS",
                            "MEDIUM POLISHED TIN"),
                    List.of(1, 3, 5, 9, 15, 15, 15, 36, 45, 49).get(random.nextInt(10)),
                    one(random, "SM CASE", "SM BOX", "MED BAG", "MED BOX", "MED BOX", "LG CASE", "LG BOX"),
                    money(random, 900, 2_000)
                };
            case "partsupp" -> new Object[] {first, key.get(1), 1 + random.nextInt(100), money(random, 1, 1_000)};
            case "orders" ->
                new Object[] {
                    first,
                    (long) random.nextInt(CUSTOMERS / 3 * 2),
                    one(random, "F", "F", "O", "P"),
                    money(random, 1_000, 100_000),
                    day(random),
                    one(random, "1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW"),
                    0,
                    one(random, "special packages requests", word(random), word(random))
                };
            case "lineitem" -> {
                long part = random.nextInt(PARTS);
                int shipped = day(random) + random.nextInt(90);
                int commit = shipped + random.nextInt(60) - 30;
                yield new Object[] {
                    first,
                    key.get(1),
                    part,
                    supplier(part, random.nextInt(4)),
                    BigDecimal.valueOf(isLarge(first) ? 30 + random.nextInt(21) : 1 + random.nextInt(50))
                            .setScale(2),
                    money(random, 900, 90_000),
                    BigDecimal.valueOf(random.nextInt(11), 2),
                    BigDecimal.valueOf(random.nextInt(9), 2),
                    one(random, "R", "A", "N"),
                    one(random, "O", "F"),
                    shipped,
                    commit,
                    shipped + 1 + random.nextInt(30),
                    one(random, "DELIVER IN PERSON", "DELIVER IN PERSON", "COLLECT COD"),
                    one(random, "AIR", "AIR REG", "MAIL", "SHIP")
                };
            }
            default -> throw new IllegalArgumentException(table);
        };
    }

    /** From the middle of 1993 to the end of 1996. */
    private static int day(Random random) {
        return (int) LocalDate.of(1993, 7, 1).toEpochDay() + random.nextInt(1_280);
    }

    private static String phone(Random random) {
        return one(random, "13", "31", "23", "29", "30", "18", "17", "11") + "-555-" + random.nextInt(1_000);
    }

    private static String word(Random random) {
        return one(random, "forest", "green", "almond", "ivory", "navy");
    }

    private static BigDecimal money(Random random, int least, int most) {
        return BigDecimal.valueOf(least * 100L + random.nextInt((most - least) * 100), 2);
    }

    private static String one(Random random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
