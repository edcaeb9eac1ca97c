package io.weir.kit.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.Bound;
import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.ProductSettings;
import io.weir.kit.contract.Promise;
import io.weir.kit.contract.RowType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.datasketches.theta.ThetaSketch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ObserverTest {

    private static final ProductName ORDER = ProductName.ofTopic("silver.jaffle.order.v1");
    private static final long NOW_MS = 1_700_000_000_000L;

    @Test
    void shouldProfileWhatWasWritten() {
        Observer observer = observer(product(3, List.of(rowCount())));

        for (long id = 0; id < 1_000; id++) {
            write(observer, id, id % 4 == 0 ? null : "mail" + id % 10, (double) id);
        }
        observer.deleted(key(3), NOW_MS - 50, NOW_MS + 5);
        observer.quarantined(ReasonCode.CONTRACT_VIOLATED, "");
        Observation seen = observer.take(NOW_MS + 10);

        assertThat(seen.rows()).isEqualTo(1_000);
        assertThat(seen.deletes()).isEqualTo(1);
        assertThat(seen.lastSourceMs()).isEqualTo(NOW_MS - 50);
        assertThat(seen.lastInput()).isEqualTo("in-0@999");
        assertThat(seen.quarantined()).isEqualTo(Map.of("CONTRACT_VIOLATED", 1L));
        assertThat(theta(seen.keys()).getEstimate()).isEqualTo(1_000);
        assertThat(theta(seen.deletedKeys()).getEstimate()).isEqualTo(1);
        var mail = Objects.requireNonNull(seen.columns().get("c1"));
        assertThat(mail.nulls()).isEqualTo(250);
        assertThat(mail.firstNull()).isEqualTo("in-0@0");
        assertThat(HllSketch.heapify(mail.distinct()).getEstimate()).isBetween(9.9, 10.1);
        var amount = Objects.requireNonNull(seen.columns().get("c2"));
        assertThat(amount.sum() / amount.numbers()).isEqualTo(499.5);
        KllDoublesSketch quantiles =
                KllDoublesSketch.heapify(MemorySegment.ofArray(Objects.requireNonNull(amount.quantiles())));
        assertThat(quantiles.getQuantile(0.5)).isBetween(450d, 550d);
        Observation nothing = observer.take(NOW_MS + 20);
        assertThat(nothing.hasChanges()).isFalse();
        assertThat(nothing.untilMs()).isEqualTo(NOW_MS + 20);
        assertThat(MeshJson.write(nothing)).hasSizeLessThan(500);
    }

    @Test
    void shouldForgetADeletionWhenTheKeyIsWrittenAgain() {
        Observer observer = observer(product(3, List.of(rowCount())));

        observer.deleted(key(1), NOW_MS, NOW_MS);
        write(observer, 1, "a", 1d);

        assertThat(observer.take(NOW_MS).deletedKeys()).isNull();
    }

    @Test
    void shouldCountValuesThatRepeatUnderAnotherKey() {
        Observer observer = observer(product(3, List.of(unique())));

        write(observer, 1, "a", 1d);
        write(observer, 1, "a", 2d);
        write(observer, 2, "a", 3d);
        write(observer, 3, null, 3d);

        var repeats = Objects.requireNonNull(observer.take(NOW_MS).repeats().get("unique"));
        assertThat(theta(repeats.pairs()).getEstimate()).isEqualTo(2);
        assertThat(theta(repeats.values()).getEstimate()).isEqualTo(1);
    }

    @Test
    void shouldTellNothingOfTheValuesOfClassifiedColumns() {
        DataProduct product = product(3, List.of());
        Observer observer = observer(new DataProduct(
                product.name(),
                product.version(),
                product.rowType(),
                product.key(),
                product.kind(),
                product.onViolation(),
                List.of(),
                1,
                product.file(),
                Map.of(
                        "schema",
                        List.of(Map.of("properties", List.of(Map.of("name", "c2", "classification", "personal")))))));

        write(observer, 1, "a", 1d);

        var columns = observer.take(NOW_MS).columns();
        assertThat(Objects.requireNonNull(columns.get("c2")).quantiles()).isNull();
        assertThat(Objects.requireNonNull(columns.get("id")).quantiles()).isNull();
    }

    @Test
    void shouldStaySmallHoweverMuchIsWritten() {
        DataProduct product = product(40, List.of(unique(), rowCount()));
        Observer observer = observer(product);
        @Nullable Object[] row = new @Nullable Object[40];

        for (long id = 0; id < 300_000; id++) {
            row[0] = id;
            row[1] = "mail" + id;
            for (int column = 2; column < row.length; column++) {
                row[column] = id * 1.7 + column;
            }
            observer.wrote(row, key(id), NOW_MS - 1 - id % 1_000, NOW_MS, () -> "in-0@0");
        }
        Observation seen = observer.take(NOW_MS + 1);

        assertThat(seen.columns()).hasSize(Observer.MOST_COLUMNS);
        assertThat(seen.sampled()).isBetween(6_000L, 7_000L);
        assertThat(theta(seen.keys()).getEstimate()).isBetween(270_000d, 330_000d);
        assertThat(MeshJson.write(seen)).hasSizeLessThan(400_000);
    }

    private static Observer observer(DataProduct product) {
        return new Observer(product, StageId.of("conform", ORDER), 0, NOW_MS);
    }

    private static void write(Observer observer, long id, @Nullable String mail, double amount) {
        observer.wrote(new @Nullable Object[] {id, mail, amount}, key(id), NOW_MS - 100, NOW_MS, () -> "in-0@" + id);
    }

    private static byte[] key(long id) {
        return Long.toString(id).getBytes(UTF_8);
    }

    private static ThetaSketch theta(byte @Nullable [] bytes) {
        return ThetaSketch.heapify(MemorySegment.ofArray(Objects.requireNonNull(bytes)));
    }

    private static Promise rowCount() {
        return new Promise(
                "rowCount",
                Promise.Metric.ROW_COUNT,
                null,
                List.of(),
                0,
                Bound.atLeast(1),
                Promise.Unit.ROWS,
                Optional.empty(),
                "error",
                Optional.empty(),
                Optional.empty());
    }

    private static Promise unique() {
        return new Promise(
                "unique",
                Promise.Metric.DUPLICATE_VALUES,
                "c1",
                List.of("c1"),
                0,
                new Bound(Bound.Operator.MUST_BE, 0, 0),
                Promise.Unit.ROWS,
                Optional.empty(),
                "error",
                Optional.empty(),
                Optional.empty());
    }

    private static DataProduct product(int columns, List<Promise> promises) {
        List<Column> all = new ArrayList<>(List.of(
                new Column("id", new DataType.BigInt(), false), new Column("c1", new DataType.Varchar(), true)));
        for (int i = 2; i < columns; i++) {
            all.add(new Column("c" + i, new DataType.DoublePrecision(), true));
        }
        return new DataProduct(
                ORDER,
                "1.0.0",
                new RowType(all),
                List.of(0),
                DataProduct.Kind.TABLE,
                DataProduct.OnViolation.QUARANTINE,
                List.of(),
                1,
                Path.of("contracts/order.odcs.yaml"),
                Map.of(),
                new ProductSettings(
                        Optional.empty(),
                        Optional.empty(),
                        ProductSettings.Emit.OPEN,
                        Optional.empty(),
                        ProductSettings.Compatibility.FULL_TRANSITIVE,
                        Map.of(),
                        List.of(),
                        promises,
                        List.of()));
    }
}
