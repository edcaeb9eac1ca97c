package io.weir.benchmarks.comparison;

/** Who does the work. */
enum Engine {
    WEIR("Weir"),
    WEIR_MEMORY("Weir, state in memory"),
    WEIR_UNOBSERVED("itself, without observations"),
    BY_HAND("Kafka Streams by hand"),
    FLINK("Flink SQL"),
    FLINK_MEMORY("Flink SQL, state in memory");

    private final String title;

    Engine(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    boolean isFlink() {
        return this == FLINK || this == FLINK_MEMORY;
    }
}
