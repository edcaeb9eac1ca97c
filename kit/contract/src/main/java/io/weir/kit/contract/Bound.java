package io.weir.kit.contract;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a measured number must keep, as ODCS says it.
 *
 * @param low the only number where the operator has one
 * @param high the same as {@code low} unless the operator has two
 */
public record Bound(Operator operator, double low, double high) {

    /** ODCS's operators. Ranges include their ends. */
    public enum Operator {
        MUST_BE("mustBe", "exactly"),
        MUST_NOT_BE("mustNotBe", "not"),
        MUST_BE_GREATER_THAN("mustBeGreaterThan", "more than"),
        MUST_BE_GREATER_OR_EQUAL_TO("mustBeGreaterOrEqualTo", "at least"),
        MUST_BE_LESS_THAN("mustBeLessThan", "less than"),
        MUST_BE_LESS_OR_EQUAL_TO("mustBeLessOrEqualTo", "at most"),
        MUST_BE_BETWEEN("mustBeBetween", "between"),
        MUST_NOT_BE_BETWEEN("mustNotBeBetween", "not between");

        private final String text;
        private final String words;

        Operator(String text, String words) {
            this.text = text;
            this.words = words;
        }

        /** As a contract writes it. */
        public String text() {
            return text;
        }

        boolean isRange() {
            return this == MUST_BE_BETWEEN || this == MUST_NOT_BE_BETWEEN;
        }

        static Optional<Operator> of(String text) {
            return Arrays.stream(values())
                    .filter(operator -> operator.text.equals(text))
                    .findFirst();
        }
    }

    public static Bound atMost(double most) {
        return new Bound(Operator.MUST_BE_LESS_OR_EQUAL_TO, most, most);
    }

    public static Bound atLeast(double least) {
        return new Bound(Operator.MUST_BE_GREATER_OR_EQUAL_TO, least, least);
    }

    public boolean holds(double measured) {
        return switch (operator) {
            case MUST_BE -> measured == low;
            case MUST_NOT_BE -> measured != low;
            case MUST_BE_GREATER_THAN -> measured > low;
            case MUST_BE_GREATER_OR_EQUAL_TO -> measured >= low;
            case MUST_BE_LESS_THAN -> measured < low;
            case MUST_BE_LESS_OR_EQUAL_TO -> measured <= low;
            case MUST_BE_BETWEEN -> measured >= low && measured <= high;
            case MUST_NOT_BE_BETWEEN -> measured < low || measured > high;
        };
    }

    /** Whether a count keeps it only by being none. */
    public boolean allowsNone(boolean wholeNumbers) {
        return holds(0) && !holds(wholeNumbers ? 1 : Double.MIN_NORMAL) && !holds(Long.MAX_VALUE);
    }

    /** Whether too little can break it and too much cannot: then it is missing rows that break it. */
    public boolean isFloor() {
        return operator == Operator.MUST_BE_GREATER_THAN || operator == Operator.MUST_BE_GREATER_OR_EQUAL_TO;
    }

    /** {@code "at most 5"}. */
    @Override
    public String toString() {
        return operator.words + " " + number(low) + (operator.isRange() ? " and " + number(high) : "");
    }

    /** A number as a person writes it, with four digits after the point at most. */
    public static String number(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return Double.toString(number);
        }
        BigDecimal exact = BigDecimal.valueOf(number);
        BigDecimal rounded = exact.setScale(4, java.math.RoundingMode.HALF_UP);
        return (rounded.signum() == 0 ? exact : rounded).stripTrailingZeros().toPlainString();
    }
}
