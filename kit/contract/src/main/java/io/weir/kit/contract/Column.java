package io.weir.kit.contract;

/** One column of a row: its name (lower case), type, whether it may be null, and what happens where a model's expression for it fails. */
public record Column(String name, DataType type, boolean nullable, OnError onError) {

    public Column(String name, DataType type, boolean nullable) {
        this(name, type, nullable, OnError.UNSAID);
    }
}
