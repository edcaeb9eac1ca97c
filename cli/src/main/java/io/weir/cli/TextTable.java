package io.weir.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Rows under headings, in columns that line up whatever colours the cells have. */
public final class TextTable {

    private static final Pattern COLOUR = Pattern.compile("\033\\[[0-9;]*m");
    private static final String GAP = "  ";

    private final List<String> headings;
    private final boolean[] right;
    private final List<List<String>> rows = new ArrayList<>();

    /** @param headings a leading {@code >} aligns the column to the right, for numbers */
    public TextTable(String... headings) {
        this.headings = new ArrayList<>();
        this.right = new boolean[headings.length];
        for (int i = 0; i < headings.length; i++) {
            right[i] = headings[i].startsWith(">");
            this.headings.add(right[i] ? headings[i].substring(1) : headings[i]);
        }
    }

    public TextTable row(String... cells) {
        if (cells.length != right.length) {
            throw new IllegalArgumentException("%d cells for %d columns".formatted(cells.length, right.length));
        }
        rows.add(List.of(cells));
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Headings and rows, without trailing blanks. */
    public List<String> lines() {
        int[] widths = new int[right.length];
        List<List<String>> all = new ArrayList<>();
        all.add(headings);
        all.addAll(rows);
        for (List<String> row : all) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        return all.stream().map(row -> line(row, widths)).toList();
    }

    private String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - width(row.get(i)));
            line.append(i == 0 ? "" : GAP)
                    .append(right[i] ? padding : "")
                    .append(row.get(i))
                    .append(right[i] ? "" : padding);
        }
        return line.toString().stripTrailing();
    }

    private static int width(String cell) {
        String bare = COLOUR.matcher(cell).replaceAll("");
        return bare.codePointCount(0, bare.length());
    }
}
