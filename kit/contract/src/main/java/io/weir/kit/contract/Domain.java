package io.weir.kit.contract;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The folder that one team owns, read and validated.
 *
 * @param products every product with a contract in this domain, by name
 */
public record Domain(
        Path folder,
        String name,
        String description,
        String team,
        String contact,
        Map<ProductName, DataProduct> products,
        List<Source> sources,
        List<Model> models,
        List<Sync> syncs,
        List<Subscription> subscriptions) {

    /** Without subscriptions. */
    public Domain(
            Path folder,
            String name,
            String description,
            String team,
            String contact,
            Map<ProductName, DataProduct> products,
            List<Source> sources,
            List<Model> models,
            List<Sync> syncs) {
        this(folder, name, description, team, contact, products, sources, models, syncs, List.of());
    }

    /** The same domain, were this contract in force: in place of the product's present one, or beside its other majors. */
    public Domain with(DataProduct product) {
        Map<ProductName, DataProduct> changed = new LinkedHashMap<>(products);
        changed.put(product.name(), product);
        return new Domain(folder, name, description, team, contact, changed, sources, models, syncs, subscriptions);
    }

    /** The same domain without this product and its model. */
    public Domain without(ProductName product) {
        Map<ProductName, DataProduct> changed = new LinkedHashMap<>(products);
        changed.remove(product);
        return new Domain(
                folder,
                name,
                description,
                team,
                contact,
                changed,
                sources,
                models.stream()
                        .filter(model -> !model.product().equals(product))
                        .toList(),
                syncs,
                subscriptions);
    }

    /** The product that SQL inside this domain calls {@code layer.product}, or {@code layer.domain.product}; the highest major. */
    public Optional<DataProduct> find(String qualifiedName) {
        return products.values().stream()
                .filter(product -> qualifiedName.equals(product.name().localName())
                        || qualifiedName.equals(product.name().layer().text() + "."
                                + product.name().domain() + "." + product.name().product()))
                .max((a, b) -> Integer.compare(a.name().major(), b.name().major()));
    }

    public List<Model> models(Layer layer) {
        return models.stream().filter(model -> model.product().layer() == layer).toList();
    }

    /** The same domain with other products. */
    public Domain withProducts(Map<ProductName, DataProduct> others) {
        return new Domain(folder, name, description, team, contact, others, sources, models, syncs);
    }
}
