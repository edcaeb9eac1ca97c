package io.weir.cli.demo;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * How people and tills spell things. Pure but for the random source that is handed in.
 *
 * <p>Most of it a model can clean; a little cannot be recognised by anybody and has to end in quarantine.
 */
final class Dirt {

    /** Countries that the shops deliver to, in the spellings that are met. */
    static final Map<String, List<String>> COUNTRIES = Map.of(
            "DE", List.of("DE", "de", "Germany", "germany ", "Deutschland", " DEU"),
            "FR", List.of("FR", "fr", "France", "FRANCE", " fra"),
            "GB", List.of("GB", "UK", "uk ", "United Kingdom", "Great Britain", "GBR"),
            "NL", List.of("NL", "nl", "Netherlands", "Holland", " nld "),
            "US", List.of("US", "usa", "USA ", "United States", "U.S.A.", "America"));

    private static final List<String> UNKNOWN_COUNTRIES = List.of("Atlantis", "n/a", "??", "Ruritania", "Deutchland");

    private Dirt() {}

    /** A spelling of this country; for about one in ten nothing, for one in two hundred something that is no country. */
    static @Nullable String country(SplittableRandom random, String code) {
        int dice = random.nextInt(200);
        if (dice == 0) {
            return pick(random, UNKNOWN_COUNTRIES);
        }
        if (dice < 20) {
            return dice < 10 ? null : "";
        }
        return pick(random, COUNTRIES.getOrDefault(code, List.of(code)));
    }

    /** This address in capitals or with blanks around it; for a few nothing, for one in two hundred something that is no address. */
    static @Nullable String email(SplittableRandom random, String address) {
        int dice = random.nextInt(200);
        if (dice == 0) {
            return address.replace("@", " at ");
        }
        if (dice < 6) {
            return dice < 3 ? null : " ";
        }
        if (dice < 40) {
            return spell(random, address);
        }
        return address;
    }

    /** Another spelling of the same address, so that only a normalised comparison finds the duplicate. */
    static String spell(SplittableRandom random, String address) {
        return switch (random.nextInt(4)) {
            case 0 -> address.toUpperCase(Locale.ROOT);
            case 1 -> " " + address;
            case 2 -> address + "  ";
            default -> Character.toUpperCase(address.charAt(0)) + address.substring(1);
        };
    }

    /** This name, padded or in capitals now and then; for one in fifteen nothing. */
    static @Nullable String name(SplittableRandom random, String name) {
        int dice = random.nextInt(30);
        return switch (dice) {
            case 0 -> null;
            case 1 -> "  ";
            case 2 -> " " + name + " ";
            case 3 -> name.toUpperCase(Locale.ROOT);
            default -> name;
        };
    }

    /** 1 to 4 units, mostly 1; one in four hundred is a slip of the hand: zero or less. */
    static int quantity(SplittableRandom random) {
        int dice = random.nextInt(400);
        if (dice == 0) {
            return -random.nextInt(2);
        }
        return dice < 260 ? 1 : dice < 350 ? 2 : dice < 385 ? 3 : 4;
    }

    static <T> T pick(SplittableRandom random, List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
