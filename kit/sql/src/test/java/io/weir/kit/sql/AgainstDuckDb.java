package io.weir.kit.sql;

import java.sql.SQLException;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** For tests of queries by name: each runs over some random histories of the generator's tables, and is compared with DuckDB. */
abstract class AgainstDuckDb {

    private static final int HISTORIES = 8;

    static Oracle oracle;

    @BeforeAll
    static void startOracle() throws SQLException {
        oracle = new Oracle(EqualsItsQueryTest.TABLES);
    }

    @AfterAll
    static void stopOracle() throws SQLException {
        oracle.close();
    }

    /** {@code columns} are those of the result's contract, in {@link TestDomain}'s form. */
    static void check(String sql, String columns) throws SQLException {
        check(sql, null, columns);
    }

    /** {@code asked}: the same query as DuckDB knows it; null: it knows it as it is. */
    static void check(String sql, String asked, String columns) throws SQLException {
        ModelPlan plan = EqualsItsQueryTest.plan(new QueryGenerator.Query(sql, "silver.result " + columns));
        for (int seed = 1; seed <= HISTORIES; seed++) {
            EqualsItsQueryTest.check(seed, 1 + seed % 3, new Random(seed), plan, asked, oracle);
        }
    }
}
