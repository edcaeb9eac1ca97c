package io.weir.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.kit.contract.Consumer;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.ProductName;
import io.weir.kit.sql.Consumers;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A product whose contract says {@code status: deprecated}, and who has to move.
 *
 * @param successor the topic of the latest major beside it; null where there is none yet
 * @param endOfSupport as the service level of that name says; null where there is none
 * @param endOfLife when it goes away, likewise
 * @param remaining who still reads it, with the columns that they use
 * @param moved who reads the successor and no longer this one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Deprecation(
        String product,
        String version,
        @Nullable String successor,
        @Nullable String endOfSupport,
        @Nullable String endOfLife,
        List<Reader> remaining,
        List<Reader> moved) {

    /**
     * A model, a sync or a subscription.
     *
     * @param columns what it reads of the product
     */
    public record Reader(String kind, String name, String domain, String team, String contact, Set<String> columns) {}

    /**
     * What one reader is told, on {@link io.weir.kit.stream.MeshTopics#NOTICES} and by the webhook.
     *
     * @param notice always {@code deprecated}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Notice(
            String notice,
            String product,
            String version,
            @Nullable String successor,
            @Nullable String endOfSupport,
            @Nullable String endOfLife,
            Reader reader) {

        /** One of each product and reader. */
        String key() {
            return "%s#%s:%s/%s".formatted(product, reader.kind, reader.domain, reader.name);
        }
    }

    /**
     * In the order of their topics.
     *
     * @param consumers asked only where a product is deprecated: it plans every model
     */
    static List<Deprecation> all(Collection<DataProduct> products, Supplier<Consumers> consumers) {
        return products.stream()
                .filter(product -> "deprecated".equals(product.document().get("status")))
                .sorted(Comparator.comparing(product -> product.name().topic()))
                .map(product -> of(product, products, consumers.get()))
                .toList();
    }

    private static Deprecation of(DataProduct product, Collection<DataProduct> products, Consumers consumers) {
        ProductName name = product.name();
        Optional<ProductName> successor = products.stream()
                .map(DataProduct::name)
                .filter(other -> other.layer() == name.layer()
                        && other.domain().equals(name.domain())
                        && other.product().equals(name.product())
                        && other.major() > name.major())
                .max(Comparator.comparing(ProductName::major));
        return new Deprecation(
                name.topic(),
                product.version(),
                successor.map(ProductName::topic).orElse(null),
                serviceLevel(product, "endOfSupport"),
                serviceLevel(product, "endOfLife"),
                readers(consumers, name, _ -> true),
                successor
                        .map(other -> readers(
                                consumers, other, reader -> !reader.reads().containsKey(name)))
                        .orElse(List.of()));
    }

    List<Notice> notices() {
        return remaining.stream()
                .map(reader -> new Notice("deprecated", product, version, successor, endOfSupport, endOfLife, reader))
                .toList();
    }

    private static List<Reader> readers(Consumers consumers, ProductName product, Predicate<Consumer> which) {
        return consumers.of(product).stream()
                .filter(which)
                .map(reader -> new Reader(
                        reader.kind().text(),
                        reader.name(),
                        reader.domain(),
                        reader.team(),
                        reader.contact(),
                        new TreeSet<>(
                                reader.reads().getOrDefault(product, Map.of()).keySet())))
                .toList();
    }

    private static @Nullable String serviceLevel(DataProduct product, String name) {
        if (product.document().get("slaProperties") instanceof List<?> levels) {
            for (Object level : levels) {
                if (level instanceof Map<?, ?> fields && name.equals(fields.get("property"))) {
                    return String.valueOf(fields.get("value"));
                }
            }
        }
        return null;
    }
}
