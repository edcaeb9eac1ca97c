package io.weir.cli.demo;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How the simulator behaves.
 *
 * @param jdbcUrl the shops' database, {@code jdbc:postgresql://host:port/shop}
 * @param rate changes (rows) per second that are aimed at; {@link #UNLIMITED} for as many as go
 * @param seed the same seed on the same data writes the same rows
 * @param scale how much there is in the beginning: 200 customers and 500 orders for each unit; ignored where the tables hold rows
 * @param changes stop after about so many changes (the event that reaches it is completed); empty: run until interrupted. The initial data do not count
 */
public record SimulatorOptions(
        String jdbcUrl,
        String user,
        @Nullable String password,
        double rate,
        long seed,
        int scale,
        OptionalLong changes) {

    /** No pause between changes. */
    public static final double UNLIMITED = Double.POSITIVE_INFINITY;

    /** The role that {@code database/shop.sql} creates for the shops' application. */
    public static final String DEFAULT_USER = "shop_app";

    public static final double DEFAULT_RATE = 10;
    public static final long DEFAULT_SEED = 42;
    public static final int DEFAULT_SCALE = 1;

    /** What a bounded run ({@code --once}) writes for each unit of scale, beyond the initial data. */
    public static final long CHANGES_ONCE = 1_000;

    public SimulatorOptions {
        if (!jdbcUrl.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException(
                    "\"%s\" is not a PostgreSQL JDBC URL: jdbc:postgresql://host:port/shop".formatted(jdbcUrl));
        }
        if (!(rate > 0)) {
            throw new IllegalArgumentException("rate is %s changes a second: it has to be above 0".formatted(rate));
        }
        if (scale < 1 || scale > 1000) {
            throw new IllegalArgumentException("scale is %d: it has to be between 1 and 1000".formatted(scale));
        }
        if (changes.isPresent() && changes.getAsLong() < 0) {
            throw new IllegalArgumentException("changes is %d: it cannot be negative".formatted(changes.getAsLong()));
        }
    }

    /** Runs until interrupted, gently. */
    public static SimulatorOptions of(String jdbcUrl, @Nullable String password) {
        return new SimulatorOptions(
                jdbcUrl, DEFAULT_USER, password, DEFAULT_RATE, DEFAULT_SEED, DEFAULT_SCALE, OptionalLong.empty());
    }

    public SimulatorOptions withUser(String value) {
        return new SimulatorOptions(jdbcUrl, value, password, rate, seed, scale, changes);
    }

    public SimulatorOptions withRate(double value) {
        return new SimulatorOptions(jdbcUrl, user, password, value, seed, scale, changes);
    }

    public SimulatorOptions withSeed(long value) {
        return new SimulatorOptions(jdbcUrl, user, password, rate, value, scale, changes);
    }

    public SimulatorOptions withScale(int value) {
        return new SimulatorOptions(jdbcUrl, user, password, rate, seed, value, changes);
    }

    /** Stops after about so many changes. */
    public SimulatorOptions withChanges(long value) {
        return new SimulatorOptions(jdbcUrl, user, password, rate, seed, scale, OptionalLong.of(value));
    }

    /** A bounded run: {@link #CHANGES_ONCE} changes for each unit of scale. */
    public SimulatorOptions once() {
        return withChanges(CHANGES_ONCE * scale);
    }
}
