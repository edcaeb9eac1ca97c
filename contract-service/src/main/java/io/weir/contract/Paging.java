package io.weir.contract;

import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A page of a list, in the order of a key: {@code cursor} is the key of the last one of the page before, and a {@code Link} header leads to the next (RFC 8288). */
final class Paging {

    static final String LIMIT = "1000";

    private static final int MOST = 1_000;

    private Paging() {}

    static <T> Response page(List<T> all, Function<T, String> key, @Nullable String cursor, int limit, UriInfo uri) {
        int size = within(limit);
        List<T> found = all.stream()
                .filter(one -> cursor == null || key.apply(one).compareTo(cursor) > 0)
                .sorted(Comparator.comparing(key))
                .limit(size + 1L)
                .toList();
        if (found.size() <= size) {
            return Response.ok(found).build();
        }
        List<T> page = found.subList(0, size);
        return Response.ok(page)
                .link(
                        uri.getRequestUriBuilder()
                                .replaceQueryParam("cursor", key.apply(page.getLast()))
                                .build(),
                        "next")
                .build();
    }

    static int within(int limit) {
        if (limit < 1 || limit > MOST) {
            throw new BadRequestException("limit %d: from 1 to %d".formatted(limit, MOST));
        }
        return limit;
    }
}
