package io.weir.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.cli.verify.CapturedTable.Rows;
import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Layer;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.RowType;
import io.weir.kit.contract.Source;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CapturedTableTest {

    private static final RowType TYPE = new RowType(
            List.of(new Column("id", new DataType.BigInt(), false), new Column("name", new DataType.Varchar(), true)));
    private static final DataProduct PRODUCT = OracleTest.product(Layer.BRONZE, "customers", TYPE);

    private final CapturedTable table = new CapturedTable(
            new Source(
                    "jaffle",
                    "shop",
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    Source.OnSchemaChange.EVOLVE,
                    Path.of("shop.yaml")),
            new Source.Table("public.customers", new ProductName(Layer.BRONZE, "jaffle", "customers", 1)),
            PRODUCT);

    @Test
    void shouldBeClearWhereBothHoldTheSame() {
        table.look(rows(row(1, "Ada"), row(2, null)), bronze(row(2, null), row(1, "Ada")));

        assertThat(table.isClear()).isTrue();
        assertThat(table.comparison().compared()).isEqualTo(2);
        assertThat(table.comparison().isClean()).isTrue();
    }

    @Test
    void shouldExplainWhatWasOnlyOnItsWay() {
        table.look(rows(row(1, "Ada"), row(2, "new")), bronze(row(1, "old"), row(3, "deleted")));
        assertThat(table.isClear()).isFalse();

        // 1 has moved on since, and bronze shows a row that it held before; 4 is new and none of the first look's.
        table.look(rows(row(1, "later"), row(2, "new"), row(4, "x")), bronze(row(1, "Ada"), row(2, "new")));

        assertThat(table.isClear()).isTrue();
        assertThat(table.comparison().isClean()).isTrue();
    }

    @Test
    void shouldCountWhatStaysDifferent() {
        Rows shop = rows(row(1, "Ada"), row(2, "Bob"), row(3, "Cy"));
        Table bronze = bronze(row(1, "Ada"), row(2, "lost update"), row(4, "lost delete"));

        table.look(shop, bronze);
        assertThat(table.rests()).isFalse();
        table.look(shop, bronze);

        assertThat(table.rests()).isTrue();
        Comparison found = table.comparison();
        assertThat(List.of(found.compared(), found.missing(), found.extra(), found.different()))
                .containsExactly(4L, 1L, 1L, 1L);
        assertThat(found.samples()).contains(new Comparison.Sample("id=2", "name is 'lost update', should be 'Bob'"));
    }

    @Test
    void shouldLeaveOutWhatNeverRestsAndWhatNoTypeHolds() {
        table.look(new Rows(shop(row(1, "a")), Set.of(List.<Object>of(7L))), bronze(row(1, "z"), row(7, "last good")));
        table.look(new Rows(shop(row(1, "b")), Set.of(List.<Object>of(7L))), bronze(row(1, "y"), row(7, "last good")));

        assertThat(table.rests()).isFalse();
        assertThat(table.comparison().isClean()).isTrue();
        assertThat(table.comparison().leftOut()).isEqualTo(2);
    }

    private static Rows rows(@Nullable Object[]... rows) {
        return new Rows(shop(rows), Set.of());
    }

    private static Table shop(@Nullable Object[]... rows) {
        return Table.of(TYPE, List.of(0), Arrays.asList(rows));
    }

    private static Table bronze(@Nullable Object[]... rows) {
        return shop(rows);
    }

    private static @Nullable Object[] row(long id, @Nullable String name) {
        return new Object[] {id, name};
    }
}
