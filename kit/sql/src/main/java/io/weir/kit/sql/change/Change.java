package io.weir.kit.sql.change;

import java.util.List;

/**
 * What one change of an input means at one place of the plan: deltas that belong together and travel as one message.
 *
 * <p>An update is one change of two deltas, so that nobody sees the row missing in between. No two deltas have equal rows.
 */
public record Change(List<Delta> deltas) {

    public Change {
        deltas = List.copyOf(deltas);
    }

    public boolean isEmpty() {
        return deltas.isEmpty();
    }
}
