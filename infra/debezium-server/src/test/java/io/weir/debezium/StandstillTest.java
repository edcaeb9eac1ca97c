package io.weir.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.debezium.Standstill.Sight;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StandstillTest {

    private final Standstill standstill = new Standstill(Duration.ofSeconds(60));
    private long seconds;

    @Test
    void shouldNoticeThatNothingComesOfALogThatGoesOn() {
        assertThat(after(0, new Sight(100, 90, 7, false))).isFalse();
        assertThat(after(30, new Sight(120, 90, 7, false))).isFalse();
        assertThat(after(30, new Sight(150, 90, 7, false))).isTrue();
    }

    @Test
    void shouldLetAQuietDatabaseBe() {
        assertThat(after(0, new Sight(100, 100, 7, false))).isFalse();
        assertThat(after(300, new Sight(100, 100, 7, false))).isFalse();
    }

    @Test
    void shouldCountFromWhenTheLogWentOn() {
        after(0, new Sight(100, 100, 7, false));
        assertThat(after(300, new Sight(120, 100, 7, false))).isFalse();
        assertThat(after(59, new Sight(120, 100, 7, false))).isFalse();
        assertThat(after(1, new Sight(120, 100, 7, false))).isTrue();
    }

    @Test
    void shouldTakeWhatIsConfirmedForProgressThoughTheLogIsAhead() {
        after(0, new Sight(100, 50, 7, false));
        assertThat(after(50, new Sight(200, 60, 7, false))).isFalse();
        assertThat(after(50, new Sight(300, 60, 7, false))).isFalse();
    }

    @Test
    void shouldTakeADeliveryForProgressWithinOneLongTransaction() {
        after(0, new Sight(100, 50, 7, false));
        assertThat(after(50, new Sight(100, 50, 9_000, false))).isFalse();
        assertThat(after(50, new Sight(100, 50, 9_000, false))).isFalse();
    }

    @Test
    void shouldNotBlameCaptureForASnapshotOrForKafka() {
        after(0, new Sight(100, 50, 7, true));
        assertThat(after(500, new Sight(200, 50, 7, true))).isFalse();
        assertThat(after(59, new Sight(200, 50, 7, false))).isFalse();
        assertThat(after(1, new Sight(200, 50, 7, false))).isTrue();
    }

    @Test
    void shouldNotCountTheTimeInWhichTheDatabaseWasDown() {
        after(0, new Sight(100, 50, 7, false));
        standstill.lookAway();
        assertThat(after(90, new Sight(100, 50, 7, false))).isFalse();
        assertThat(after(60, new Sight(110, 50, 7, false))).isTrue();
    }

    private boolean after(int pause, Sight sight) {
        seconds += pause;
        return standstill.look(sight, Duration.ofSeconds(seconds).toNanos());
    }
}
