package io.weir.ingest;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Layer;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.RowType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A small product with a text key and a column that the source may store out of line. */
final class Fixtures {

    static final RowType PRODUCT_TYPE = new RowType(List.of(
            new Column("sku", new DataType.Varchar(), false),
            new Column("name", new DataType.Varchar(), true),
            new Column("description", new DataType.Varchar(), true)));

    static final DataProduct PRODUCT = product("products", PRODUCT_TYPE);

    private Fixtures() {}

    /** A bronze product whose first column is its key. */
    static DataProduct product(String name, RowType type) {
        return new DataProduct(
                new ProductName(Layer.BRONZE, "jaffle", name, 1),
                "1.0.0",
                type,
                List.of(0),
                DataProduct.Kind.TABLE,
                DataProduct.OnViolation.QUARANTINE,
                List.of(),
                2,
                Path.of("contracts", name + ".odcs.yaml"),
                Map.of());
    }
}
