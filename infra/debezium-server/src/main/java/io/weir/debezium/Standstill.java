package io.weir.debezium;

import org.jspecify.annotations.Nullable;

/**
 * Tells capture that stands still from capture that has nothing to do: the database's log went on, and for a while neither was any of it
 * confirmed nor did a change come out. Not thread-safe.
 */
final class Standstill {

    /**
     * What is seen at one moment.
     *
     * @param written the end of the database's log
     * @param confirmed up to where the slot's reader has confirmed it
     * @param delivered how many changes Kafka has answered
     * @param isBusy it starts, a snapshot runs, or Kafka owes an answer: standing still would not be a fault
     */
    record Sight(long written, long confirmed, long delivered, boolean isBusy) {}

    private final int patience;
    private @Nullable Sight first;
    private int alike;

    /** @param patience how many sights without a move make a standstill: sights and not time, for a process may have been asleep itself */
    Standstill(int patience) {
        this.patience = patience;
    }

    /** @return whether it stands still */
    boolean look(Sight now) {
        if (first == null || isMoving(first, now)) {
            first = now;
            alike = 0;
        } else {
            alike++;
        }
        return alike >= patience;
    }

    /** Nothing could be seen, such as while the database is down: that time does not count. */
    void lookAway() {
        first = null;
    }

    private static boolean isMoving(Sight first, Sight now) {
        return now.isBusy()
                || now.delivered() != first.delivered()
                || now.confirmed() != first.confirmed()
                || now.confirmed() >= first.written();
    }
}
