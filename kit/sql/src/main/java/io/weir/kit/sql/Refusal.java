package io.weir.kit.sql;

import org.apache.calcite.sql.parser.SqlParserPos;

/** A place in a model's SQL that is wrong or not maintained, and what to write instead. Caught where the file is known. */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient SqlParserPos position;

    Refusal(SqlParserPos position, String message) {
        super(message);
        this.position = position;
    }

    SqlParserPos position() {
        return position;
    }
}
