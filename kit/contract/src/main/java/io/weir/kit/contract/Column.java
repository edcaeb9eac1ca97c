package io.weir.kit.contract;

/** One column of a row: its name (lower case), type, and whether it may be null. */
public record Column(String name, DataType type, boolean nullable) {}
