package io.weir.kit.stream;

/** The keys that stand in the products to which others refer. Thread-safe. */
public interface ReferenceKeys {

    /** Whether a row with this key stands in a topic, as far as is known. */
    boolean holds(String topic, byte[] key);

    /** Up to when everything that was committed to the topic is known, ms since the epoch; 0 where it was never read to its end. */
    long knownUntilMs(String topic);
}
