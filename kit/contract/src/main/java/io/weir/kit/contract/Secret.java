package io.weir.kit.contract;

/** A reference to a secret: where it is, never what it is. */
public sealed interface Secret {

    /** An environment variable. */
    record Env(String name) implements Secret {}

    /** A file whose content, without the final line break, is the secret. */
    record File(String path) implements Secret {}
}
