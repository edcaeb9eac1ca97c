package io.weir.cli.demo;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What the shops are called, sell and cook with. Pure but for the random source that is handed in. */
final class Catalogue {

    static final List<String> FIRST_NAMES = List.of(
            "Ada", "Alan", "Amina", "Anna", "Barbara", "Carlos", "Chloe", "Dilek", "Edsger", "Elena", "Emil", "Fatima",
            "Grace", "Hugo", "Ines", "Ivan", "Jules", "Karen", "Lars", "Leslie", "Linus", "Mei", "Mia", "Noor", "Omar",
            "Paula", "Radia", "Sofia", "Tim", "Yusuf");
    static final List<String> LAST_NAMES = List.of(
            "Almeida",
            "Becker",
            "Bernard",
            "Brown",
            "Dijkstra",
            "Dubois",
            "Fischer",
            "Garcia",
            "Hansen",
            "Jones",
            "Kaya",
            "Khan",
            "Kowalski",
            "Lamport",
            "Lee",
            "Martin",
            "Meyer",
            "Moreau",
            "Novak",
            "Okafor",
            "Petit",
            "Rossi",
            "Schmidt",
            "Silva",
            "Smith",
            "Taylor",
            "Visser",
            "Weber",
            "Wilson",
            "de Jong");
    private static final List<String> CITIES = List.of(
            "Berlin", "Paris", "London", "Amsterdam", "Brooklyn", "Hamburg", "Lyon", "Leeds", "Utrecht", "Chicago");
    private static final List<String> FILLINGS = List.of(
            "mushroom",
            "cheddar",
            "pear and brie",
            "chili",
            "spinach",
            "ham",
            "aubergine",
            "tuna",
            "black bean",
            "egg");
    private static final List<String> DRINKS = List.of(
            "espresso",
            "cold brew",
            "mint tea",
            "lemonade",
            "oat flat white",
            "ginger beer",
            "cocoa",
            "chai",
            "cider",
            "tonic");
    private static final List<String> SWEETS = List.of(
            "brownie",
            "cheesecake",
            "fudge",
            "lemon tart",
            "stroopwafel",
            "macaron",
            "scone",
            "flan",
            "cookie",
            "sorbet");
    private static final List<String> SUPPLIES = List.of("bread", "cup", "lid", "napkin", "butter", "box");
    private static final List<String> WORDS = List.of(
            "butter",
            "toast",
            "until",
            "golden",
            "fold",
            "gently",
            "salt",
            "contains",
            "wheat",
            "milk",
            "nuts",
            "serve",
            "warm",
            "with",
            "herbs",
            "press",
            "firmly",
            "rest",
            "slice",
            "traces",
            "of",
            "egg",
            "and",
            "soy");

    private Catalogue() {}

    static String city(int store) {
        return CITIES.get(store % CITIES.size());
    }

    /** {@code jaffle}, {@code drink} or {@code sweet}, in turn. */
    static String category(int product) {
        return switch (product % 3) {
            case 0 -> "jaffle";
            case 1 -> "drink";
            default -> "sweet";
        };
    }

    /** {@code JAF-001}: the category and a number from 1. */
    static String sku(int product) {
        String prefix =
                switch (product % 3) {
                    case 0 -> "JAF";
                    case 1 -> "DRI";
                    default -> "SWE";
                };
        return "%s-%03d".formatted(prefix, product / 3 + 1);
    }

    static String productName(int product) {
        List<String> names =
                switch (product % 3) {
                    case 0 -> FILLINGS;
                    case 1 -> DRINKS;
                    default -> SWEETS;
                };
        int nth = product / 3;
        String name = names.get(nth % names.size());
        return nth < names.size() ? name : name + " no. " + (nth / names.size() + 1);
    }

    static String supply(int number) {
        return SUPPLIES.get(number % SUPPLIES.size());
    }

    /** 1.00 to 14.99. */
    static BigDecimal price(SplittableRandom random) {
        return BigDecimal.valueOf(random.nextInt(100, 1500), 2);
    }

    /** Between 4 and 8 kB, more than a page of PostgreSQL keeps in line. */
    static String recipe(SplittableRandom random) {
        int words = random.nextInt(700, 1300);
        List<String> text = new ArrayList<>(words);
        for (int i = 0; i < words; i++) {
            text.add(Dirt.pick(random, WORDS));
        }
        return String.join(" ", text);
    }
}
