package io.weir.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ingest.Decision.Erase;
import io.weir.ingest.Decision.Kind;
import io.weir.ingest.Decision.Reject;
import io.weir.ingest.Decision.Stop;
import io.weir.ingest.Decision.Verdict;
import io.weir.ingest.Decision.WholeTable;
import io.weir.ingest.Decision.Write;
import io.weir.kit.stream.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.Test;

/** Each trap of the facts, by name. */
class TableChangesTest {

    private static final Object GAP = Image.UNAVAILABLE;

    private final TableChanges changes = new TableChanges(Fixtures.PRODUCT_TYPE);
    private final Map<String, KeyState> keys = new TreeMap<>();
    private TableState table = TableState.NEW;
    private Position sweep;

    @Test
    void shouldWriteTheRowAfterACreation() {
        Verdict verdict = see("a", create(at(0, 10, 1), "a", "tea", "long"));

        assertThat(verdict).satisfies(wrote("a", "tea", "long"));
    }

    @Test
    void shouldStopAReplayOfTheSameEvent() {
        see("a", create(at(0, 10, 1), "a", "tea", "long"));

        Verdict verdict = see("a", create(at(0, 10, 1), "a", "tea", "long"));

        assertThat(verdict).isEqualTo(new Stop(Kind.REPLAY));
    }

    @Test
    void shouldStopAReplayOfAnOlderVersion() {
        see("a", create(at(0, 10, 1), "a", "tea", "long"));
        see("a", update(at(20, 30, 2), "a", "coffee", "long"));

        Verdict verdict = see("a", create(at(0, 10, 1), "a", "tea", "long"));

        assertThat(verdict).isEqualTo(new Stop(Kind.REPLAY));
    }

    @Test
    void shouldTakeALowerLsnOfATransactionThatCommittedLater() {
        // Transaction 1 wrote at 10, transaction 2 at 20; 2 committed first (end 30), then 1.
        see("b", create(at(5, 20, 2), "b", "tea", "x"));

        Verdict verdict = see("a", create(at(30, 10, 1), "a", "tea", "x"));

        assertThat(verdict).isInstanceOf(Write.class);
    }

    @Test
    void shouldTakeALowerLsnOnTheSameKeyWhenItsCommitIsLater() {
        see("a", create(at(0, 20, 2), "a", "tea", "x"));

        Verdict verdict = see("a", update(at(30, 10, 1), "a", "coffee", "x"));

        assertThat(verdict).satisfies(wrote("a", "coffee", "x"));
    }

    @Test
    void shouldKnowAReplayWhoseCommitLsnDiffersAfterARestartInsideTheTransaction() {
        see("a", create(at(0, 10, 1), "a", "tea", "x"));
        see("a", update(at(0, 12, 1), "a", "coffee", "x"));
        see("a", update(at(0, 14, 1), "a", "cocoa", "x"));

        Verdict verdict = see("a", update(at(10, 12, 1), "a", "coffee", "x"));

        assertThat(verdict).isEqualTo(new Stop(Kind.REPLAY));
    }

    @Test
    void shouldMoveARowWhoseKeyChanges() {
        see("a", create(at(0, 10, 1), "a", "tea", "x"));

        Verdict old = see("a", delete(at(20, 30, 2)));
        Verdict fresh = see("b", create(at(20, 30, 2), "b", "tea", "x"));

        assertThat(old).isEqualTo(new Erase());
        assertThat(fresh).satisfies(wrote("b", "tea", "x"));
    }

    @Test
    void shouldFillAnUnchangedLargeValueOfARowWhoseKeyChanges() {
        see("a", create(at(0, 10, 1), "a", "tea", "long"));

        see("a", delete(at(20, 30, 2)));
        Verdict fresh = see("b", create(at(20, 30, 2), "b", "tea", GAP));

        assertThat(fresh).satisfies(wrote("b", "tea", "long"));
    }

    @Test
    void shouldNotFillFromARowThatAnotherChangeDeleted() {
        see("a", create(at(0, 10, 1), "a", "tea", "long"));

        see("a", delete(at(20, 30, 2)));
        Verdict fresh = see("b", create(at(20, 32, 2), "b", "tea", GAP));

        assertThat(fresh).isInstanceOf(Reject.class);
    }

    @Test
    void shouldTakeADeletionAndACreationWithOneLsnOnOneKey() {
        // 1.0 -> 1.00: two keys for the source's log, one for the contract.
        see("a", create(at(0, 10, 1), "a", "tea", "x"));

        Verdict old = see("a", delete(at(20, 30, 2)));
        Verdict fresh = see("a", create(at(20, 30, 2), "a", "tea", "x"));
        Verdict replayedOld = see("a", delete(at(20, 30, 2)));

        assertThat(old).isEqualTo(new Erase());
        assertThat(fresh).satisfies(wrote("a", "tea", "x"));
        assertThat(replayedOld).isEqualTo(new Stop(Kind.REPLAY));
    }

    @Test
    void shouldStopAReplayOfARowThatIsDeletedNow() {
        see("a", create(at(0, 10, 1), "a", "tea", "x"));
        see("a", delete(at(20, 30, 2)));

        Verdict verdict = see("a", create(at(0, 10, 1), "a", "tea", "x"));

        assertThat(verdict).isEqualTo(new Stop(Kind.REPLAY));
    }

    @Test
    void shouldWriteTheTombstoneOfAKeyThatWasNeverMet() {
        Verdict verdict = see("a", delete(at(0, 10, 1)));

        assertThat(verdict).isEqualTo(new Erase());
    }

    @Test
    void shouldStopASecondDeletion() {
        see("a", delete(at(0, 10, 1)));

        Verdict verdict = see("a", delete(at(20, 30, 2)));

        assertThat(verdict).isEqualTo(new Stop(Kind.UNCHANGED));
    }

    @Test
    void shouldFillAnUnchangedLargeValue() {
        see("a", create(at(0, 10, 1), "a", "tea", "long"));

        Verdict verdict = see("a", update(at(20, 30, 2), "a", "coffee", GAP));

        assertThat(verdict).satisfies(wrote("a", "coffee", "long"));
    }

    @Test
    void shouldRejectAnUnchangedLargeValueThatWasNeverSeen() {
        Verdict verdict = see("a", update(at(0, 10, 1), "a", "coffee", GAP));

        assertThat(verdict).isInstanceOfSatisfying(Reject.class, reject -> {
            assertThat(reject.reason()).isEqualTo(ReasonCode.VALUE_UNAVAILABLE);
            assertThat(reject.field()).isEqualTo("description");
        });
    }

    @Test
    void shouldGoOnRejectingUntilTheLargeValueIsSeen() {
        see("a", update(at(0, 10, 1), "a", "coffee", GAP));
        Verdict still = see("a", update(at(20, 30, 2), "a", "tea", GAP));
        Verdict seen = see("a", update(at(40, 50, 3), "a", "tea", "long"));
        Verdict filled = see("a", update(at(60, 70, 4), "a", "cocoa", GAP));

        assertThat(still).isInstanceOf(Reject.class);
        assertThat(seen).satisfies(wrote("a", "tea", "long"));
        assertThat(filled).satisfies(wrote("a", "cocoa", "long"));
    }

    @Test
    void shouldNotFillFromARowThatIsOutOfDate() {
        see("a", create(at(0, 10, 1), "a", "tea", "long"));
        see("a", new ChangeEvent.Update(at(20, 30, 2), new Image.Unfit("type", "name", "is no number"), false));

        Verdict verdict = see("a", update(at(40, 50, 3), "a", "coffee", GAP));

        assertThat(verdict).isInstanceOfSatisfying(Reject.class, reject -> assertThat(reject.reason())
                .isEqualTo(ReasonCode.VALUE_UNAVAILABLE));
    }

    @Test
    void shouldRejectARowThatDoesNotFitTheContract() {
        Verdict verdict = see(
                "a", new ChangeEvent.Create(at(0, 10, 1), new Image.Unfit("column", "name", "no such column"), false));

        assertThat(verdict).isEqualTo(new Reject(ReasonCode.CONTRACT_VIOLATED, "column", "name", "no such column"));
    }

    @Test
    void shouldStopAnUpdateThatChangesNothing() {
        see("a", create(at(0, 10, 1), "a", "tea", "long"));

        Verdict verdict = see("a", update(at(20, 30, 2), "a", "tea", GAP));

        assertThat(verdict).isEqualTo(new Stop(Kind.UNCHANGED));
        assertThat(keys.get("a").position()).isEqualTo(at(20, 30, 2));
    }

    @Test
    void shouldWriteTheRowsOfASnapshot() {
        Verdict verdict = see("a", read(100, "a", "tea", "long", false));

        assertThat(verdict).satisfies(wrote("a", "tea", "long"));
    }

    @Test
    void shouldTakeTheFirstTransactionAfterASnapshotWhoseCommitIsUnknown() {
        see("a", read(100, "a", "tea", "long", true));

        Verdict verdict = see("a", update(at(0, 90, 7), "a", "coffee", GAP));

        assertThat(verdict).satisfies(wrote("a", "coffee", "long"));
    }

    @Test
    void shouldStopARowOfASecondSnapshotThatDidNotChange() {
        see("a", read(100, "a", "tea", "long", true));

        Verdict verdict = see("a", read(200, "a", "tea", "long", true));

        assertThat(verdict).isEqualTo(new Stop(Kind.UNCHANGED));
    }

    @Test
    void shouldTakeARowOfASecondSnapshotThatChangedWhileNobodyListened() {
        see("a", read(100, "a", "tea", "long", true));
        see("a", update(at(110, 120, 3), "a", "coffee", GAP));

        Verdict verdict = see("a", read(200, "a", "cocoa", "short", true));

        assertThat(verdict).satisfies(wrote("a", "cocoa", "short"));
    }

    @Test
    void shouldPreferANewerVersionOfTheStreamToARowOfASnapshot() {
        see("a", create(at(300, 310, 3), "a", "tea", "long"));

        Verdict verdict = see("a", read(200, "a", "old", "old", true));

        assertThat(verdict).isEqualTo(new Stop(Kind.REPLAY));
    }

    @Test
    void shouldSweepRowsThatASecondSnapshotDoesNotHold() {
        see("a", read(100, "a", "tea", "x", false));
        see("b", read(100, "b", "tea", "x", true));
        assertThat(sweep).isNull();

        see("b", read(200, "b", "tea", "x", true));

        assertThat(sweptAway()).containsExactly("a");
    }

    @Test
    void shouldSweepAtTheFirstChangeWhereTheSnapshotMarkedNoLastRow() {
        see("a", read(100, "a", "tea", "x", true));
        see("b", read(200, "b", "tea", "x", false));

        see("b", update(at(0, 210, 9), "b", "coffee", "x"));

        assertThat(sweptAway()).containsExactly("a");
    }

    @Test
    void shouldSweepEverythingAfterASnapshotOfAnEmptyTable() {
        see("a", read(100, "a", "tea", "x", true));
        see("b", create(at(110, 120, 2), "b", "tea", "x"));

        Verdict verdict = see("b", create(at(0, 300, 9), "b", "cocoa", "x"));

        assertThat(verdict).satisfies(wrote("b", "cocoa", "x"));
        assertThat(sweptAway()).containsExactly("a");
    }

    @Test
    void shouldNotTakeAReplayOfTheFirstTransactionForANewSnapshot() {
        see("a", read(100, "a", "tea", "x", true));
        see("a", update(at(0, 110, 1), "a", "coffee", "x"));
        see("b", create(at(120, 130, 2), "b", "tea", "x"));

        Verdict verdict = see("a", update(at(0, 110, 1), "a", "coffee", "x"));

        assertThat(verdict).isEqualTo(new Stop(Kind.REPLAY));
        assertThat(sweep).isNull();
    }

    @Test
    void shouldTakeARowOfASnapshotAfterItsSweep() {
        see("a", read(100, "a", "tea", "x", true));
        see("b", read(200, "b", "tea", "x", true));
        sweptAway();

        Verdict verdict = see("a", read(200, "a", "tea", "x", false));

        assertThat(verdict).satisfies(wrote("a", "tea", "x"));
    }

    @Test
    void shouldEraseEveryLiveRowOnTruncation() {
        see("a", create(at(0, 10, 1), "a", "tea", "x"));
        see("b", create(at(20, 30, 2), "b", "tea", "x"));
        see("c", create(at(20, 32, 2), "c", "tea", "x"));
        see("c", delete(at(20, 34, 2)));

        Verdict verdict = see("", new ChangeEvent.Truncate(at(40, 50, 3)));

        assertThat(verdict).isEqualTo(new WholeTable());
        assertThat(sweptAway()).containsExactly("a", "b");
    }

    @Test
    void shouldStopAReplayOfATruncationAndOfWhatCameBeforeIt() {
        see("a", create(at(0, 10, 1), "a", "tea", "x"));
        see("", new ChangeEvent.Truncate(at(20, 30, 2)));
        sweptAway();
        see("b", create(at(20, 32, 2), "b", "tea", "x"));

        Verdict before = see("a", create(at(0, 10, 1), "a", "tea", "x"));
        Verdict truncation = see("", new ChangeEvent.Truncate(at(20, 30, 2)));

        assertThat(before).isEqualTo(new Stop(Kind.REPLAY));
        assertThat(truncation).isEqualTo(new Stop(Kind.REPLAY));
        assertThat(sweep).isNull();
    }

    @Test
    void shouldStopAnEchoAndRememberItsRow() {
        Verdict echo = see("a", new ChangeEvent.Create(at(0, 10, 1), row("a", "tea", "long"), true));
        Verdict users = see("a", update(at(20, 30, 2), "a", "coffee", GAP));

        assertThat(echo).isEqualTo(new Stop(Kind.ECHO));
        assertThat(users).satisfies(wrote("a", "coffee", "long"));
    }

    @Test
    void shouldWriteAUsersChangeThatEqualsAnEcho() {
        see("a", create(at(0, 10, 1), "a", "tea", "x"));
        see("a", new ChangeEvent.Update(at(20, 30, 2), row("a", "coffee", "x"), true));

        Verdict verdict = see("a", update(at(40, 50, 3), "a", "coffee", "x"));

        assertThat(verdict).satisfies(wrote("a", "coffee", "x"));
    }

    @Test
    void shouldStopTheEchoOfADeletion() {
        see("a", create(at(0, 10, 1), "a", "tea", "x"));

        Verdict verdict = see("a", new ChangeEvent.Delete(at(20, 30, 2), true));

        assertThat(verdict).isEqualTo(new Stop(Kind.ECHO));
        assertThat(keys.get("a").standing()).isTrue();
    }

    private long highestLsn() {
        return keys.values().stream()
                .mapToLong(state ->
                        Math.max(state.position().commitLsn(), state.position().lsn()))
                .max()
                .orElse(0);
    }

    private Verdict see(String key, ChangeEvent event) {
        Decision decision = changes.decide(event, keys.getOrDefault(key, KeyState.NEVER), table, this::highestLsn);
        if (decision.key() != null) {
            keys.put(key, decision.key());
        }
        table = decision.table();
        sweep = decision.sweep();
        return decision.verdict();
    }

    private List<String> sweptAway() {
        assertThat(sweep).isNotNull();
        List<String> gone = new ArrayList<>();
        keys.replaceAll((key, state) -> {
            var after = TableChanges.swept(state, sweep);
            after.ifPresent(_ -> gone.add(key));
            return after.orElse(state);
        });
        return gone;
    }

    private static Position at(long commit, long lsn, long transaction) {
        return new Position(commit, lsn, transaction, 1);
    }

    private static ChangeEvent create(Position at, Object... values) {
        return new ChangeEvent.Create(at, row(values), false);
    }

    private static ChangeEvent update(Position at, Object... values) {
        return new ChangeEvent.Update(at, row(values), false);
    }

    private static ChangeEvent delete(Position at) {
        return new ChangeEvent.Delete(new Position(at.commitLsn(), at.lsn(), at.transactionId(), 0), false);
    }

    private static ChangeEvent read(long lsn, String id, Object name, Object description, boolean last) {
        return new ChangeEvent.Read(new Position(lsn, 0, Position.NO_TRANSACTION, 1), row(id, name, description), last);
    }

    private static Image row(Object... values) {
        return new Image.Row(values);
    }

    private static ThrowingConsumer<Verdict> wrote(Object... values) {
        return verdict -> assertThat(verdict).isInstanceOfSatisfying(Write.class, write -> assertThat(write.row())
                .containsExactly(values));
    }
}
