package io.weir.debezium;

import io.weir.debezium.Standstill.Sight;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.JMRuntimeException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process where capture stands still. After an outage of its database the connector may wait for ever on a connection that is no more, and
 * calls itself well; whoever supervises the process starts it again, and it goes on from where it was.
 */
final class CaptureWatchdog {

    private static final Logger LOG = LoggerFactory.getLogger(CaptureWatchdog.class);
    private static final int STOOD_STILL = 3;

    /** How many times it looks within its patience. */
    private static final int LOOKS = 6;

    private final CapturedSource captured;
    private final Duration patience;
    private final Standstill standstill = new Standstill(LOOKS);
    private boolean hasStreamed;

    CaptureWatchdog(CapturedSource captured, Duration patience) {
        this.captured = captured;
        this.patience = patience;
    }

    void start() {
        long pauseMs = Math.max(1, patience.dividedBy(LOOKS).toMillis());
        var _ = Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("capture-watchdog").factory())
                .scheduleWithFixedDelay(this::watch, pauseMs, pauseMs, TimeUnit.MILLISECONDS);
    }

    private void watch() {
        Optional<Sight> sight = look();
        if (sight.isEmpty()) {
            standstill.lookAway();
        } else if (standstill.look(sight.get())) {
            LOG.error(
                    "{}: {}: its log has gone on, and for {} s nothing of it has come out. Capture ends, to begin again where it was.",
                    captured.file(),
                    captured.place(),
                    patience.toSeconds());
            // What hangs would hang in an orderly end too; what was not confirmed is read again.
            Runtime.getRuntime().halt(STOOD_STILL);
        }
    }

    /** Empty while the database does not answer, or has no slot of ours yet. */
    private Optional<Sight> look() {
        long delivered = Deliveries.answered();
        // Until it streams for the first time it starts, which may take long and is watched by its readiness.
        hasStreamed |= figures("streaming", "Connected");
        boolean isBusy = !hasStreamed || Deliveries.underWay() > 0 || figures("snapshot", "SnapshotRunning");
        try (Connection connection = captured.open();
                PreparedStatement query = connection.prepareStatement("""
                        SELECT pg_current_wal_flush_lsn() - '0/0', confirmed_flush_lsn - '0/0'
                        FROM   pg_replication_slots
                        WHERE  slot_name = ? AND confirmed_flush_lsn IS NOT NULL""")) {
            query.setString(1, captured.slot());
            try (ResultSet found = query.executeQuery()) {
                return found.next()
                        ? Optional.of(new Sight(found.getLong(1), found.getLong(2), delivered, isBusy))
                        : Optional.empty();
            }
        } catch (SQLException e) {
            LOG.debug("{} does not answer", captured.place(), e);
            return Optional.empty();
        }
    }

    /** Whether one of the connector's figures of this context is true; false while there are none. */
    private static boolean figures(String context, String name) {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        try {
            ObjectName pattern =
                    new ObjectName("debezium.postgres:type=connector-metrics,context=%s,*".formatted(context));
            for (ObjectName bean : beans.queryNames(pattern, null)) {
                if (Boolean.TRUE.equals(beans.getAttribute(bean, name))) {
                    return true;
                }
            }
        } catch (JMException | JMRuntimeException gone) {
            LOG.debug("The connector's figures cannot be read", gone);
        }
        return false;
    }
}
