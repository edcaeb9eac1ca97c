package io.weir.kit.contract;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Weir's own settings among the {@code customProperties} of one place; what other tools keep there is left alone. */
final class Settings {

    /** A setting: of an object of the schema, or of every place. */
    enum Setting {
        KIND("kind", false),
        KEY("key", false),
        PARTITIONS("partitions", false),
        EVENT_TIME("eventTime", false),
        LATENESS("lateness", false),
        EMIT("emit", false),
        RETENTION("retention", false),
        COMPATIBILITY("compatibility", false),
        REFERENCE_WAIT("referenceWait", false),
        ON_VIOLATION("onViolation", true);

        private final String text;
        private final boolean everywhere;

        Setting(String text, boolean everywhere) {
            this.text = text;
            this.everywhere = everywhere;
        }

        private static Optional<Setting> of(String text) {
            return Arrays.stream(values())
                    .filter(setting -> setting.text.equals(text))
                    .findFirst();
        }
    }

    /** Where custom properties stand. */
    enum Place {
        CONTRACT("a contract"),
        OBJECT("an object of the schema"),
        COLUMN("a column"),
        RULE("a quality rule"),
        RELATIONSHIP("a relationship");

        private final String text;

        Place(String text) {
            this.text = text;
        }
    }

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9}) ?(ms|s|m|h|d)");

    private final Map<Setting, Fields> found = new EnumMap<>(Setting.class);

    Settings(Fields at, Place place) {
        List<String> known = Arrays.stream(Setting.values())
                .filter(setting -> setting.everywhere || place == Place.OBJECT)
                .map(setting -> setting.text)
                .toList();
        for (Fields custom : at.objects("customProperties")) {
            String property = custom.has("property") ? custom.textOr("property", null) : null;
            if (property == null) {
                continue;
            }
            Optional<Setting> setting = Setting.of(property);
            if (setting.isEmpty()) {
                DidYouMean.of(property, known)
                        .ifPresent(near -> custom.problem(
                                "property",
                                "custom property \"%s\" is not known (did you mean \"%s\"?)"
                                        .formatted(property, near)));
            } else if (!known.contains(property)) {
                custom.problem(
                        "property",
                        "custom property \"%s\" means nothing for %s: it belongs to %s"
                                .formatted(property, place.text, Place.OBJECT.text));
            } else if (found.putIfAbsent(setting.get(), custom) != null) {
                custom.problem("property", "custom property \"%s\" appears twice: remove one".formatted(property));
            }
        }
    }

    boolean has(Setting setting) {
        return found.containsKey(setting);
    }

    <E extends Enum<E>> E oneOf(Setting setting, Class<E> type, E fallback) {
        Fields.Text text = text(setting);
        return text == null ? fallback : at(setting).oneOf(setting.text, text, type, fallback);
    }

    int count(Setting setting, int fallback) {
        return has(setting) ? at(setting).count("value", fallback) : fallback;
    }

    Optional<String> word(Setting setting) {
        return Optional.ofNullable(text(setting)).map(Fields.Text::value);
    }

    Optional<Duration> duration(Setting setting) {
        return word(setting).flatMap(text -> {
            Optional<Duration> duration = duration(text);
            if (duration.isEmpty()) {
                problem(
                        setting,
                        "%s \"%s\" is no duration: write 90s, 15m, 2h, 7d or PT15M".formatted(setting.text, text));
            }
            return duration;
        });
    }

    /** A problem at the setting's value. */
    void problem(Setting setting, String message) {
        at(setting).problem("value", message);
    }

    private static Optional<Duration> duration(String text) {
        Matcher form = DURATION.matcher(text);
        if (form.matches()) {
            long number = Long.parseLong(form.group(1));
            return Optional.of(
                    switch (form.group(2)) {
                        case "ms" -> Duration.ofMillis(number);
                        case "s" -> Duration.ofSeconds(number);
                        case "m" -> Duration.ofMinutes(number);
                        case "h" -> Duration.ofHours(number);
                        default -> Duration.ofDays(number);
                    });
        }
        try {
            Duration duration = Duration.parse(text);
            return duration.isNegative() ? Optional.empty() : Optional.of(duration);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private Fields.@Nullable Text text(Setting setting) {
        Fields custom = found.get(setting);
        return custom != null && custom.has("value") ? custom.placed("value") : null;
    }

    private Fields at(Setting setting) {
        Fields custom = found.get(setting);
        if (custom == null) {
            throw new IllegalStateException(setting + " is not set");
        }
        return custom;
    }
}
