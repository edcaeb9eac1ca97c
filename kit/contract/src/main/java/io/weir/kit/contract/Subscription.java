package io.weir.kit.contract;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * A reader that Weir does not run, as it declares itself: what it reads, so that nobody breaks it unawares.
 *
 * @param product what it reads, of this domain or another
 * @param columns the columns that it reads, and the values of each that it tells apart; none where it takes any
 */
public record Subscription(
        String domain,
        String name,
        ProductName product,
        String team,
        String contact,
        Map<String, Set<String>> columns,
        Path file) {}
