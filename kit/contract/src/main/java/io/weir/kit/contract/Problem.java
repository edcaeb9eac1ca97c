package io.weir.kit.contract;

/**
 * One mistake in a file that a user wrote: where, what, and what to do.
 *
 * @param file as the user named it
 * @param line from 1; 0 where the problem is the whole file's
 * @param column from 1; 0 where unknown
 */
public record Problem(String file, int line, int column, String message) {

    /** {@code silver/customer.sql:7:12: column "emial" is not in bronze.customers (did you mean "email"?)}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(file);
        if (line > 0) {
            text.append(':').append(line);
            if (column > 0) {
                text.append(':').append(column);
            }
        }
        return text.append(": ").append(message).toString();
    }
}
