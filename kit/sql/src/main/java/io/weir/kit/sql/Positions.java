package io.weir.kit.sql;

import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** Where in the SQL an expression was written, as far as planning has kept it. */
final class Positions {

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
}
