package io.weir.kit.stream;

import io.weir.kit.contract.ProductName;

/**
 * One running model, source or sync.
 *
 * <p>Its text {@code <service>.<domain>.<name>.v<major>} is the Kafka Streams {@code application.id}, the consumer group and the entry in
 * {@code weir-path}.
 */
public record StageId(String service, String domain, String name, int major) {

    public static StageId of(String service, ProductName product) {
        return new StageId(service, product.domain(), product.product(), product.major());
    }

    @Override
    public String toString() {
        return service + "." + domain + "." + name + ".v" + major;
    }
}
