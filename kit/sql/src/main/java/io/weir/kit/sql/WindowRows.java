package io.weir.kit.sql;

import io.weir.kit.sql.change.WindowFunctions;
import java.util.List;

/** Window functions over one PARTITION BY and ORDER BY: the rows that come, with the results as further columns. */
record WindowRows(String id, Edge input, WindowFunctions.Spec spec, Calc calc) implements AppendingRows {
    @Override
    public Operator withCalc(Calc changed) {
        return new WindowRows(id, input, spec, changed);
    }

    @Override
    public String describe() {
        return "window over %s by %s, then %s: %s"
                .formatted(spec.partitionKeys(), spec.orders(), spec.ties(), spec.calls());
    }

    @Override
    public String keeps() {
        return "window functions%s; keeps all rows in order with their results, O(log n) and the rows whose results change"
                .formatted(spec.partitionKeys().isEmpty() ? " over all rows, on one partition" : " of each partition");
    }

    @Override
    public List<String> stores() {
        return List.of(id);
    }

    @Override
    public List<Step> steps(Stores stores) {
        WindowFunctions functions = new WindowFunctions(spec, stores.apply(id));
        return List.of(functions::apply);
    }
}
