package io.weir.cli.demo;

import java.util.List;

/** Something that happened in a shop: the rows that change together, in one transaction. */
record ShopEvent(ShopEventKind kind, List<RowChange> changes) {

    ShopEvent {
        changes = List.copyOf(changes);
    }
}
