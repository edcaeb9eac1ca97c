package io.weir.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.contract.Incident.Event;
import io.weir.contract.Measures.Seen;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Promise;
import io.weir.kit.stream.MeshJson;
import io.weir.kit.stream.Observation;
import io.weir.kit.stream.QualityEvent;
import io.weir.kit.stream.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Holds what was observed against what was promised: the one processor of the judge.
 *
 * <p>Product topic -> {@link Observation} in, {@link Verdict}s and {@link Incident}s out. A product is judged when an observation of it comes, and as time goes by, for
 * what does not come breaks promises too. Time passes in the order of what is read: it writes ticks among the observations and takes the time from them, so that a judge
 * who is behind judges later, and not wrongly.
 */
final class Judgement extends ContextualProcessor<byte[], byte[], byte[], byte[]> {

    static final String FACTS = "facts";
    static final String SLOTS = "slots";
    static final String PERIODS = "periods";
    static final String STANDINGS = "standings";
    static final String TICKS = "ticks";
    static final String VERDICTS = "verdicts";
    static final String INCIDENTS = "incidents";
    static final String LINEAGE = "lineage";
    static final String JOB = "contract.judge";

    private static final byte[] TICK = "tick".getBytes(UTF_8);
    private static final int SLOTS_IN_WINDOW = 10;
    private static final int PERIODS_KEPT = 170;
    private static final int[] USUAL = {168, 24};
    private static final int LAST = 4;
    private static final int LAST_OF = 24;

    private final Rules rules;
    private final ContractConfig.Judging config;
    private final String bootstrapServers;
    private final Uptime uptime;
    private final Map<String, Observation> windows = new HashMap<>();

    private @Nullable KeyValueStore<String, byte[]> facts;
    private @Nullable KeyValueStore<String, byte[]> slots;
    private @Nullable KeyValueStore<String, byte[]> periods;
    private @Nullable KeyValueStore<String, byte[]> standings;
    private boolean isCleared;
    private long timeMs;
    private long listeningSinceMs;

    Judgement(Rules rules, ContractConfig.Judging config, String bootstrapServers, Uptime uptime) {
        this.rules = rules;
        this.config = config;
        this.bootstrapServers = bootstrapServers;
        this.uptime = uptime;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        super.init(context);
        facts = context.getStateStore(FACTS);
        slots = context.getStateStore(SLOTS);
        periods = context.getStateStore(PERIODS);
        standings = context.getStateStore(STANDINGS);
        context.schedule(config.every(), PunctuationType.WALL_CLOCK_TIME, this::tick);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (record.value() == null) {
            return;
        }
        if (Arrays.equals(record.key(), TICK)) {
            passTo(Long.parseLong(new String(record.value(), UTF_8)));
            asTimeGoesBy();
            return;
        }
        MeshJson.read(record.value(), Observation.class).ifPresent(seen -> {
            // Another machine's clock may be ahead of this one.
            passTo(Math.min(seen.untilMs(), context().currentSystemTimeMs()));
            remember(seen);
            rules.product(seen.product()).ifPresent(product -> judge(product, timeMs));
        });
    }

    private void tick(long wallClockMs) {
        context().forward(new Record<>(TICK, Long.toString(wallClockMs).getBytes(UTF_8), wallClockMs), TICKS);
    }

    private void passTo(long ms) {
        timeMs = Math.max(timeMs, ms);
        if (listeningSinceMs == 0) {
            listeningSinceMs = timeMs;
        }
    }

    private void asTimeGoesBy() {
        if (!isCleared) {
            withdraw(timeMs);
            isCleared = true;
        }
        forget(timeMs);
        for (DataProduct product : rules.products()) {
            if (rules.promises(product).stream().anyMatch(promise -> promise.metric() == Promise.Metric.AVAILABILITY)) {
                uptime.look(product.name().topic(), timeMs, config.window().toMillis());
            }
            judge(product, timeMs);
        }
    }

    private void remember(Observation seen) {
        String topic = seen.product();
        Facts before = read(facts(), topic, Facts.class);
        if (before != null || seen.hasChanges()) {
            write(facts(), topic, before == null ? Facts.first(seen) : before.and(seen));
        }
        if (!seen.hasChanges()) {
            return;
        }
        add(slots(), topic + "@" + seen.untilMs() / slotMs(), seen);
        if (rules.product(topic).filter(this::isUnusual).isEmpty()) {
            add(periods(), topic + "@" + seen.untilMs() / config.period().toMillis(), seen);
        }
        windows.remove(topic);
    }

    /** Whether it compares with the product's own history. */
    private static boolean looksBack(Promise promise) {
        return switch (promise.metric()) {
            case VOLUME, PSI, KS -> true;
            default -> false;
        };
    }

    /** Whether a promise that looks back is broken just now. */
    private boolean isUnusual(DataProduct product) {
        return rules.promises(product).stream()
                .filter(Judgement::looksBack)
                .map(promise -> read(standings(), key(product.name().topic(), promise), Standing.class))
                .anyMatch(standing -> standing != null && standing.isBroken());
    }

    /** What came while the window turned unusual is no history to compare with. */
    private void forgetSince(String topic, long sinceMs, long nowMs) {
        long period = config.period().toMillis();
        for (long at = sinceMs / period; at <= nowMs / period; at++) {
            periods().delete(topic + "@" + at);
        }
    }

    private static void add(KeyValueStore<String, byte[]> store, String key, Observation seen) {
        Observation before = read(store, key, Observation.class);
        write(store, key, before == null ? seen : Profiles.merge(before, seen));
    }

    private long slotMs() {
        return Math.max(1, config.window().toMillis() / SLOTS_IN_WINDOW);
    }

    /** Slots that have left the window, periods that nobody compares with any more. */
    private void forget(long nowMs) {
        expire(slots(), nowMs / slotMs() - SLOTS_IN_WINDOW + 1);
        expire(periods(), nowMs / config.period().toMillis() - PERIODS_KEPT);
    }

    private void expire(KeyValueStore<String, byte[]> store, long first) {
        List<String> old = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            while (all.hasNext()) {
                String key = all.next().key;
                if (Long.parseLong(key.substring(key.lastIndexOf('@') + 1)) < first) {
                    old.add(key);
                }
            }
        }
        for (String key : old) {
            store.delete(key);
            windows.remove(key.substring(0, key.lastIndexOf('@')));
        }
    }

    private void judge(DataProduct product, long nowMs) {
        List<Promise> promises = rules.promises(product);
        if (promises.isEmpty()) {
            return;
        }
        Seen seen = seen(product, promises, nowMs);
        for (Promise promise : promises) {
            judge(product, promise, seen);
        }
    }

    private Seen seen(DataProduct product, List<Promise> promises, long nowMs) {
        String topic = product.name().topic();
        Observation window = windows.get(topic);
        if (window == null) {
            long last = nowMs / slotMs();
            for (long slot = last - SLOTS_IN_WINDOW + 1; slot <= last; slot++) {
                Observation one = read(slots(), topic + "@" + slot, Observation.class);
                window = one == null ? window : window == null ? one : Profiles.merge(window, one);
            }
            if (window != null) {
                windows.put(topic, window);
            }
        }
        List<Observation> usual = promises.stream().anyMatch(Judgement::looksBack) ? usual(product, nowMs) : List.of();
        Facts known = read(facts(), topic, Facts.class);
        return new Seen(
                product,
                known,
                window,
                config.window().toMillis(),
                usual.stream().reduce(Profiles::merge).orElse(null),
                usual.size() * config.period().toMillis(),
                uptime.percent(topic),
                known == null
                        ? nowMs
                        : known.knownUntilMs(
                                nowMs, listeningSinceMs, config.patience().toMillis()),
                nowMs);
    }

    /**
     * The same time of last week, else of yesterday, else the last four pieces of history that are over. The piece in which the product was seen first is none of them: it is
     * not whole, or holds what had piled up.
     */
    private List<Observation> usual(DataProduct product, long nowMs) {
        String topic = product.name().topic();
        Facts known = read(facts(), topic, Facts.class);
        if (known == null) {
            return List.of();
        }
        long now = nowMs / config.period().toMillis();
        long first = known.firstSeenMs() / config.period().toMillis() + 1;
        for (int ago : USUAL) {
            Observation then = now - ago < first ? null : read(periods(), topic + "@" + (now - ago), Observation.class);
            if (then != null) {
                return List.of(then);
            }
        }
        List<Observation> last = new ArrayList<>();
        for (long period = now - 1; period >= Math.max(first, now - LAST_OF) && last.size() < LAST; period--) {
            Observation one = read(periods(), topic + "@" + period, Observation.class);
            if (one != null) {
                last.add(one);
            }
        }
        // It takes four to say that something is unusual, and what is left of them to say that it still is.
        return last.size() == LAST || isUnusual(product) ? last : List.of();
    }

    private void judge(DataProduct product, Promise promise, Seen seen) {
        long now = seen.nowMs();
        String key = key(product.name().topic(), promise);
        Standing known = read(standings(), key, Standing.class);
        Standing before = known == null ? Standing.UNKNOWN : known;
        // What is broken is looked at all the time: it is to be seen when it holds again.
        boolean byItself = promise.schedule().isEmpty() || before.isBroken();
        if (!byItself && !rules.isDue(promise, known == null ? listeningSinceMs : before.saidAtMs(), now)) {
            return;
        }
        if (promise.metric() == Promise.Metric.VOLUME && now - seen.knownMs() > slotMs()) {
            return; // Not all of the window has been told yet.
        }
        Finding found = Finding.of(promise, seen);
        if (found.measured() == null && !before.isBroken()) {
            return;
        }
        String incident =
                UUID.nameUUIDFromBytes((key + "@" + now).getBytes(UTF_8)).toString();
        Standing after = before.after(found, now, config.settle().toMillis(), incident);
        boolean opened = after.isBroken() && !before.isBroken();
        boolean resolved = !after.isBroken() && before.isBroken();
        boolean turned = opened || resolved || before.isOnTrial() != after.isOnTrial();
        boolean otherwise = !Objects.equals(before.measured(), after.measured())
                || !before.detail().equals(after.detail());
        boolean told = turned
                || (after.isBroken()
                        && otherwise
                        && now - after.toldAtMs() >= config.tellEvery().toMillis());
        boolean halts = after.isBroken() && action(product, promise) == DataProduct.OnViolation.HALT;
        boolean haltsWriter = halts && !promise.isAboutAbsence() && !after.isOnTrial();
        boolean said = turned
                || known == null
                || !byItself
                || (halts && now - after.saidAtMs() >= config.haltLease().toMillis() / 3)
                || (otherwise && now - after.saidAtMs() >= sayEveryMs(after));
        Standing evidence = resolved ? before : after;
        Verdict verdict = verdict(product, promise, after, evidence, halts, haltsWriter, now);
        if (opened && looksBack(promise)) {
            forgetSince(product.name().topic(), now - config.window().toMillis(), now);
        }
        if (told) {
            tell(product, opened ? Event.OPENED : resolved ? Event.RESOLVED : Event.UPDATED, verdict, evidence, now);
        }
        if (said) {
            say(verdict.key(), verdict, now);
        }
        if (known == null || opened || resolved) {
            byte[] event = QualityEvent.of(JOB, bootstrapServers, verdict);
            context().forward(new Record<>(JOB.getBytes(UTF_8), event, now), LINEAGE);
        }
        write(standings(), key, after.written(said, told, now));
    }

    /** A promise that is kept is nobody's news. */
    private long sayEveryMs(Standing standing) {
        return (standing.isBroken() ? 1 : 10) * config.tellEvery().toMillis();
    }

    private static DataProduct.OnViolation action(DataProduct product, Promise promise) {
        return promise.onViolation().orElse(product.onViolation());
    }

    /** @param evidence where the incident and its first bad change are from */
    private Verdict verdict(
            DataProduct product,
            Promise promise,
            Standing standing,
            Standing evidence,
            boolean halts,
            boolean haltsWriter,
            long now) {
        return new Verdict(
                product.name().topic(),
                promise.id(),
                promise.metric().text(),
                promise.field(),
                standing.state(),
                promise.severity(),
                action(product, promise).name().toLowerCase(Locale.ROOT),
                promise.demand(),
                standing.measured(),
                promise.unit().text(),
                standing.isOnTrial() && halts
                        ? standing.detail() + "; the stage that writes it goes on, on trial"
                        : standing.detail(),
                evidence.firstBad(),
                standing.sinceMs(),
                now,
                standing.incident(),
                haltsWriter,
                halts,
                halts ? context().currentSystemTimeMs() + config.haltLease().toMillis() : 0);
    }

    private void tell(DataProduct product, Event event, Verdict verdict, Standing standing, long now) {
        String id = standing.incident();
        if (id == null) {
            throw new IllegalStateException("an incident without an id: " + verdict.key());
        }
        Incident incident = new Incident(
                id,
                event,
                verdict,
                standing.openedAtMs(),
                now,
                rules.owner(verdict.product()),
                rules.downstream(product));
        context().forward(new Record<>(id.getBytes(UTF_8), MeshJson.write(incident), now), INCIDENTS);
    }

    private void tellWithdrawn(String key, Standing standing, long nowMs) {
        String topic = key.substring(0, key.indexOf('#'));
        String rule = key.substring(topic.length() + 1);
        String id = Objects.requireNonNull(standing.incident());
        Incident incident = new Incident(
                id,
                Event.RESOLVED,
                Verdict.withdrawn(topic, rule, standing.firstBad(), nowMs),
                standing.openedAtMs(),
                nowMs,
                rules.owner(topic),
                List.of());
        context().forward(new Record<>(id.getBytes(UTF_8), MeshJson.write(incident), nowMs), INCIDENTS);
    }

    private void say(String key, @Nullable Verdict verdict, long now) {
        context()
                .forward(
                        new Record<byte[], byte @Nullable []>(
                                key.getBytes(UTF_8), verdict == null ? null : MeshJson.write(verdict), now),
                        VERDICTS);
    }

    /** What no contract promises any more: nobody stands still for it, and its incident is over. */
    private void withdraw(long nowMs) {
        Set<String> promised = new HashSet<>();
        rules.products().forEach(product -> rules.promises(product)
                .forEach(promise -> promised.add(key(product.name().topic(), promise))));
        List<String> gone = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> all = standings().all()) {
            while (all.hasNext()) {
                String key = all.next().key;
                if (!promised.contains(key)) {
                    gone.add(key);
                }
            }
        }
        for (String key : gone) {
            Standing standing = read(standings(), key, Standing.class);
            if (standing != null && standing.isBroken()) {
                tellWithdrawn(key, standing, nowMs);
            }
            say(key, null, nowMs);
            standings().delete(key);
        }
    }

    private static String key(String topic, Promise promise) {
        return topic + "#" + promise.id();
    }

    private static <T extends java.lang.Record> @Nullable T read(
            KeyValueStore<String, byte[]> store, String key, Class<T> type) {
        byte[] bytes = store.get(key);
        return bytes == null ? null : MeshJson.read(bytes, type).orElse(null);
    }

    private static void write(KeyValueStore<String, byte[]> store, String key, java.lang.Record value) {
        store.put(key, MeshJson.write(value));
    }

    private KeyValueStore<String, byte[]> facts() {
        return Objects.requireNonNull(facts);
    }

    private KeyValueStore<String, byte[]> slots() {
        return Objects.requireNonNull(slots);
    }

    private KeyValueStore<String, byte[]> periods() {
        return Objects.requireNonNull(periods);
    }

    private KeyValueStore<String, byte[]> standings() {
        return Objects.requireNonNull(standings);
    }
}
