package io.weir.kit.stream;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The verdicts by which stages stand still. Thread-safe. */
public final class Halts {

    private final Map<String, Verdict> inForce = new ConcurrentHashMap<>();

    /** A verdict as it was read; null where its promise is no more. */
    void take(String key, @Nullable Verdict verdict) {
        if (verdict != null
                && verdict.state() == Verdict.State.BROKEN
                && (verdict.haltsWriter() || verdict.haltsReaders())) {
            inForce.put(key, verdict);
        } else {
            inForce.remove(key);
        }
    }

    /** Why a stage with these inputs and this output stands still; empty where it goes on. */
    public Optional<String> reason(List<String> inputs, String output, long nowMs) {
        return inForce.values().stream()
                .filter(verdict -> nowMs < verdict.haltUntilMs())
                .filter(verdict -> (verdict.haltsWriter() && verdict.product().equals(output))
                        || (verdict.haltsReaders() && inputs.contains(verdict.product())))
                .map(verdict -> "halted by the contract of %s: %s (%s)"
                        .formatted(verdict.product(), verdict.demand(), verdict.detail()))
                .findFirst();
    }
}
