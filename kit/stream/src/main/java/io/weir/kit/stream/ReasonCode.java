package io.weir.kit.stream;

/** Why a row is in quarantine. The same word stands in headers, logs, metrics and the API. */
public enum ReasonCode {
    /** The key or value bytes do not read as their schema says. */
    DECODE_FAILED,
    /** The record has no key, where the product has a primary key. */
    KEY_MISSING,
    /** A rule of the contract is broken; {@code weir-rule} and {@code weir-field} say which. */
    CONTRACT_VIOLATED,
    /** An expression of the model failed on the row: a division by zero, a bad cast, an overflow. */
    EXPRESSION_FAILED,
    /** The query gave a second row for one primary key. */
    KEY_NOT_UNIQUE,
    /** The row is of a window of event time that has closed. */
    LATE,
    /** The source sent a placeholder instead of an unchanged large value, and the value was never seen. */
    VALUE_UNAVAILABLE,
    /** The path already holds the stage that is about to write: the change has come round in a circle. */
    LOOP,
    /** The destination refuses the row for good: a constraint, a type, a missing column. */
    DESTINATION_REFUSED
}
