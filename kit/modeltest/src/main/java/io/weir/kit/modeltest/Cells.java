package io.weir.kit.modeltest;

import com.fasterxml.jackson.databind.JsonNode;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.JsonRows;
import io.weir.kit.contract.RowType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values as a test's author writes them. */
final class Cells {

    private Cells() {}

    static String text(@Nullable Object value, DataProduct product, int column) {
        RowType one = product.rowType().project(List.of(column));
        JsonNode cell = JsonRows.write(new @Nullable Object[] {value}, one)
                .path(one.columns().getFirst().name());
        String text = cell.asText();
        boolean mistakable = cell.isTextual() && (text.isBlank() || text.equals("null") || !text.equals(text.strip()));
        return cell.isTextual() && !mistakable ? text : cell.toString();
    }
}
