package io.weir.kit.contract;

import java.nio.file.Path;

/** One SELECT that defines a silver or gold product. */
public record Model(ProductName product, String sql, Path file) {}
