package io.weir.kit.contract;

import io.weir.kit.contract.Consumer.Kind;
import io.weir.kit.contract.Consumer.Use;
import io.weir.kit.contract.ContractDiff.Difference;
import io.weir.kit.contract.ContractDiff.Impact;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a new version of a contract would do: every difference with the consumers that it reaches.
 *
 * @param topic of the version that is in force
 * @param to the new version's number; its topic where that is another
 * @param verdict the worst of the changes
 * @param newMajor the old version stays beside the new one, so that nothing breaks before its consumers move
 * @param readers every consumer of the product, whether a change reaches it or not
 * @param notes what else has to be known: what the registry would refuse, what does not fit
 */
public record ContractPlan(
        String topic,
        String from,
        String to,
        Impact verdict,
        boolean newMajor,
        List<Change> changes,
        List<String> readers,
        List<String> notes) {

    /**
     * One difference.
     *
     * @param column null where the whole product is concerned
     * @param impact what it does to the consumers that there are; nothing where it reaches none
     */
    public record Change(
            String code, @Nullable String column, String from, String to, Impact impact, List<Affected> consumers) {}

    /** A consumer that a change reaches, who answers for it, and what happens to it. */
    public record Affected(
            String kind, String name, String domain, String team, String contact, Impact impact, String why) {}

    /** A consumer that cannot be planned against the new version, and what the planner says. */
    public record Refused(Consumer consumer, String says) {}

    /** @param refused consumers that could be planned before and cannot any more */
    public static ContractPlan of(
            DataProduct old,
            DataProduct next,
            List<Consumer> consumers,
            List<Refused> refused,
            List<String> furtherNotes) {
        List<Change> changes = new ArrayList<>();
        Set<String> broken = new TreeSet<>();
        for (Difference difference : ContractDiff.between(old, next)) {
            List<Affected> affected = new ArrayList<>();
            for (Consumer consumer : consumers) {
                Map<String, Use> uses = consumer.reads().getOrDefault(old.name(), Map.of());
                effect(difference, consumer, uses)
                        .map(effect -> affected(consumer, effect))
                        .ifPresent(affected::add);
            }
            affected.stream()
                    .filter(one -> one.impact == Impact.BREAKING)
                    .forEach(one -> broken.add(one.kind + one.name));
            changes.add(new Change(
                    difference.code(),
                    difference.column(),
                    difference.from(),
                    difference.to(),
                    worst(affected.stream().map(Affected::impact).toList()),
                    affected));
        }
        for (Refused one : refused) {
            if (!broken.contains(one.consumer.kind().text() + one.consumer.name())) {
                Affected affected = affected(one.consumer, new Effect(Impact.BREAKING, one.says));
                changes.add(new Change("model-refused", null, "", "", Impact.BREAKING, List.of(affected)));
            }
        }
        boolean newMajor = ContractDiff.isNewMajor(old, next);
        List<String> notes = new ArrayList<>(furtherNotes);
        if (!newMajor) {
            notes.addAll(0, notes(old, next, changes));
        }
        return new ContractPlan(
                old.name().topic(),
                old.version(),
                old.name().equals(next.name()) ? next.version() : next.name().topic() + " " + next.version(),
                worst(changes.stream().map(Change::impact).toList()),
                newMajor,
                List.copyOf(changes),
                consumers.stream()
                        .map(consumer -> consumer.kind().text() + " " + consumer.name())
                        .toList(),
                List.copyOf(notes));
    }

    /** Whether it may not be merged as it is. */
    public boolean breaks() {
        return verdict == Impact.BREAKING && !newMajor;
    }

    private static List<String> notes(DataProduct old, DataProduct next, List<Change> changes) {
        List<String> notes = new ArrayList<>();
        ContractDiff.registryObjection(old, next)
                .ifPresent(objection -> notes.add("The registry refuses it within v%d, as compatibility is %s: %s."
                        .formatted(
                                old.name().major(),
                                next.settings().compatibility().text(),
                                objection)));
        if (changes.stream().anyMatch(change -> change.code().equals("key-changed"))) {
            notes.add("The registry refuses another primary key within v%d: rows with the old keys would stay for ever."
                    .formatted(old.name().major()));
        }
        if (old.version().equals(next.version()) && !changes.isEmpty()) {
            notes.add(
                    "The version is still %s: raise it, or what is published stays in force.".formatted(old.version()));
        }
        if (worst(changes.stream().map(Change::impact).toList()) == Impact.BREAKING) {
            notes.add("To break nobody, declare %s beside %s, and let the consumers move."
                    .formatted(
                            new ProductName(
                                    old.name().layer(),
                                    old.name().domain(),
                                    old.name().product(),
                                    old.name().major() + 1),
                            old.name()));
        }
        return notes;
    }

    private static Impact worst(List<Impact> impacts) {
        return impacts.stream().reduce(Impact.COMPATIBLE, Impact::or);
    }

    private static Affected affected(Consumer consumer, Effect effect) {
        return new Affected(
                consumer.kind().text(),
                consumer.name(),
                consumer.domain(),
                consumer.team(),
                consumer.contact(),
                effect.impact,
                effect.why);
    }

    private record Effect(Impact impact, String why) {}

    /** Empty where the consumer does not notice. */
    private static Optional<Effect> effect(Difference difference, Consumer consumer, Map<String, Use> uses) {
        if (difference.column() == null) {
            return difference.everybody() == Impact.COMPATIBLE
                    ? Optional.empty()
                    : Optional.of(new Effect(difference.everybody(), "reads the product"));
        }
        Use use = uses.get(difference.column());
        if (use == null) {
            return Optional.empty();
        }
        Optional<Effect> special =
                switch (difference.code()) {
                    case "enumeration-narrowed" -> narrowed(difference, use);
                    case "enumeration-widened" -> widened(difference, consumer, use);
                    case "required-withdrawn" -> nullable(consumer, use);
                    case "rule-loosened" -> loosened(difference, consumer, use);
                    default -> Optional.empty();
                };
        return special.isPresent()
                ? special
                : Optional.of(new Effect(difference.users(), "uses it " + how(use)))
                        .filter(effect -> effect.impact != Impact.COMPATIBLE);
    }

    private static Optional<Effect> narrowed(Difference difference, Use use) {
        Set<String> exact = new TreeSet<>(use.matches());
        Set<String> loose = new TreeSet<>(use.looseMatches());
        Set<String> withdrawn = difference.withdrawn();
        if (withdrawn == null) {
            exact.removeAll(difference.allowed());
            loose.removeIf(value -> difference.allowed().stream()
                    .anyMatch(allowed -> allowed.strip().equalsIgnoreCase(value.strip())));
        } else {
            exact.retainAll(withdrawn);
            loose.removeIf(
                    value -> withdrawn.stream().noneMatch(gone -> gone.strip().equalsIgnoreCase(value.strip())));
        }
        if (!exact.isEmpty() || (withdrawn != null && !loose.isEmpty())) {
            exact.addAll(withdrawn == null ? Set.of() : loose);
            return Optional.of(
                    new Effect(Impact.BREAKING, "matches %s, which no row will have".formatted(quoted(exact))));
        }
        return loose.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Effect(Impact.BEHAVIOURAL, "matches %s, which no row will have".formatted(quoted(loose))));
    }

    private static Optional<Effect> widened(Difference difference, Consumer consumer, Use use) {
        for (String copy : use.copiedTo()) {
            Optional<Set<String>> own = declared(consumer, copy).flatMap(Enumeration::of);
            if (own.isPresent() && (difference.allowed().isEmpty() || !own.get().containsAll(difference.allowed()))) {
                return Optional.of(new Effect(
                        Impact.BREAKING,
                        "passes it on as %s, whose contract allows only %s".formatted(copy, quoted(own.get()))));
            }
        }
        return use.matches().isEmpty() && use.looseMatches().isEmpty()
                ? Optional.empty()
                : Optional.of(new Effect(
                        Impact.BEHAVIOURAL,
                        "tells its values apart (%s), and will meet others"
                                .formatted(quoted(use.matches().isEmpty() ? use.looseMatches() : use.matches()))));
    }

    private static Optional<Effect> nullable(Consumer consumer, Use use) {
        if (use.feedsRequired()) {
            return Optional.of(
                    new Effect(Impact.BREAKING, "makes a required column of it, and may find nothing there"));
        }
        return consumer.kind() == Kind.SUBSCRIPTION
                ? Optional.of(new Effect(Impact.BREAKING, "was promised a value"))
                : Optional.empty();
    }

    private static Optional<Effect> loosened(Difference difference, Consumer consumer, Use use) {
        int blank = difference.to().indexOf(' ');
        String option = difference.to().substring(0, blank);
        String value = difference.to().substring(blank + 1);
        for (String copy : use.copiedTo()) {
            Object own = declared(consumer, copy)
                    .map(column ->
                            Documents.map(column.get("logicalTypeOptions")).get(option))
                    .orElse(null);
            if (own instanceof Number limit && (value.equals("none") || isBeyond(option, value, limit))) {
                return Optional.of(new Effect(
                        Impact.BREAKING,
                        "passes it on as %s, whose contract demands %s %s".formatted(copy, option, own)));
            }
        }
        return Optional.empty();
    }

    private static boolean isBeyond(String option, String value, Number limit) {
        int order;
        try {
            order = new BigDecimal(value).compareTo(new BigDecimal(limit.toString()));
        } catch (NumberFormatException noNumber) {
            return false;
        }
        return option.toLowerCase(Locale.ROOT).contains("min") ? order < 0 : order > 0;
    }

    private static Optional<Map<String, @Nullable Object>> declared(Consumer consumer, String column) {
        return consumer.output().map(output -> Documents.columns(output).get(column));
    }

    private static String how(Use use) {
        return use.roles().stream()
                .sorted()
                .map(role -> switch (role) {
                    case VALUE -> "in what it puts out";
                    case FILTER -> "to filter";
                    case JOIN -> "to join";
                    case GROUP -> "to group or order";
                })
                .collect(Collectors.joining(", "));
    }

    private static String quoted(Set<String> values) {
        return new TreeSet<>(values).stream().map("'%s'"::formatted).collect(Collectors.joining(", "));
    }
}
