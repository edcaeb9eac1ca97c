package io.weir.kit.contract;

/** What becomes of a row when the expression of one of its columns fails: {@code customProperties: [{property: onError, value: ...}]} on the column. */
public sealed interface OnError {

    /** What holds for a column without the property: the row goes to quarantine, and a value that CONFORM does not know is null. */
    OnError UNSAID = new Quarantine(false);

    /** The row goes to quarantine. {@code said}: the contract says so, so that it also holds for what CONFORM does not know. */
    record Quarantine(boolean said) implements OnError {}

    /** The column is null. */
    record Null() implements OnError {}

    /** The column has this value, of the column's type, from the property {@code onErrorValue}. */
    record Default(Object value) implements OnError {}

    /** The stage stops before the row. */
    record Fail() implements OnError {}
}
