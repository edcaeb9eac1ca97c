package io.weir.reversesync;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Layer;
import io.weir.kit.contract.Sync;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether the product's owner lets these fields go to this destination. Pure.
 *
 * <p>Everything is read from the product's contract (ODCS v3.1.0): {@code team.members} says who owns it; the custom property {@code syncDestinations}, where
 * there is one, lists the databases that it may be written to.
 */
final class SyncApproval {

    static final String DESTINATIONS = "syncDestinations";

    private SyncApproval() {}

    /** Why the sync is refused, each with the fix; empty where it is approved. */
    static List<String> refusals(Sync sync, Optional<DataProduct> from) {
        List<String> refusals = new ArrayList<>();
        if (from.isEmpty()) {
            return List.of("product %s has no contract in this domain: write contracts/%s.odcs.yaml"
                    .formatted(sync.from(), sync.from().product()));
        }
        DataProduct product = from.get();
        if (sync.from().layer() != Layer.GOLD) {
            refusals.add("%s is not a gold product; only gold products are written back".formatted(sync.from()));
        }
        checkDestination(sync, product, refusals);
        checkOwner(sync, product, refusals);
        checkColumns(sync, product, refusals);
        return refusals;
    }

    private static void checkDestination(Sync sync, DataProduct product, List<String> refusals) {
        allowed(product.document()).ifPresent(allowed -> {
            String database = sync.to().database();
            if (!allowed.contains(database)) {
                refusals.add(
                        "the contract of %s allows %s and not %s: its owner adds \"%s\" to the custom property %s in %s"
                                .formatted(
                                        sync.from(),
                                        allowed.isEmpty() ? "no destination" : String.join(", ", allowed),
                                        database,
                                        database,
                                        DESTINATIONS,
                                        product.file().getFileName()));
            }
        });
    }

    private static void checkOwner(Sync sync, DataProduct product, List<String> refusals) {
        Set<String> members = members(product.document());
        if (sync.approvedBy().isBlank()) {
            refusals.add("nobody has approved the fields: an owner of %s (%s) puts their name under approvedBy in %s"
                    .formatted(sync.from(), names(members), sync.file().getFileName()));
        } else if (!members.contains(sync.approvedBy())) {
            refusals.add(
                    "approvedBy is %s, who is not in the team of %s (%s): a member approves, or team.members of %s names them"
                            .formatted(
                                    sync.approvedBy(),
                                    sync.from(),
                                    names(members),
                                    product.file().getFileName()));
        }
    }

    private static void checkColumns(Sync sync, DataProduct product, List<String> refusals) {
        if (product.key().isEmpty()) {
            refusals.add("%s has no primary key, so no row of it can be found again at the destination"
                    .formatted(sync.from()));
            return;
        }
        Set<String> key = product.keyType().columns().stream().map(Column::name).collect(Collectors.toSet());
        if (!sync.key().keySet().equals(key)) {
            refusals.add("key names (%s); the primary key of %s is (%s), all of it and nothing else"
                    .formatted(sorted(sync.key().keySet()), sync.from(), sorted(key)));
        }
        for (String field : sync.fields().keySet()) {
            if (product.rowType().indexOf(field) < 0) {
                refusals.add("field %s is not in the contract of %s, which has %s"
                        .formatted(
                                field,
                                sync.from(),
                                product.rowType().columns().stream()
                                        .map(Column::name)
                                        .collect(Collectors.joining(", "))));
            }
        }
        Set<String> seen = new HashSet<>();
        List<String> written = new ArrayList<>(sync.key().values());
        written.addAll(sync.fields().values());
        for (String column : written) {
            if (!seen.add(column)) {
                refusals.add("column %s of %s is written twice".formatted(column, sync.table()));
            }
        }
    }

    /** The databases that the contract lists, at its root or its schema; empty where it says nothing. */
    private static Optional<Set<String>> allowed(Map<String, Object> contract) {
        List<Object> properties = new ArrayList<>(list(contract.get("customProperties")));
        for (Object schema : list(contract.get("schema"))) {
            properties.addAll(list(map(schema).get("customProperties")));
        }
        return properties.stream()
                .map(SyncApproval::map)
                .filter(property -> DESTINATIONS.equals(property.get("property")))
                .map(property -> texts(property.get("value")))
                .findFirst();
    }

    /** ODCS 3.1 has {@code team: {members: [...]}}; a bare list is the older form. Who has left ({@code dateOut}) is no member. */
    private static Set<String> members(Map<String, Object> contract) {
        Object team = contract.get("team");
        List<Object> members =
                team instanceof List<?> ? list(team) : list(map(team).get("members"));
        return members.stream()
                .map(SyncApproval::map)
                .filter(member -> member.get("dateOut") == null)
                .map(member -> String.valueOf(member.get("username")))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String names(Set<String> members) {
        return members.isEmpty() ? "its contract names no team.members" : String.join(", ", members);
    }

    private static String sorted(Set<String> names) {
        return String.join(", ", new TreeSet<>(names));
    }

    private static Set<String> texts(@Nullable Object value) {
        return value instanceof List<?>
                ? list(value).stream().map(String::valueOf).collect(Collectors.toCollection(TreeSet::new))
                : Set.of(String.valueOf(value));
    }

    private static List<Object> list(@Nullable Object value) {
        return value instanceof List<?> values ? List.copyOf(values) : List.of();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(@Nullable Object value) {
        return value instanceof Map<?, ?> values ? (Map<String, Object>) values : Map.of();
    }
}
