package io.weir.kit.contract;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The values that a contract allows in a column, where it names them one by one. */
final class Enumeration {

    private static final Pattern WORDS = Pattern.compile("\\^\\((?:\\?:)?([\\w .\\-]+(?:\\|[\\w .\\-]+)*)\\)\\$");

    private Enumeration() {}

    /** From {@code invalidValues} with {@code validValues}, or from a pattern that is nothing but alternatives: {@code ^(DE|FR)$}. */
    static Optional<Set<String>> of(Map<String, @Nullable Object> column) {
        for (Map<String, @Nullable Object> quality : Documents.maps(column.get("quality"))) {
            Object values = Documents.map(quality.get("arguments")).get("validValues");
            Object old = quality.get("validValues");
            if (values != null || old != null) {
                Set<String> words = new LinkedHashSet<>();
                Documents.list(values != null ? values : old).stream()
                        .filter(value -> value != null)
                        .forEach(value -> words.add(value.toString()));
                return Optional.of(words);
            }
        }
        Matcher words = WORDS.matcher(Documents.text(Documents.map(column.get("logicalTypeOptions")), "pattern"));
        return words.matches()
                ? Optional.of(new LinkedHashSet<>(List.of(words.group(1).split("\\|", 0))))
                : Optional.empty();
    }
}
