package io.weir.kit.testkit;

/**
 * How the test kit starts what tests run against. One implementation starts processes ({@link EmbeddedParts}), one containers
 * (compiled under the Maven profile {@code containers}). Each method starts a part, waits until it can be used, and leaves it running until the
 * JVM ends.
 */
interface Parts {

    /** Bootstrap servers. */
    String startKafka();

    /** The registry's REST API, version 3. */
    String startRegistry();

    /** {@code host:port} of a server whose superuser is {@code postgres} with password {@code postgres}. */
    String startPostgres();
}
