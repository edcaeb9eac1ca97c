package io.weir.benchmarks.comparison;

import io.weir.kit.contract.DataProduct.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * The Nexmark queries (Tucker, Tufte, Papadimos, Maier: NEXMark, a benchmark for queries over data streams, 2002; numbered as in github.com/nexmark/nexmark) that both engines run on
 * updating results, over persons, auctions and bids in the proportion of 1 to 3 to 46. A bid has a number of its own here, for every product has a key.
 */
final class Nexmark {

    static final String PREFIX = "nexmark-";

    private static final long EPOCH_MS = 1_767_225_600_000L; // 2026-01-01
    private static final int STEP_MS = 10;
    private static final int LIFETIME_MS = 600_000;
    private static final int ROUND = 50;
    private static final int AUCTIONS_IN_ROUND = 3;
    private static final int BIDS_IN_ROUND = 46;

    private static final String[] CHANNELS = {"Google", "Facebook", "Baidu", "Apple", "channel-7", "channel-8"};
    private static final String[] STATES = {"AZ", "CA", "ID", "OR", "WA", "WY"};
    private static final String[] CITIES = {"Phoenix", "Palo Alto", "Boise", "Portland", "Seattle", "Kent"};

    private static final Input PERSONS = new Input(
            Kind.EVENTS,
            "bronze.person id bigint key, name varchar, email varchar, city varchar, state varchar, moment timestamp",
            Nexmark::person,
            1.0 / ROUND);
    private static final Input AUCTIONS = new Input(
            Kind.EVENTS,
            "bronze.auction id bigint key, item varchar, initial_bid bigint, reserve bigint, moment timestamp, expires timestamp, seller bigint, category int",
            Nexmark::auction,
            (double) AUCTIONS_IN_ROUND / ROUND);
    private static final Input BIDS = new Input(
            Kind.EVENTS,
            "bronze.bid id bigint key, auction bigint, bidder bigint, price bigint, channel varchar, url varchar, moment timestamp",
            Nexmark::bid,
            (double) BIDS_IN_ROUND / ROUND);

    private static final Map<String, Workload> QUERIES = queries();

    private Nexmark() {}

    static List<String> names() {
        return List.copyOf(QUERIES.keySet());
    }

    static Workload of(String name) {
        Workload query = QUERIES.get(name);
        if (query == null) {
            throw new IllegalArgumentException("no such query: " + name);
        }
        return query;
    }

    private static Map<String, Workload> queries() {
        Map<String, Workload> all = new LinkedHashMap<>();
        add(
                all,
                "q0",
                "id bigint key, auction bigint, bidder bigint, price bigint, moment timestamp",
                "SELECT id, auction, bidder, price, moment FROM {bid}");
        add(
                all,
                "q1",
                "id bigint key, auction bigint, bidder bigint, price decimal(18,3), moment timestamp",
                "SELECT id, auction, bidder, CAST(0.908 * price AS DECIMAL(18, 3)) AS price, moment FROM {bid}");
        add(
                all,
                "q2",
                "id bigint key, auction bigint, price bigint",
                "SELECT id, auction, price FROM {bid} WHERE MOD(auction, 12) = 0");
        add(all, "q3", "id bigint key, name varchar, city varchar, state varchar", """
                SELECT a.id AS id, p.name AS name, p.city AS city, p.state AS state
                FROM {auction} AS a JOIN {person} AS p ON a.seller = p.id
                WHERE a.category = 10 AND (p.state = 'OR' OR p.state = 'ID' OR p.state = 'CA')
                """);
        add(all, "q4", "category int key, price double", """
                SELECT q.category AS category, AVG(CAST(q.best AS DOUBLE PRECISION)) AS price
                FROM (
                  SELECT a.id AS id, a.category AS category, MAX(b.price) AS best
                  FROM {auction} AS a JOIN {bid} AS b ON a.id = b.auction
                  WHERE b.moment >= a.moment AND b.moment <= a.expires
                  GROUP BY a.id, a.category) AS q
                GROUP BY q.category
                """);
        add(all, "q9", "auction bigint key, bidder bigint, price bigint, moment timestamp", """
                SELECT q.auction AS auction, q.bidder AS bidder, q.price AS price, q.moment AS moment
                FROM (
                  SELECT a.id AS auction, b.bidder AS bidder, b.price AS price, b.moment AS moment,
                         ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.id) AS place
                  FROM {auction} AS a JOIN {bid} AS b ON a.id = b.auction
                  WHERE b.moment >= a.moment AND b.moment <= a.expires) AS q
                WHERE q.place = 1
                """);
        add(all, "q15", "made_on date key, bids bigint, low bigint, high bigint, bidders bigint, auctions bigint", """
                SELECT CAST(moment AS DATE) AS made_on,
                       COUNT(*) AS bids,
                       COUNT(*) FILTER (WHERE price < 10000) AS low,
                       COUNT(*) FILTER (WHERE price >= 10000) AS high,
                       COUNT(DISTINCT bidder) AS bidders,
                       COUNT(DISTINCT auction) AS auctions
                FROM {bid}
                GROUP BY CAST(moment AS DATE)
                """);
        add(
                all,
                "q17",
                "auction bigint key, made_on date key, bids bigint, low bigint, high bigint, lowest bigint, highest bigint, volume bigint",
                """
                SELECT auction,
                       CAST(moment AS DATE) AS made_on,
                       COUNT(*) AS bids,
                       COUNT(*) FILTER (WHERE price < 10000) AS low,
                       COUNT(*) FILTER (WHERE price >= 10000) AS high,
                       MIN(price) AS lowest,
                       MAX(price) AS highest,
                       CAST(SUM(price) AS BIGINT) AS volume
                FROM {bid}
                GROUP BY auction, CAST(moment AS DATE)
                """);
        add(all, "q18", "bidder bigint key, auction bigint key, price bigint, moment timestamp", """
                SELECT q.bidder AS bidder, q.auction AS auction, q.price AS price, q.moment AS moment
                FROM (
                  SELECT bidder, auction, price, moment,
                         ROW_NUMBER() OVER (PARTITION BY bidder, auction ORDER BY moment DESC) AS place
                  FROM {bid}) AS q
                WHERE q.place = 1
                """);
        add(all, "q19", "auction bigint key, place bigint key, bidder bigint, price bigint", """
                SELECT q.auction AS auction, q.place AS place, q.bidder AS bidder, q.price AS price
                FROM (
                  SELECT auction, bidder, price,
                         ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC, id) AS place
                  FROM {bid}) AS q
                WHERE q.place <= 10
                """);
        add(all, "q20", "id bigint key, auction bigint, bidder bigint, price bigint, item varchar, seller bigint", """
                SELECT b.id AS id, b.auction AS auction, b.bidder AS bidder, b.price AS price, a.item AS item, a.seller AS seller
                FROM {bid} AS b JOIN {auction} AS a ON b.auction = a.id
                WHERE a.category = 10
                """);
        add(all, "q21", "id bigint key, auction bigint, channel varchar, channel_id varchar", """
                SELECT id, auction, channel,
                       CASE LOWER(channel) WHEN 'apple' THEN '0' WHEN 'google' THEN '1' WHEN 'facebook' THEN '2' WHEN 'baidu' THEN '3' ELSE 'other' END AS channel_id
                FROM {bid}
                """);
        add(all, "q22", "id bigint key, auction bigint, dir1 varchar, dir2 varchar, dir3 varchar", """
                SELECT id, auction, [url, 4] AS dir1, [url, 5] AS dir2, [url, 6] AS dir3
                FROM {bid}
                """);
        return all;
    }

    /** {@code {bid}} is an input, {@code [url, 4]} the fourth part of a path. */
    private static void add(Map<String, Workload> all, String number, String columns, String sql) {
        List<Input> inputs = Stream.of(PERSONS, AUCTIONS, BIDS)
                .filter(input -> sql.contains("{" + product(input) + "}"))
                .toList();
        String weir =
                sql.replaceAll("\\{(\\w+)}", "bronze.$1").replaceAll("\\[(\\w+), (\\d)]", "SPLIT_PART($1, '/', $2)");
        String flink = sql.replaceAll("\\{(\\w+)}", "$1").replace("DOUBLE PRECISION", "DOUBLE");
        for (int part = 4; part <= 6; part++) {
            flink = flink.replace("[url, " + part + "]", "SPLIT_INDEX(url, '/', " + (part - 1) + ")");
        }
        String name = PREFIX + number;
        all.put(name, new Workload(name, inputs, "gold.result " + columns, weir, flink));
    }

    private static String product(Input input) {
        return input.columns().substring("bronze.".length(), input.columns().indexOf(' '));
    }

    private static Object[] person(long i) {
        SplittableRandom random = new SplittableRandom(i);
        int place = random.nextInt(STATES.length);
        return new Object[] {
            i,
            "Person " + random.nextInt(10_000),
            "p" + random.nextInt(10_000) + "@example.com",
            CITIES[place],
            STATES[place],
            EPOCH_MS + i * ROUND * STEP_MS
        };
    }

    private static Object[] auction(long i) {
        SplittableRandom random = new SplittableRandom(i);
        long at = EPOCH_MS + i / AUCTIONS_IN_ROUND * ROUND * STEP_MS;
        return new Object[] {
            i,
            "item " + random.nextInt(100_000),
            (long) random.nextInt(1_000),
            (long) random.nextInt(10_000),
            at,
            at + LIFETIME_MS,
            recent(random, i / AUCTIONS_IN_ROUND, 1_000),
            10 + random.nextInt(5)
        };
    }

    private static Object[] bid(long i) {
        SplittableRandom random = new SplittableRandom(i);
        long round = i / BIDS_IN_ROUND;
        return new Object[] {
            i,
            recent(random, round * AUCTIONS_IN_ROUND, 300),
            recent(random, round, 1_000),
            (long) (Math.pow(10, random.nextDouble() * 6) * 100),
            CHANNELS[random.nextInt(CHANNELS.length)],
            "https://www.nexmark.com/" + random.nextInt(100) + "/" + random.nextInt(100) + "/item.htm?query=1",
            EPOCH_MS + (round * ROUND + i % BIDS_IN_ROUND) * STEP_MS
        };
    }

    /** One of the last {@code among} of those that there are by now. */
    private static long recent(SplittableRandom random, long newest, int among) {
        return Math.max(0, newest - random.nextInt(among));
    }
}
