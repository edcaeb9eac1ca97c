package io.weir.contract;

import io.weir.kit.stream.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened to an incident: a promise that is not kept, from when it broke until it holds again. There is one open incident of a promise at most.
 *
 * @param id the same in all of its events
 * @param verdict what was judged: the promise, the evidence, the first bad position
 * @param openedAtMs when it was opened
 * @param atMs when this happened
 * @param owner who has to see to it: the team, and how it is reached
 * @param affected who reads the product, directly or through others
 */
public record Incident(
        String id, Event event, Verdict verdict, long openedAtMs, long atMs, Owner owner, List<Affected> affected) {

    /** What happened. */
    public enum Event {
        OPENED,
        UPDATED,
        RESOLVED
    }

    /** A team. */
    public record Owner(String domain, String team, String contact) {}

    /**
     * A product, sync or subscription downstream.
     *
     * @param kind {@code product}, {@code sync} or {@code subscription}
     * @param hops 1 where it reads the product itself
     */
    public record Affected(String kind, String name, String team, String contact, int hops) {}

    public Incident {
        affected = List.copyOf(affected);
    }

    /** Where it began, as far as that is known. */
    @Nullable
    String firstBad() {
        return verdict.firstBad();
    }
}
