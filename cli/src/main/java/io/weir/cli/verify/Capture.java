package io.weir.cli.verify;

import io.weir.cli.mesh.Stages;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.Schemas;
import io.weir.kit.contract.Source;
import io.weir.kit.contract.Sync;
import io.weir.kit.stream.StageId;
import io.weir.kit.stream.StageStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares every captured table with its bronze product, row by row, while the mesh runs.
 *
 * <p>What differs at first is looked at again until it is explained, or until the capture has confirmed all that was written before and the stage
 * has read it: then it is a difference. So it costs nothing to wait for where all is well.
 */
final class Capture {

    private static final Duration BETWEEN = Duration.ofSeconds(1);

    /** From the commit to bronze, where all is well, several times over. */
    private static final Duration ON_ITS_WAY = Duration.ofSeconds(3);

    private final Domain domain;
    private final String kafka;
    private final Schemas schemas;
    private final Verification.Destinations databases;
    private final Map<Source, String> written = new HashMap<>();
    private final Map<Source, Long> capturedAtMs = new HashMap<>();

    Capture(Domain domain, String kafka, Schemas schemas, Verification.Destinations databases) {
        this.domain = domain;
        this.kafka = kafka;
        this.schemas = schemas;
        this.databases = databases;
    }

    /** What came of it; {@code behind}, where it is not empty, has not caught up within the limit, and then there is nothing else. */
    record Outcome(Optional<String> behind, List<Comparison> comparisons) {}

    Outcome compare(Duration limit) throws InterruptedException {
        List<CapturedTable> tables = tables();
        Map<CapturedTable, Comparison> verdicts = new HashMap<>();
        long deadline = System.nanoTime() + limit.toNanos();
        Optional<String> behind = Optional.of("nothing was looked at");
        while (true) {
            for (CapturedTable table : tables) {
                if (!verdicts.containsKey(table)) {
                    look(table).ifPresent(failed -> verdicts.put(table, failed));
                }
                if (!verdicts.containsKey(table) && (table.isClear() || (behind.isEmpty() && table.rests()))) {
                    verdicts.put(table, table.comparison());
                }
            }
            if (verdicts.size() == tables.size()) {
                return new Outcome(
                        Optional.empty(),
                        tables.stream()
                                .flatMap(table -> Optional.ofNullable(verdicts.get(table)).stream())
                                .toList());
            }
            behind = behind(tables.stream()
                    .filter(table -> !verdicts.containsKey(table))
                    .toList());
            if (System.nanoTime() > deadline) {
                if (behind.isPresent()) {
                    return new Outcome(behind, List.of());
                }
                // What has not rested for so long is left out; see CapturedTable.
                tables.forEach(table -> verdicts.computeIfAbsent(table, CapturedTable::comparison));
                continue;
            }
            Thread.sleep(behind.isPresent() ? BETWEEN : ON_ITS_WAY);
        }
    }

    /** All but those that a sync of this domain writes: what Weir wrote there is not taken in again, and cannot be told from the rest. */
    private List<CapturedTable> tables() {
        List<CapturedTable> tables = new ArrayList<>();
        for (Source source : domain.sources()) {
            for (Source.Table table : source.tables()) {
                DataProduct product = domain.products().get(table.product());
                boolean written = domain.syncs().stream().anyMatch(sync -> isWritten(sync, source, table));
                if (product != null && !written) {
                    tables.add(new CapturedTable(source, table, product));
                }
            }
        }
        return tables;
    }

    private static boolean isWritten(Sync sync, Source source, Source.Table table) {
        return source.connection()
                        .filter(from -> from.host().equals(sync.to().host())
                                && from.port() == sync.to().port()
                                && from.database().equals(sync.to().database()))
                        .isPresent()
                && sync.table().equals(table.table());
    }

    /** The comparison, where it failed. */
    private Optional<Comparison> look(CapturedTable table) {
        Source source = table.source();
        try (Connection database = databases.open(source.connection().orElseThrow());
                TopicTables topics = new TopicTables(kafka, schemas)) {
            database.setReadOnly(true);
            database.setAutoCommit(false);
            table.look(database, topics);
            if (!written.containsKey(source)) {
                written.put(source, position(database));
            }
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(
                    Comparison.failed(table.subject(), "the table cannot be read: " + Verification.firstLine(e)));
        }
    }

    private static String position(Connection database) throws SQLException {
        try (Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_current_wal_lsn()::text")) {
            row.next();
            return row.getString(1);
        }
    }

    private Optional<String> behind(List<CapturedTable> tables) {
        Map<String, StageStatus> stages = new HashMap<>();
        Stages.read(kafka, Duration.ofSeconds(10)).forEach(stage -> stages.put(stage.stage(), stage));
        for (CapturedTable table : tables) {
            Optional<String> behind = captureBehind(table.source())
                    .or(() -> stageBehind(
                            StageId.of("ingest", table.product().name()).toString(),
                            stages,
                            capturedAtMs.getOrDefault(table.source(), Long.MAX_VALUE)));
            if (behind.isPresent()) {
                return behind;
            }
        }
        return Optional.empty();
    }

    private Optional<String> captureBehind(Source source) {
        if (capturedAtMs.containsKey(source)) {
            return Optional.empty();
        }
        try (Connection database = databases.open(source.connection().orElseThrow());
                PreparedStatement query = database.prepareStatement(
                        "SELECT active, confirmed_flush_lsn >= ?::pg_lsn FROM pg_replication_slots WHERE slot_name = ?")) {
            query.setString(1, written.getOrDefault(source, "FFFFFFFF/FFFFFFFF"));
            query.setString(2, source.slot());
            try (ResultSet slot = query.executeQuery()) {
                if (!slot.next() || !slot.getBoolean(1)) {
                    return Optional.of("the capture of %s is not connected".formatted(source.name()));
                }
                if (!slot.getBoolean(2)) {
                    return Optional.of("the capture of %s has not caught up".formatted(source.name()));
                }
            }
            capturedAtMs.put(source, System.currentTimeMillis());
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of("%s does not answer: %s".formatted(source.name(), Verification.firstLine(e)));
        }
    }

    private static Optional<String> stageBehind(String id, Map<String, StageStatus> stages, long capturedAtMs) {
        StageStatus stage = stages.get(id);
        if (stage == null
                || stage.state() != StageStatus.State.RUNNING
                || stage.lag() != 0
                || stage.updatedAtMs() < capturedAtMs + ON_ITS_WAY.toMillis()) {
            return Optional.of("%s has not read all that was captured".formatted(id));
        }
        return Optional.empty();
    }
}
