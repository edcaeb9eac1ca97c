package io.weir.cli.demo;

import java.nio.file.Path;

/** Where the examples are, seen from this module's folder. */
final class Examples {

    static final Path JAFFLE_SHOP =
            Path.of("").toAbsolutePath().resolveSibling("examples").resolve("jaffle-shop");

    private Examples() {}
}
