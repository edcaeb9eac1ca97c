package io.weir.kit.contract;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who reads products, and what of them: a model, a sync or a subscription of a domain.
 *
 * @param name the product that a model writes; the sync's or the subscription's name
 * @param output the product that a model writes; empty for the others
 * @param reads what it uses, by product and column
 */
public record Consumer(
        Kind kind,
        String name,
        String domain,
        String team,
        String contact,
        Optional<DataProduct> output,
        Map<ProductName, Map<String, Use>> reads) {

    /** What reads. */
    public enum Kind {
        MODEL,
        SYNC,
        SUBSCRIPTION;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a consumer does with a column. */
    public enum Role {
        /** It computes something that it puts out. */
        VALUE,
        /** It decides whether a row counts. */
        FILTER,
        /** It finds the rows that belong together. */
        JOIN,
        /** It forms groups, or an order. */
        GROUP
    }

    /**
     * How a column is used.
     *
     * @param matches values that the column itself is compared with
     * @param looseMatches values that an expression over the column is compared with
     * @param copiedTo output columns that hold its value unchanged
     * @param feedsRequired an output column that may not be null comes from it
     */
    public record Use(
            Set<Role> roles,
            Set<String> matches,
            Set<String> looseMatches,
            List<String> copiedTo,
            boolean feedsRequired) {

        /** Of a consumer that takes the value as it is. */
        public static Use asItIs(Set<String> matches) {
            return new Use(Set.of(Role.VALUE), matches, Set.of(), List.of(), false);
        }

        public Use {
            roles = Set.copyOf(roles);
            matches = Set.copyOf(matches);
            looseMatches = Set.copyOf(looseMatches);
            copiedTo = List.copyOf(copiedTo);
        }

        /** Whether it is compared with this value; through an expression, capitals and blanks around it do not count. */
        public boolean matches(String value) {
            return matches.contains(value)
                    || looseMatches.stream().anyMatch(loose -> loose.strip().equalsIgnoreCase(value.strip()));
        }
    }
}
