package io.weir.kit.contract;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.jspecify.annotations.Nullable;

/** Every difference between two versions of a contract, and what each would do to those who read the product. */
public final class ContractDiff {

    /** What a difference does to a reader, from nothing to the worst. */
    public enum Impact {
        /** Nothing that was promised changes. */
        COMPATIBLE,
        /** All goes on, but rows may look otherwise than they did. */
        BEHAVIOURAL,
        /** What the reader does fails, or becomes wrong. */
        BREAKING;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The worse of the two. */
        public Impact or(Impact other) {
            return compareTo(other) >= 0 ? this : other;
        }
    }

    /**
     * One difference.
     *
     * @param code what kind it is: {@code column-removed}, {@code enumeration-narrowed} ...; docs/contracts.md lists them
     * @param column the column concerned; null where the whole product is
     * @param from as it was, for a person; empty where it was not
     * @param to as it is to be
     * @param everybody what it does to every reader of the product, whatever columns it uses
     * @param users what it does at least to who uses the column
     * @param withdrawn values that the column can no longer have; null: all but {@code allowed}
     * @param allowed values that the column can have after it; empty where any
     */
    public record Difference(
            String code,
            @Nullable String column,
            String from,
            String to,
            Impact everybody,
            Impact users,
            @Nullable Set<String> withdrawn,
            Set<String> allowed) {

        /** {@code "email"}, or where it stands in the contract. */
        public String where() {
            return column == null ? "product" : column;
        }
    }

    private static final List<String> LOWER_BOUNDS =
            List.of("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties");
    private static final List<String> UPPER_BOUNDS =
            List.of("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties");
    private static final Set<String> MORE_IS_BETTER =
            Set.of("availability", "throughput", "retention", "generalAvailability", "endOfSupport", "endOfLife");

    private final DataProduct old;
    private final DataProduct next;
    private final List<Difference> differences = new ArrayList<>();

    private ContractDiff(DataProduct old, DataProduct next) {
        this.old = old;
        this.next = next;
    }

    /** In the order of the contract: the product, its columns, its promises, the rest. */
    public static List<Difference> between(DataProduct old, DataProduct next) {
        return new ContractDiff(old, next).find();
    }

    /** Whether {@code next} is a later major of the same product: both run side by side, so nobody has to move at once. */
    public static boolean isNewMajor(DataProduct old, DataProduct next) {
        return old.name().layer() == next.name().layer()
                && old.name().domain().equals(next.name().domain())
                && old.name().product().equals(next.name().product())
                && next.name().major() > old.name().major();
    }

    /** What the registry would say against the new value schema in place of the old one; empty where it would take it. */
    public static Optional<String> registryObjection(DataProduct old, DataProduct next) {
        Schema before = AvroMapping.valueSchema(old);
        Schema after = AvroMapping.valueSchema(next);
        String demanded = next.settings().compatibility().name();
        List<String> objections = new ArrayList<>();
        if (demanded.startsWith("FULL") || demanded.startsWith("BACKWARD")) {
            objection(after, before, "new readers could not read old rows", objections);
        }
        if (demanded.startsWith("FULL") || demanded.startsWith("FORWARD")) {
            objection(before, after, "old readers could not read new rows", objections);
        }
        return objections.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", objections));
    }

    private static void objection(Schema reader, Schema writer, String says, List<String> into) {
        SchemaCompatibility.SchemaPairCompatibility verdict =
                SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
        if (verdict.getType() != SchemaCompatibilityType.COMPATIBLE) {
            into.add(says + " ("
                    + verdict.getResult().getIncompatibilities().stream()
                            .map(one -> "%s at %s"
                                    .formatted(
                                            one.getType()
                                                    .name()
                                                    .toLowerCase(Locale.ROOT)
                                                    .replace('_', ' '),
                                            one.getLocation()))
                            .reduce((a, b) -> a + ", " + b)
                            .orElse("")
                    + ")");
        }
    }

    private List<Difference> find() {
        if (!old.name().equals(next.name())) {
            all(
                    isNewMajor(old, next) ? "new-major" : "product-replaced",
                    old.name().topic(),
                    next.name().topic(),
                    isNewMajor(old, next) ? Impact.COMPATIBLE : Impact.BREAKING);
        }
        product();
        for (Column column : old.rowType().columns()) {
            int position = next.rowType().indexOf(column.name());
            if (position < 0) {
                column("column-removed", column.name(), TypeNames.sql(column.type()), "", Impact.BREAKING);
            } else {
                column(column, next.rowType().columns().get(position));
            }
        }
        for (Column column : next.rowType().columns()) {
            if (old.rowType().indexOf(column.name()) < 0) {
                column(
                        "column-added",
                        column.name(),
                        "",
                        TypeNames.sql(column.type()) + (column.nullable() ? "" : ", required"),
                        Impact.COMPATIBLE);
            }
        }
        order();
        quality(null, Documents.object(old), Documents.object(next));
        serviceLevels();
        rest();
        return differences;
    }

    private void product() {
        if (!keyNames(old).equals(keyNames(next))) {
            all("key-changed", keyText(old), keyText(next), Impact.BREAKING);
        }
        if (old.kind() != next.kind()) {
            all("kind-changed", lower(old.kind()), lower(next.kind()), Impact.BREAKING);
        }
        if (old.partitions() != next.partitions()) {
            all(
                    "partitions-changed",
                    Integer.toString(old.partitions()),
                    Integer.toString(next.partitions()),
                    Impact.BREAKING);
        }
        if (old.onViolation() != next.onViolation()) {
            all("on-violation-changed", lower(old.onViolation()), lower(next.onViolation()), Impact.BEHAVIOURAL);
        }
        ProductSettings before = old.settings();
        ProductSettings after = next.settings();
        if (!before.eventTime().equals(after.eventTime())) {
            all(
                    "event-time-changed",
                    before.eventTime().orElse(""),
                    after.eventTime().orElse(""),
                    before.eventTime().isPresent() ? Impact.BREAKING : Impact.BEHAVIOURAL);
        }
        if (!before.lateness().equals(after.lateness())) {
            all(
                    "lateness-changed",
                    before.lateness().map(Object::toString).orElse("for ever"),
                    after.lateness().map(Object::toString).orElse("for ever"),
                    Impact.BEHAVIOURAL);
        }
        if (before.emit() != after.emit()) {
            all("emit-changed", lower(before.emit()), lower(after.emit()), Impact.BEHAVIOURAL);
        }
        if (!before.retention().equals(after.retention())) {
            boolean longer = after.retention().isEmpty()
                    || (before.retention().isPresent()
                            && after.retention()
                                            .get()
                                            .compareTo(before.retention().get())
                                    > 0);
            all(
                    longer ? "retention-extended" : "retention-shortened",
                    before.retention().map(Object::toString).orElse("for ever"),
                    after.retention().map(Object::toString).orElse("for ever"),
                    longer ? Impact.COMPATIBLE : Impact.BEHAVIOURAL);
        }
        if (before.compatibility() != after.compatibility()) {
            all(
                    "compatibility-changed",
                    before.compatibility().text(),
                    after.compatibility().text(),
                    after.compatibility() == ProductSettings.Compatibility.FULL_TRANSITIVE
                            ? Impact.COMPATIBLE
                            : Impact.BEHAVIOURAL);
        }
        status();
    }

    private void status() {
        String before = Documents.text(old.document(), "status");
        String after = Documents.text(next.document(), "status");
        if (!before.equals(after)) {
            all(
                    "status-changed",
                    before,
                    after,
                    switch (after) {
                        case "retired" -> Impact.BREAKING;
                        case "deprecated" -> Impact.BEHAVIOURAL;
                        default -> Impact.COMPATIBLE;
                    });
        }
    }

    private void column(Column before, Column after) {
        String name = before.name();
        if (!before.type().equals(after.type())) {
            boolean widened = isWidened(before.type(), after.type());
            column(
                    widened ? "type-widened" : "type-changed",
                    name,
                    TypeNames.sql(before.type()),
                    TypeNames.sql(after.type()),
                    widened ? Impact.BEHAVIOURAL : Impact.BREAKING);
        }
        if (before.nullable() != after.nullable()) {
            column(
                    after.nullable() ? "required-withdrawn" : "required-added",
                    name,
                    before.nullable() ? "may be null" : "required",
                    after.nullable() ? "may be null" : "required",
                    after.nullable() ? Impact.BEHAVIOURAL : Impact.COMPATIBLE);
        }
        if (!Objects.equals(before.onError(), after.onError())) {
            column("on-error-changed", name, shown(before.onError()), shown(after.onError()), Impact.BEHAVIOURAL);
        }
        Map<String, @Nullable Object> declared = Documents.columns(old).getOrDefault(name, Map.of());
        Map<String, @Nullable Object> to = Documents.columns(next).getOrDefault(name, Map.of());
        boolean enumerated = enumeration(name, declared, to);
        options(name, declared, to, enumerated);
        quality(name, declared, to);
        onViolation(name);
        for (String field : both(declared, to)) {
            Object from = declared.get(field);
            Object now = to.get(field);
            if (Objects.equals(from, now)) {
                continue;
            }
            switch (field) {
                case "name",
                        "logicalType",
                        "physicalType",
                        "required",
                        "primaryKey",
                        "primaryKeyPosition",
                        "logicalTypeOptions",
                        "quality" -> {}
                case "unique" ->
                    column(
                            Boolean.TRUE.equals(now) ? "unique-added" : "unique-withdrawn",
                            name,
                            shown(from),
                            shown(now),
                            Boolean.TRUE.equals(now) ? Impact.COMPATIBLE : Impact.BEHAVIOURAL);
                case "classification", "encryptedName" ->
                    column(
                            field.toLowerCase(Locale.ROOT) + "-changed",
                            name,
                            shown(from),
                            shown(now),
                            Impact.BEHAVIOURAL);
                case "relationships" ->
                    column(
                            "reference-changed",
                            name,
                            shown(from),
                            shown(now),
                            from == null ? Impact.COMPATIBLE : Impact.BEHAVIOURAL);
                default -> column("documentation-changed", name, field, "", Impact.COMPATIBLE);
            }
        }
    }

    /** Whether values are told one by one, before or after, so that a pattern that says the same is no difference of its own. */
    private boolean enumeration(
            String column, Map<String, @Nullable Object> before, Map<String, @Nullable Object> after) {
        Optional<Set<String>> from = Enumeration.of(before);
        Optional<Set<String>> to = Enumeration.of(after);
        if (from.isEmpty() && to.isEmpty()) {
            return false;
        }
        if (from.equals(to)) {
            return true;
        }
        Set<String> withdrawn = new TreeSet<>(from.orElse(Set.of()));
        Set<String> added = new TreeSet<>(to.orElse(Set.of()));
        to.ifPresent(withdrawn::removeAll);
        from.ifPresent(added::removeAll);
        String was = from.map(values -> String.join(", ", values)).orElse("any value");
        String is = to.map(values -> String.join(", ", values)).orElse("any value");
        if (to.isPresent() && (from.isEmpty() || !withdrawn.isEmpty())) {
            differences.add(new Difference(
                    "enumeration-narrowed",
                    column,
                    was,
                    is,
                    Impact.COMPATIBLE,
                    Impact.COMPATIBLE,
                    from.isEmpty() ? null : withdrawn,
                    to.get()));
        }
        if (from.isPresent() && (to.isEmpty() || !added.isEmpty())) {
            differences.add(new Difference(
                    "enumeration-widened",
                    column,
                    was,
                    is,
                    Impact.COMPATIBLE,
                    Impact.BEHAVIOURAL,
                    Set.of(),
                    to.orElse(Set.of())));
        }
        return true;
    }

    private void options(
            String column,
            Map<String, @Nullable Object> before,
            Map<String, @Nullable Object> after,
            boolean enumerated) {
        Map<String, @Nullable Object> from = Documents.map(before.get("logicalTypeOptions"));
        Map<String, @Nullable Object> to = Documents.map(after.get("logicalTypeOptions"));
        for (String option : both(from, to)) {
            Object was = from.get(option);
            Object is = to.get(option);
            if (Objects.equals(was, is) || option.equals("timezone") || (enumerated && option.equals("pattern"))) {
                continue;
            }
            boolean tightened = was == null || (is != null && isTighter(option, was, is));
            column(
                    tightened ? "rule-tightened" : "rule-loosened",
                    column,
                    option + " " + shown(was),
                    option + " " + shown(is),
                    tightened ? Impact.COMPATIBLE : Impact.BEHAVIOURAL);
        }
    }

    private static boolean isTighter(String option, Object was, Object is) {
        int order = was instanceof Number && is instanceof Number
                ? new BigDecimal(is.toString()).compareTo(new BigDecimal(was.toString()))
                : is.toString().compareTo(was.toString());
        return (LOWER_BOUNDS.contains(option) && order > 0) || (UPPER_BOUNDS.contains(option) && order < 0);
    }

    private void onViolation(String column) {
        DataProduct.OnViolation was = old.settings().onViolation().getOrDefault(column, old.onViolation());
        DataProduct.OnViolation is = next.settings().onViolation().getOrDefault(column, next.onViolation());
        if (was != is && old.onViolation() == next.onViolation()) {
            column("on-violation-changed", column, lower(was), lower(is), Impact.BEHAVIOURAL);
        }
    }

    /** Promises over many rows; those that name valid values are told as enumerations. */
    private void quality(
            @Nullable String column, Map<String, @Nullable Object> before, Map<String, @Nullable Object> after) {
        Map<String, Map<String, @Nullable Object>> from = promises(before);
        Map<String, Map<String, @Nullable Object>> to = promises(after);
        from.forEach((name, was) -> {
            Map<String, @Nullable Object> is = to.get(name);
            if (is == null) {
                add("promise-withdrawn", column, name, "", Impact.BEHAVIOURAL);
            } else if (!was.equals(is)) {
                add("promise-changed", column, promise(was), promise(is), Impact.BEHAVIOURAL);
            }
        });
        to.forEach((name, is) -> {
            if (!from.containsKey(name)) {
                add("promise-added", column, "", promise(is), Impact.COMPATIBLE);
            }
        });
    }

    private static Map<String, Map<String, @Nullable Object>> promises(Map<String, @Nullable Object> at) {
        Map<String, Map<String, @Nullable Object>> promises = new LinkedHashMap<>();
        for (Map<String, @Nullable Object> quality : Documents.maps(at.get("quality"))) {
            if (Documents.map(quality.get("arguments")).containsKey("validValues")
                    || quality.containsKey("validValues")) {
                continue;
            }
            String name = Documents.text(quality, "id");
            name = name.isEmpty() ? Documents.text(quality, "name") : name;
            name = name.isEmpty() ? Documents.text(quality, "metric") + Documents.text(quality, "rule") : name;
            name = name.isEmpty() ? Documents.text(quality, "type") : name;
            String unique = name;
            for (int i = 2; promises.containsKey(unique); i++) {
                unique = name + " " + i;
            }
            promises.put(unique, quality);
        }
        return promises;
    }

    private static String promise(Map<String, @Nullable Object> quality) {
        Map<String, @Nullable Object> told = new LinkedHashMap<>(quality);
        List.of("description", "id", "name", "dimension", "businessImpact", "tags")
                .forEach(told::remove);
        return told.toString();
    }

    private void serviceLevels() {
        Map<String, Map<String, @Nullable Object>> from = levels(old);
        Map<String, Map<String, @Nullable Object>> to = levels(next);
        from.forEach((name, was) -> {
            Map<String, @Nullable Object> is = to.get(name);
            if (is == null) {
                all("service-level-withdrawn", level(name, was), "", Impact.BEHAVIOURAL);
            } else if (!level(name, was).equals(level(name, is))) {
                boolean better = was.get("value") instanceof Number a
                        && is.get("value") instanceof Number b
                        && Objects.equals(was.get("unit"), is.get("unit"))
                        && (new BigDecimal(b.toString()).compareTo(new BigDecimal(a.toString())) > 0)
                                == MORE_IS_BETTER.contains(Documents.text(was, "property"));
                all(
                        better ? "service-level-raised" : "service-level-lowered",
                        level(name, was),
                        level(name, is),
                        better ? Impact.COMPATIBLE : Impact.BEHAVIOURAL);
            }
        });
        to.forEach((name, is) -> {
            if (!from.containsKey(name)) {
                all("service-level-added", "", level(name, is), Impact.COMPATIBLE);
            }
        });
    }

    private static Map<String, Map<String, @Nullable Object>> levels(DataProduct product) {
        Map<String, Map<String, @Nullable Object>> levels = new LinkedHashMap<>();
        Documents.maps(product.document().get("slaProperties"))
                .forEach(level -> levels.put(
                        (Documents.text(level, "property") + " " + Documents.text(level, "element")).strip(), level));
        return levels;
    }

    private static String level(String name, Map<String, @Nullable Object> level) {
        return "%s %s %s"
                .formatted(name, shown(level.get("value")), Documents.text(level, "unit"))
                .strip();
    }

    /** Rows are read by position nowhere but in a copy by somebody else's hand. */
    private void order() {
        List<String> kept = names(old).stream().filter(names(next)::contains).toList();
        List<String> now = names(next).stream().filter(names(old)::contains).toList();
        if (!kept.equals(now)) {
            all("columns-reordered", String.join(", ", kept), String.join(", ", now), Impact.COMPATIBLE);
        }
    }

    private void rest() {
        Map<String, @Nullable Object> before = Documents.map(old.document());
        Map<String, @Nullable Object> after = Documents.map(next.document());
        for (String field : both(before, after)) {
            if (Objects.equals(before.get(field), after.get(field))) {
                continue;
            }
            switch (field) {
                case "schema", "slaProperties", "status", "customProperties" -> {}
                case "version" -> all("version-changed", old.version(), next.version(), Impact.COMPATIBLE);
                case "servers", "roles", "price" -> all("terms-changed", field, field, Impact.BEHAVIOURAL);
                default -> all("documentation-changed", field, "", Impact.COMPATIBLE);
            }
        }
        Map<String, @Nullable Object> from = Documents.object(old);
        Map<String, @Nullable Object> to = Documents.object(next);
        for (String field : both(from, to)) {
            if (!List.of("physicalName", "properties", "quality", "customProperties")
                            .contains(field)
                    && !Objects.equals(from.get(field), to.get(field))) {
                if (field.equals("relationships")) {
                    all(
                            "reference-changed",
                            shown(from.get(field)),
                            shown(to.get(field)),
                            from.get(field) == null ? Impact.COMPATIBLE : Impact.BEHAVIOURAL);
                } else {
                    all("documentation-changed", "schema " + field, "", Impact.COMPATIBLE);
                }
            }
        }
    }

    /** Avro 1.12 promotes the one to the other without loss, or SQL does. */
    private static boolean isWidened(DataType from, DataType to) {
        return switch (from) {
            case DataType.Int _ -> to instanceof DataType.BigInt;
            case DataType.Real _ -> to instanceof DataType.DoublePrecision;
            case DataType.Decimal(int precision, int scale) ->
                to instanceof DataType.Decimal(int wider, int finer)
                        && finer >= scale
                        && wider - finer >= precision - scale;
            case DataType.Array(DataType element) ->
                to instanceof DataType.Array(DataType other) && isSameOrWidened(element, other);
            case DataType.Mapping(DataType value) ->
                to instanceof DataType.Mapping(DataType other) && isSameOrWidened(value, other);
            case DataType.Struct(List<Column> fields) ->
                to instanceof DataType.Struct(List<Column> others)
                        && fields.stream().allMatch(field -> others.stream()
                                .anyMatch(other -> other.name().equals(field.name())
                                        && (field.nullable() || !other.nullable())
                                        && isSameOrWidened(field.type(), other.type())));
            default -> false;
        };
    }

    private static boolean isSameOrWidened(DataType from, DataType to) {
        return from.equals(to) || isWidened(from, to);
    }

    private void all(String code, String from, String to, Impact impact) {
        differences.add(new Difference(code, null, from, to, impact, impact, Set.of(), Set.of()));
    }

    private void column(String code, String column, String from, String to, Impact users) {
        differences.add(new Difference(code, column, from, to, Impact.COMPATIBLE, users, Set.of(), Set.of()));
    }

    private void add(String code, @Nullable String column, String from, String to, Impact impact) {
        if (column == null) {
            all(code, from, to, impact);
        } else {
            column(code, column, from, to, impact);
        }
    }

    private static Set<String> both(Map<String, @Nullable Object> a, Map<String, @Nullable Object> b) {
        Set<String> both = new LinkedHashSet<>(a.keySet());
        both.addAll(b.keySet());
        return both;
    }

    private static List<String> names(DataProduct product) {
        return product.rowType().columns().stream().map(Column::name).toList();
    }

    private static List<String> keyNames(DataProduct product) {
        return product.key().stream()
                .map(position -> product.rowType().columns().get(position).name())
                .toList();
    }

    private static String keyText(DataProduct product) {
        return product.key().isEmpty() ? "the whole row" : String.join(", ", keyNames(product));
    }

    private static String lower(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }

    private static String shown(@Nullable Object value) {
        return value == null ? "none" : value.toString();
    }
}
