package io.weir.cli.demo;

import java.time.Duration;
import java.util.Map;

/**
 * What the simulator has done so far; only what the database has confirmed.
 *
 * @param events how often each kind happened
 * @param changes rows changed, the initial data included; rows that a foreign key's cascade changed are not counted
 * @param rate changes per second since the last report
 * @param reconnects times that the connection was lost and found again
 * @param retried transactions given up because somebody else changed the same rows
 */
public record SimulatorReport(
        Map<ShopEventKind, Long> events,
        long changes,
        long transactions,
        double rate,
        long reconnects,
        long retried,
        Duration elapsed) {

    public SimulatorReport {
        events = Map.copyOf(events);
    }
}
