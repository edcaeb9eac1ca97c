package io.weir.benchmarks.comparison;

import java.util.ArrayList;
import java.util.List;

/**
 * Two sides that are run in turn.
 *
 * @param goal what the ratio of rows a second, Weir's over the other's, is to be
 */
record Comparison(String name, String title, Side weir, Side other, double goal) {

    /**
     * One side.
     *
     * @param workload by its name
     * @param rows that it is given
     */
    record Side(Engine engine, String workload, int threads, long rows) {

        Side withRows(long other) {
            return new Side(engine, workload, threads, other);
        }
    }

    /** Whom Weir is compared with. */
    String against() {
        int threads = weir.threads();
        return !sameWork()
                ? weir.workload().equals("ruled") ? "itself, without rules" : "itself, a tenth"
                : threads == 1 ? other.engine().title() : other.engine().title() + ", " + threads + " threads";
    }

    /** Whether both do the same work, so that their results have to be equal. */
    boolean sameWork() {
        return weir.workload().equals(other.workload()) && weir.rows() == other.rows();
    }

    /** The same with as many rows on the side that has fewest. */
    Comparison withRows(long rows) {
        double factor = (double) rows / Math.min(weir.rows(), other.rows());
        return new Comparison(
                name,
                title,
                weir.withRows((long) (weir.rows() * factor)),
                other.withRows((long) (other.rows() * factor)),
                goal);
    }

    static List<Comparison> all() {
        List<Comparison> all = new ArrayList<>(List.of(
                against("stateless", "Casts, functions, a filter", Engine.BY_HAND, "stateless", 1, 2_000_000, 1.5),
                against("keyed", "COUNT and SUM over 100,000 keys, RocksDB", Engine.BY_HAND, "keyed", 1, 500_000, 1.2),
                against("stateless-flink", "Casts, functions, a filter", Engine.FLINK, "stateless", 1, 2_000_000, 1.5),
                against(
                        "stateless-flink-2",
                        "Casts, functions, a filter",
                        Engine.FLINK,
                        "stateless",
                        2,
                        2_000_000,
                        1.5),
                against(
                        "keyed-flink",
                        "COUNT and SUM over 100,000 keys, RocksDB",
                        Engine.FLINK,
                        "keyed",
                        1,
                        500_000,
                        1),
                against(
                        "keyed-flink-memory",
                        "COUNT and SUM over 100,000 keys, in memory",
                        Engine.FLINK_MEMORY,
                        "keyed",
                        1,
                        500_000,
                        1),
                against("join-flink", "Many-to-many join, updates on both sides", Engine.FLINK, "join", 1, 200_000, 1),
                new Comparison(
                        "ten-times-keys",
                        "COUNT and SUM over ten times the keys",
                        new Side(Engine.WEIR, "keyed-10", 1, 500_000),
                        new Side(Engine.WEIR, "keyed", 1, 500_000),
                        logarithmic(Workloads.CUSTOMERS)),
                new Comparison(
                        "ten-times-history",
                        "COUNT and SUM after ten times the changes",
                        new Side(Engine.WEIR, "keyed", 1, 2_000_000),
                        new Side(Engine.WEIR, "keyed", 1, 200_000),
                        logarithmic(200_000)),
                new Comparison(
                        "gate-overhead",
                        "Casts, functions, a filter, and 13 rules of a contract",
                        new Side(Engine.WEIR, "ruled", 1, 2_000_000),
                        new Side(Engine.WEIR, "unruled", 1, 2_000_000),
                        0.9),
                new Comparison(
                        "observation-overhead",
                        "Casts, functions, a filter, observed every 10 s",
                        new Side(Engine.WEIR, "stateless", 1, 2_000_000),
                        new Side(Engine.WEIR_UNOBSERVED, "stateless", 1, 2_000_000),
                        0.95)));
        Nexmark.names()
                .forEach(query -> all.add(against(
                        query,
                        "Nexmark " + query.substring(Nexmark.PREFIX.length()),
                        Engine.FLINK,
                        query,
                        1,
                        400_000,
                        1)));
        return all;
    }

    /** What is left of the speed when n grows tenfold and a change costs log n. */
    private static double logarithmic(double n) {
        return Math.log(n) / Math.log(10 * n);
    }

    private static Comparison against(
            String name, String title, Engine other, String workload, int threads, long rows, double goal) {
        Engine weir = other == Engine.FLINK_MEMORY ? Engine.WEIR_MEMORY : Engine.WEIR;
        return new Comparison(
                name, title, new Side(weir, workload, threads, rows), new Side(other, workload, threads, rows), goal);
    }
}
