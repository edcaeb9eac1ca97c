package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.OnError;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.RowType;
import io.weir.kit.stream.Output;
import io.weir.kit.stream.ReasonCode;
import io.weir.kit.stream.StageHaltException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A row on which an expression fails never stops the stage, unless the contract says so; where it goes, and what is told about it. */
class FailureTest {

    private static final String TABLE = "bronze.a id bigint key, n integer, zero integer, s varchar";
    private static final Object[] ROW = {1L, 7, 0, "x"};

    private static final OnError QUARANTINE = new OnError.Quarantine(true);

    @Test
    void shouldTellExpressionPlaceAndReason() {
        Output.Rejected rejected = rejection("""
                SELECT id,
                       COALESCE(n, 1) + n / zero * 2 AS v
                FROM   bronze.a""");

        assertThat(rejected.reason()).isEqualTo(ReasonCode.EXPRESSION_FAILED);
        assertThat(rejected.rule()).isEqualTo("silver/result.sql:2:25");
        assertThat(rejected.field()).isEqualTo("v");
        assertThat(rejected.detail()).isEqualTo("silver/result.sql:2:25: division by zero in \"n / zero\"");
    }

    @Test
    void shouldTellWhatFailsInAFilter() {
        Output.Rejected rejected = rejection("SELECT id, n AS v FROM bronze.a WHERE n > 0 AND CAST(s AS INTEGER) > 0");

        assertThat(rejected.field()).isNull();
        assertThat(rejected.detail())
                .isEqualTo("silver/result.sql:1:49: the text is not a number in \"CAST(s AS INTEGER)\"");
    }

    @Test
    void shouldBlameTheBranchThatWasTaken() {
        Output.Rejected rejected =
                rejection("SELECT id, CASE WHEN n < 0 THEN n / zero ELSE CAST(s AS INTEGER) END AS v FROM bronze.a");

        assertThat(rejected.detail()).endsWith("the text is not a number in \"CAST(s AS INTEGER)\"");
    }

    @Test
    void shouldNotShowTheValue() {
        assertThat(rejection("SELECT id, CAST('secret' || s AS INTEGER) AS v FROM bronze.a")
                        .detail())
                .doesNotContain("secretx");
    }

    @Test
    void shouldGiveNullWhereTheContractSaysSo() {
        assertThat(value("SELECT id, n / zero AS v FROM bronze.a", new OnError.Null()))
                .isNull();
    }

    @Test
    void shouldGiveTheDefaultWhereTheContractSaysSo() {
        assertThat(value("SELECT id, n / zero AS v FROM bronze.a", new OnError.Default(-1)))
                .isEqualTo(-1);
        assertThat(value("SELECT id, n / 2 AS v FROM bronze.a", new OnError.Default(-1)))
                .isEqualTo(3);
    }

    @Test
    void shouldStopTheStageWhereTheContractSaysSo() {
        assertThatThrownBy(() -> value("SELECT id, n / zero AS v FROM bronze.a", new OnError.Fail()))
                .isInstanceOf(StageHaltException.class)
                .hasMessageContaining("onError of \"v\": silver/result.sql:1:12: division by zero")
                .hasMessageContaining("division by zero");
    }

    @Test
    void shouldQuarantineWhereTheContractSaysSo() {
        Simulator simulator = run("SELECT id, n / zero AS v FROM bronze.a", QUARANTINE);

        assertThat(simulator.output()).isEmpty();
        assertThat(simulator.rejections()).singleElement().satisfies(rejected -> assertThat(rejected.field())
                .isEqualTo("v"));
    }

    @Test
    void shouldFollowAColumnIntoSubqueries() {
        assertThat(value("""
                        WITH c AS (SELECT id, n / zero AS q FROM bronze.a),
                             d AS (SELECT * FROM c)
                        SELECT x.id, x.q AS v FROM d x WHERE x.id > 0""", new OnError.Default(9))).isEqualTo(9);
    }

    @Test
    void shouldKeepToThePolicyWhereTheColumnIsAGroup() {
        assertThat(value("SELECT id, n / zero AS v FROM bronze.a GROUP BY id, n / zero", new OnError.Default(9)))
                .isEqualTo(9);
    }

    @Test
    void shouldKeepToThePolicyInEveryPartOfAUnion() {
        assertThat(value(
                        "SELECT id, n / zero AS v FROM bronze.a UNION ALL SELECT id, n % zero AS w FROM bronze.a WHERE id < 0",
                        new OnError.Default(9)))
                .isEqualTo(9);
    }

    @Test
    void shouldTakeOutAgainWhatCameInByThePolicy() {
        Domain domain = domain(new OnError.Null());
        DataProduct table = domain.find("bronze.a").orElseThrow();
        Simulator simulator = new Simulator(
                SqlPlanner.plan(TestDomain.model("SELECT id, n / zero AS v FROM bronze.a"), domain), 1, new Random(1));

        simulator.send(table, new Object[] {1L}, ROW);
        simulator.send(table, new Object[] {1L}, null);
        simulator.run(10);

        assertThat(simulator.output()).isEmpty();
        assertThat(simulator.rejections()).isEmpty();
    }

    private static Output.Rejected rejection(String sql) {
        Simulator simulator = run(sql, OnError.UNSAID);
        assertThat(simulator.output()).isEmpty();
        return simulator.rejections().getFirst();
    }

    private static Object value(String sql, OnError onError) {
        Simulator simulator = run(sql, onError);
        assertThat(simulator.rejections()).isEmpty();
        return simulator.output().values().iterator().next()[1];
    }

    private static Simulator run(String sql, OnError onError) {
        Domain domain = domain(onError);
        Simulator simulator = new Simulator(SqlPlanner.plan(TestDomain.model(sql), domain), 1, new Random(1));
        simulator.send(domain.find("bronze.a").orElseThrow(), new Object[] {1L}, ROW);
        simulator.run(10);
        return simulator;
    }

    /** The result's column v has the policy. */
    private static Domain domain(OnError onError) {
        Domain plain = TestDomain.of(TABLE, "silver.result id bigint key, v integer null");
        Map<ProductName, DataProduct> products = new LinkedHashMap<>(plain.products());
        products.computeIfPresent(ProductName.ofTopic("silver.test.result.v1"), (_, result) -> {
            List<Column> columns = new ArrayList<>(result.rowType().columns());
            columns.set(1, new Column("v", new DataType.Int(), true, onError));
            return new DataProduct(
                    result.name(),
                    result.version(),
                    new RowType(columns),
                    result.key(),
                    result.kind(),
                    result.onViolation(),
                    result.rules(),
                    result.partitions(),
                    result.file(),
                    result.document());
        });
        return new Domain(Path.of("."), "test", "", "team", "contact", products, List.of(), List.of(), List.of());
    }
}
