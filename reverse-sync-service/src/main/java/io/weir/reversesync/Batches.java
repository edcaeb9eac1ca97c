package io.weir.reversesync;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is done to a batch before it is written. Pure. */
final class Batches {

    private Batches() {}

    /**
     * One change per key: the last in the order read, which holds on to those that it replaced. In the order of the keys' bytes, so that two writers
     * lock rows in the same order.
     */
    static List<PendingWrite> coalesce(List<PendingWrite> changes) {
        Map<ByteBuffer, PendingWrite> last = LinkedHashMap.newLinkedHashMap(changes.size());
        for (PendingWrite change : changes) {
            last.merge(change.keyBytes(), change, (earlier, later) -> later.superseding(earlier));
        }
        List<PendingWrite> ordered = new ArrayList<>(last.values());
        ordered.sort(Comparator.comparing(PendingWrite::keyBytes));
        return ordered;
    }
}
