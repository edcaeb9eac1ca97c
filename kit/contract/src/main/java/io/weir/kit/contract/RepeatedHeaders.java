package io.weir.kit.contract;

import java.util.Arrays;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Tells records that have the headers of the record before, as those of one change have, so that what headers say is made out once. One per thread.
 *
 * <p>Only values are compared, in their order: to make text of the names costs several times that. Who writes the same values under other names could as well have written
 * them under these.
 */
public final class RepeatedHeaders {

    private byte[] @Nullable [] before = new byte[0] @Nullable [];
    private int count = -1;

    /** Whether the values are those of the last call; false at the first. */
    public boolean repeat(Headers headers) {
        int at = 0;
        boolean same = true;
        for (Header header : headers) {
            byte @Nullable [] value = header.value();
            if (at == before.length) {
                before = Arrays.copyOf(before, Math.max(8, 2 * at));
            }
            if (same && (at >= count || !Arrays.equals(before[at], value))) {
                same = false;
            }
            before[at++] = value;
        }
        same &= at == count;
        count = at;
        return same;
    }
}
