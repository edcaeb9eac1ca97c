package io.weir.benchmarks.comparison;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.kit.contract.ContractFile;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataProduct.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** The queries that are compared, and the rows that they are given: pseudo-random, and the same in each run. */
final class Workloads {

    /** Keys of the keyed aggregate. */
    static final int CUSTOMERS = 100_000;

    private static final int JOIN_ORDERS = 60_000;
    private static final int JOIN_PROMOTIONS = 30_000;
    private static final int CATEGORIES = 15_000;

    private static final String ORDERS =
            "bronze.orders id bigint key, customer_id bigint, name varchar, country varchar, amount varchar, quantity int, status varchar, ordered_at timestamp, note varchar null";

    private static final String[] COUNTRIES = {"DE", "FR", "GB", "IT", "NL", "PL", "SE", "US"};
    private static final String[] STATES = {"placed", "shipped", "completed", "returned", "cancelled"};
    private static final long EPOCH_MS = 1_767_225_600_000L; // 2026-01-01

    private Workloads() {}

    static Workload of(String name) {
        return switch (name) {
            case "stateless" -> stateless("stateless", "", Optional.empty());
            case "unruled" -> stateless("unruled", " null", Optional.empty());
            case "ruled" -> stateless("ruled", " null", Optional.of(ruled()));
            case "keyed" -> keyed(CUSTOMERS);
            case "keyed-10" -> keyed(10 * CUSTOMERS);
            case "join" -> join();
            default -> Nexmark.of(name);
        };
    }

    /** The columns of the stateless workload, with rules of all kinds. */
    private static DataProduct ruled() {
        try (InputStream contract = Workloads.class.getResourceAsStream("result.odcs.yaml")) {
            return ContractFile.of(new String(contract.readAllBytes(), UTF_8), "result.odcs.yaml")
                    .product();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Casts, functions, a filter: one row in, at most one out under the same key.
     *
     * @param nulls what the columns say of nulls: where they say that there are none, it is a rule
     */
    private static Workload stateless(String name, String nulls, Optional<DataProduct> rules) {
        String select = """
                SELECT id,
                       customer_id,
                       UPPER(TRIM(name)) AS name,
                       LOWER(country) AS country,
                       CAST(amount AS DECIMAL(12, 2)) AS amount,
                       CASE WHEN quantity >= 10 THEN 'bulk' WHEN quantity >= 3 THEN 'several' ELSE 'single' END AS size,
                       CAST(ordered_at AS DATE) AS ordered_on,
                       COALESCE(note, 'none') AS note
                FROM %s
                WHERE status <> 'cancelled' AND quantity > 0
                """;
        return new Workload(
                name,
                List.of(new Input(Kind.EVENTS, ORDERS, i -> order(i, CUSTOMERS), 1)),
                "silver.result id bigint key, customer_id bigint%1$s, name varchar%1$s, country varchar%1$s, amount decimal(12,2)%1$s, size varchar%1$s, ordered_on date%1$s, note varchar%1$s"
                        .formatted(nulls),
                select.formatted("bronze.orders"),
                select.formatted("orders"),
                rules);
    }

    /** Rows move to the partition of another key, and are counted and added up there. */
    private static Workload keyed(int customers) {
        String select = "SELECT customer_id, COUNT(*) AS orders, SUM(%s) AS items FROM %s GROUP BY customer_id";
        return new Workload(
                customers == CUSTOMERS ? "keyed" : "keyed-10",
                List.of(new Input(Kind.EVENTS, ORDERS, i -> order(i, customers), 1)),
                "gold.result customer_id bigint key, orders bigint, items bigint",
                select.formatted("quantity", "bronze.orders"),
                select.formatted("CAST(quantity AS BIGINT)", "orders"));
    }

    /** Each side changes rows that it has already given, to other values of the join's key among them. */
    private static Workload join() {
        String select = """
                SELECT o.id AS order_id, p.id AS promotion_id, o.quantity AS quantity, p.percent AS percent
                FROM %1$sorders AS o JOIN %1$spromotions AS p ON o.category = p.category
                """;
        return new Workload(
                "join",
                List.of(
                        new Input(
                                Kind.TABLE,
                                "bronze.orders id bigint key, category int, quantity int, status varchar",
                                i -> new Object[] {i % JOIN_ORDERS, picked(i, CATEGORIES), picked(i + 1, 20), "placed"},
                                1),
                        new Input(
                                Kind.TABLE,
                                "bronze.promotions id bigint key, category int, percent int",
                                i -> new Object[] {i % JOIN_PROMOTIONS, picked(-i, CATEGORIES), picked(1 - i, 50)},
                                0.5)),
                "gold.result order_id bigint key, promotion_id bigint key, quantity int, percent int",
                select.formatted("bronze."),
                select.formatted(""));
    }

    private static int picked(long seed, int from) {
        return new SplittableRandom(seed).nextInt(from);
    }

    private static Object[] order(long i, int customers) {
        SplittableRandom random = new SplittableRandom(i);
        return new Object[] {
            i,
            (long) random.nextInt(customers),
            "  Customer " + random.nextInt(customers) + " ",
            COUNTRIES[random.nextInt(COUNTRIES.length)],
            random.nextInt(1_000) + "." + (10 + random.nextInt(90)),
            random.nextInt(20),
            STATES[random.nextInt(STATES.length)],
            EPOCH_MS + i * 10,
            random.nextInt(4) == 0 ? null : "note " + random.nextInt(1_000)
        };
    }
}
