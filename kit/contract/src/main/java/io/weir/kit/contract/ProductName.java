package io.weir.kit.contract;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The identity of a data product: layer, owning domain, product and major version.
 *
 * <p>Its topic is {@code <layer>.<domain>.<product>.v<major>}; inside its domain SQL calls it {@code <layer>.<product>}.
 */
public record ProductName(Layer layer, String domain, String product, int major) implements Comparable<ProductName> {

    private static final Pattern TOPIC =
            Pattern.compile("(bronze|silver|gold)\\.([a-z][a-z0-9_-]*)\\.([a-z][a-z0-9_-]*)\\.v([1-9][0-9]{0,5})");
    private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9_-]*");

    public ProductName {
        if (!WORD.matcher(domain).matches() || !WORD.matcher(product).matches() || major < 1) {
            throw new IllegalArgumentException(
                    "not a product name: domain \"%s\", product \"%s\", major %d (lower-case letters, digits, _ and -; major from 1)"
                            .formatted(domain, product, major));
        }
    }

    /** Reads a topic's name; an {@link IllegalArgumentException} names the form where it is not a product's topic. */
    public static ProductName ofTopic(String topic) {
        Matcher matcher = TOPIC.matcher(topic);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "\"%s\" is not a product's topic: it has the form <bronze|silver|gold>.<domain>.<product>.v<major>"
                            .formatted(topic));
        }
        return new ProductName(
                Layer.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)),
                matcher.group(2),
                matcher.group(3),
                Integer.parseInt(matcher.group(4)));
    }

    public String topic() {
        return layer.text() + "." + domain + "." + product + ".v" + major;
    }

    public String quarantineTopic() {
        return "quarantine." + topic();
    }

    /** The name inside its own domain: {@code silver.customer}. */
    public String localName() {
        return layer.text() + "." + product;
    }

    @Override
    public int compareTo(ProductName other) {
        return topic().compareTo(other.topic());
    }

    @Override
    public String toString() {
        return topic();
    }
}
