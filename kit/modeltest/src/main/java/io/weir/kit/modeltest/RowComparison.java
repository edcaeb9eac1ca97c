package io.weir.kit.modeltest;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.ModelTest.Row;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Expected rows against found ones, as multisets: each expected row needs a found one of its own that has the values that it names.
 *
 * <p>Numbers and times compare by value; approximate ones are equal within 1e-9 of the greater. Null equals null.
 */
final class RowComparison {

    private static final double TOLERANCE = 1e-9;

    /** Rows beyond these are only counted in a text. */
    private static final int SHOWN = 20;

    private final DataProduct product;
    private final List<Row> expected;
    private final List<@Nullable Object[]> found;
    /** For each expected row the found one that is its own; -1 where none is left. */
    private final int[] partner;

    RowComparison(DataProduct product, List<Row> expected, Collection<@Nullable Object[]> found) {
        this.product = product;
        this.expected = expected;
        this.found = new ArrayList<>(found);
        this.partner = match();
    }

    boolean isEqual() {
        return expected.size() == found.size() && Arrays.stream(partner).noneMatch(at -> at < 0);
    }

    /** A greatest matching by augmenting paths: rows that name few columns can stand for several others. */
    private int[] match() {
        int[] ofExpected = new int[expected.size()];
        int[] ofFound = new int[found.size()];
        Arrays.fill(ofExpected, -1);
        Arrays.fill(ofFound, -1);
        for (int row = 0; row < ofExpected.length; row++) {
            augment(row, ofExpected, ofFound, new BitSet(ofFound.length));
        }
        return ofExpected;
    }

    private boolean augment(int row, int[] ofExpected, int[] ofFound, BitSet tried) {
        for (int other = 0; other < ofFound.length; other++) {
            if (ofFound[other] < 0 && !tried.get(other) && fits(expected.get(row), found.get(other))) {
                ofExpected[row] = other;
                ofFound[other] = row;
                return true;
            }
        }
        for (int other = 0; other < ofFound.length; other++) {
            if (!tried.get(other) && fits(expected.get(row), found.get(other))) {
                tried.set(other);
                if (augment(ofFound[other], ofExpected, ofFound, tried)) {
                    ofExpected[row] = other;
                    ofFound[other] = row;
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean fits(Row expected, @Nullable Object[] found) {
        for (int column : expected.named()) {
            if (!equal(expected.values()[column], found[column])) {
                return false;
            }
        }
        return true;
    }

    static boolean equal(@Nullable Object expected, @Nullable Object found) {
        if (expected == null || found == null) {
            return expected == found;
        }
        if (expected instanceof BigDecimal a && found instanceof BigDecimal b) {
            return a.compareTo(b) == 0;
        }
        if ((expected instanceof Double || expected instanceof Float)
                && (found instanceof Double || found instanceof Float)) {
            double a = ((Number) expected).doubleValue();
            double b = ((Number) found).doubleValue();
            return Double.compare(a, b) == 0
                    || a == b
                    || Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
        }
        if (expected instanceof byte[] a && found instanceof byte[] b) {
            return Arrays.equals(a, b);
        }
        if (expected instanceof Object[] a && found instanceof Object[] b) {
            return equal(Arrays.asList(a), Arrays.asList(b));
        }
        if (expected instanceof List<?> a && found instanceof List<?> b) {
            if (a.size() != b.size()) {
                return false;
            }
            for (int i = 0; i < a.size(); i++) {
                if (!equal(a.get(i), b.get(i))) {
                    return false;
                }
            }
            return true;
        }
        if (expected instanceof Map<?, ?> a && found instanceof Map<?, ?> b) {
            return a.keySet().equals(b.keySet())
                    && a.entrySet().stream().allMatch(entry -> equal(entry.getValue(), b.get(entry.getKey())));
        }
        return Objects.equals(expected, found);
    }

    /**
     * What differs, as a table: {@code ~} a row with other values ({@code found, not expected}), {@code -} one that is missing, {@code +} one too many.
     */
    List<String> lines() {
        List<Row> missing = new ArrayList<>();
        Set<Integer> surplus = new TreeSet<>();
        for (int i = 0; i < found.size(); i++) {
            surplus.add(i);
        }
        int equal = 0;
        for (int i = 0; i < partner.length; i++) {
            if (partner[i] < 0) {
                missing.add(expected.get(i));
            } else {
                surplus.remove(partner[i]);
                equal++;
            }
        }
        List<Integer> columns = columns();
        TextGrid grid = new TextGrid();
        List<String> heading = new ArrayList<>(List.of(""));
        columns.forEach(
                column -> heading.add(product.rowType().columns().get(column).name()));
        grid.row(heading);
        int left = 0;
        boolean differs = false;
        boolean absent = false;
        for (Row row : missing) {
            Integer like = nearest(row, surplus);
            if (like != null) {
                surplus.remove(like);
            }
            differs |= like != null;
            absent |= like == null;
            if (grid.size() > SHOWN) {
                left++;
                continue;
            }
            List<String> cells = new ArrayList<>(List.of(like == null ? "-" : "~"));
            for (int column : columns) {
                @Nullable Object[] is = like == null ? null : found.get(like);
                String value = row.named().contains(column) ? Cells.text(row.values()[column], product, column) : "";
                cells.add(
                        is == null
                                ? value
                                : !row.named().contains(column) || equal(row.values()[column], is[column])
                                        ? Cells.text(is[column], product, column)
                                        : "%s, not %s".formatted(Cells.text(is[column], product, column), value));
            }
            grid.row(cells);
        }
        boolean tooMany = !surplus.isEmpty();
        for (int other : surplus) {
            if (grid.size() > SHOWN) {
                left++;
                continue;
            }
            List<String> cells = new ArrayList<>(List.of("+"));
            columns.forEach(column -> cells.add(Cells.text(found.get(other)[column], product, column)));
            grid.row(cells);
        }
        List<String> lines = new ArrayList<>(grid.lines());
        if (left > 0) {
            lines.add("and %d more rows".formatted(left));
        }
        List<String> legend = new ArrayList<>();
        if (differs) {
            legend.add("~ found, not expected");
        }
        if (absent) {
            legend.add("- missing");
        }
        if (tooMany) {
            legend.add("+ not expected");
        }
        lines.add("(%s; %d as expected)".formatted(String.join(", ", legend), equal));
        return lines;
    }

    /** The columns that a reader needs: the key, and what the expectation names. */
    private List<Integer> columns() {
        Set<Integer> columns = new TreeSet<>(product.key());
        expected.forEach(row -> columns.addAll(row.named()));
        if (columns.isEmpty()) {
            for (int i = 0; i < product.rowType().size(); i++) {
                columns.add(i);
            }
        }
        return List.copyOf(columns);
    }

    /** The found row that was most likely meant: with the same key, or else with most values the same, half of them at least. */
    private @Nullable Integer nearest(Row row, Set<Integer> candidates) {
        List<Integer> key = product.key();
        boolean keyed = !key.isEmpty() && row.named().containsAll(key);
        Integer best = null;
        int most = 0;
        for (int candidate : candidates) {
            @Nullable Object[] other = found.get(candidate);
            if (keyed) {
                if (key.stream().allMatch(column -> equal(row.values()[column], other[column]))) {
                    return candidate;
                }
                continue;
            }
            int same = (int) row.named().stream()
                    .filter(column -> equal(row.values()[column], other[column]))
                    .count();
            if (same > most && 2 * same >= row.named().size()) {
                most = same;
                best = candidate;
            }
        }
        return best;
    }
}
