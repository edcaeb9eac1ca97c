package io.weir.kit.sql;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** Where in the SQL an expression was written, as far as planning has kept it. */
final class Positions {

    private static final int LONGEST = 100;

    private Positions() {}

    /** The outermost known place within the expression; {@link SqlParserPos#ZERO} where none is. */
    static SqlParserPos of(RexNode expression) {
        SqlParserPos found = expression.accept(new RexVisitorImpl<@Nullable SqlParserPos>(true) {
            @Override
            public @Nullable SqlParserPos visitCall(RexCall call) {
                if (call.getParserPosition().getLineNum() > 0) {
                    return call.getParserPosition();
                }
                for (RexNode operand : call.getOperands()) {
                    SqlParserPos inner = operand.accept(this);
                    if (inner != null) {
                        return inner;
                    }
                }
                return null;
            }
        });
        return found == null ? SqlParserPos.ZERO : found;
    }

    /** What stands at a place, in one line and cut short where it is long; empty where the place is not known. */
    static String text(String sql, SqlParserPos position) {
        List<String> lines = sql.lines().toList();
        int first = position.getLineNum();
        int last = position.getEndLineNum();
        if (first < 1 || last < first || last > lines.size()) {
            return "";
        }
        List<String> parts = new ArrayList<>(lines.subList(first - 1, last));
        parts.set(parts.size() - 1, start(parts.getLast(), position.getEndColumnNum()));
        String start = parts.getFirst();
        parts.set(0, start.substring(Math.min(start.length(), position.getColumnNum() - 1)));
        String text = String.join(" ", parts).replaceAll("\\s+", " ").strip();
        return text.length() > LONGEST ? start(text, LONGEST) + " ..." : text;
    }

    private static String start(String text, int length) {
        return text.substring(0, Math.min(text.length(), length));
    }
}
