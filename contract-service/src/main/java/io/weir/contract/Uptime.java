package io.weir.contract;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** How much of the time the stages that write products ran, by looking at them again and again. In memory only: it begins anew with the process. */
final class Uptime {

    private record Look(long atMs, boolean runs) {}

    private final Function<String, Optional<Boolean>> runs;
    private final Map<String, Deque<Look>> looks = new HashMap<>();

    /** @param runs whether the stage runs that writes a topic; empty where none has spoken yet */
    Uptime(Function<String, Optional<Boolean>> runs) {
        this.runs = runs;
    }

    /** Looks at the writer of a topic, and forgets what is older than the window. */
    void look(String topic, long nowMs, long windowMs) {
        runs.apply(topic).ifPresent(now -> {
            Deque<Look> all = looks.computeIfAbsent(topic, _ -> new ArrayDeque<>());
            all.addLast(new Look(nowMs, now));
            while (all.getFirst().atMs() < nowMs - windowMs) {
                all.removeFirst();
            }
        });
    }

    /** In percent; -1 where nobody has looked. */
    double percent(String topic) {
        Deque<Look> all = looks.get(topic);
        return all == null || all.isEmpty()
                ? -1
                : 100d * all.stream().filter(Look::runs).count() / all.size();
    }
}
