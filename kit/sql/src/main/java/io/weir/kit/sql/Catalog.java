package io.weir.kit.sql;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Domain;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.config.CalciteConnectionConfigImpl;
import org.apache.calcite.config.CalciteConnectionProperty;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.jdbc.JavaTypeFactoryImpl;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.schema.impl.AbstractSchema;

/** The products that a model of a domain can name, as {@code layer.product} or {@code layer.domain.product}; of several majors the highest. */
final class Catalog {

    private static final Map<String, DataType> POSTGRES_NAMES = Map.ofEntries(
            Map.entry("text", new DataType.Varchar()),
            Map.entry("timestamptz", new DataType.Timestamp(true)),
            Map.entry("int4", new DataType.Int()),
            Map.entry("int8", new DataType.BigInt()),
            Map.entry("float4", new DataType.Real()),
            Map.entry("float8", new DataType.DoublePrecision()),
            Map.entry("bool", new DataType.Bool()),
            Map.entry("bytea", new DataType.Varbinary()),
            Map.entry("json", new DataType.Varchar()),
            Map.entry("jsonb", new DataType.Varchar()));

    private final CalciteSchema root = CalciteSchema.createRootSchema(false, false);
    private final Set<String> names = new TreeSet<>();
    private final Domain domain;

    Catalog(Domain domain) {
        this.domain = domain;
        Map<String, CalciteSchema> schemas = new java.util.HashMap<>();
        for (DataProduct product : domain.products().values()) {
            String layer = product.name().layer().text();
            CalciteSchema layerSchema = schemas.computeIfAbsent(layer, name -> root.add(name, new AbstractSchema()));
            CalciteSchema domainSchema = schemas.computeIfAbsent(
                    layer + "." + product.name().domain(),
                    _ -> layerSchema.add(product.name().domain(), new AbstractSchema()));
            String local = product.name().localName();
            String qualified =
                    layer + "." + product.name().domain() + "." + product.name().product();
            if (isHighest(local, product)) {
                layerSchema.add(product.name().product(), new ProductTable(product));
                names.add(local);
            }
            if (isHighest(qualified, product)) {
                domainSchema.add(product.name().product(), new ProductTable(product));
            }
        }
        POSTGRES_NAMES.forEach((name, type) -> root.add(name, factory -> Types.toCalcite(type, true, factory)));
    }

    private boolean isHighest(String name, DataProduct product) {
        return domain.find(name).filter(product::equals).isPresent();
    }

    CalciteCatalogReader reader(JavaTypeFactoryImpl factory) {
        Properties properties = new Properties();
        properties.setProperty(CalciteConnectionProperty.CASE_SENSITIVE.camelName(), "true");
        return new CalciteCatalogReader(root, List.of(), factory, new CalciteConnectionConfigImpl(properties));
    }

    /** The names by which products are known inside the domain. */
    Set<String> names() {
        return new LinkedHashSet<>(names);
    }

    List<String> columnsOf(String name) {
        return domain.find(name)
                .map(product -> product.rowType().columns().stream()
                        .map(column -> column.name())
                        .toList())
                .orElse(new ArrayList<>());
    }
}
