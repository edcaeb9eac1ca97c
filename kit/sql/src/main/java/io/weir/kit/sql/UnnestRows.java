package io.weir.kit.sql;

import io.weir.kit.sql.change.Unnested;
import java.util.List;

/** UNNEST: the rows that come, once for each element of an array in them, with the element as a further column, or its fields as several. */
record UnnestRows(String id, Edge input, Unnested.Spec spec, Calc calc) implements AppendingRows {
    @Override
    public Operator withCalc(Calc changed) {
        return new UnnestRows(id, input, spec, changed);
    }

    @Override
    public String describe() {
        return "unnest " + spec.column()
                + (spec.fields() < 2 ? "" : " into " + spec.fields())
                + (spec.numbered() ? " numbered" : "")
                + (spec.outer() ? " or none" : "");
    }

    @Override
    public String keeps() {
        return "each row for each element of an array; keeps nothing, the elements";
    }

    @Override
    public List<Step> steps(Stores stores) {
        return List.of(new Unnested(spec)::apply);
    }

    @Override
    public boolean isAppendOnly() {
        return input.from().isAppendOnly();
    }
}
