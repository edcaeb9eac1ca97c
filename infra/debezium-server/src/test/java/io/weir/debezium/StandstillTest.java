package io.weir.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.debezium.Standstill.Sight;
import org.junit.jupiter.api.Test;

class StandstillTest {

    private final Standstill standstill = new Standstill(2);

    @Test
    void shouldNoticeThatNothingComesOfALogThatGoesOn() {
        assertThat(standstill.look(new Sight(100, 90, 7, false))).isFalse();
        assertThat(standstill.look(new Sight(120, 90, 7, false))).isFalse();
        assertThat(standstill.look(new Sight(150, 90, 7, false))).isTrue();
    }

    @Test
    void shouldLetAQuietDatabaseBe() {
        for (int i = 0; i < 10; i++) {
            assertThat(standstill.look(new Sight(100, 100, 7, false))).isFalse();
        }
    }

    @Test
    void shouldCountFromWhenTheLogWentOn() {
        standstill.look(new Sight(100, 100, 7, false));
        assertThat(standstill.look(new Sight(120, 100, 7, false))).isFalse();
        assertThat(standstill.look(new Sight(120, 100, 7, false))).isFalse();
        assertThat(standstill.look(new Sight(120, 100, 7, false))).isTrue();
    }

    @Test
    void shouldTakeWhatIsConfirmedForProgressThoughTheLogIsAhead() {
        for (int i = 0; i < 10; i++) {
            assertThat(standstill.look(new Sight(100 * i, 50 + i, 7, false))).isFalse();
        }
    }

    @Test
    void shouldTakeADeliveryForProgressWithinOneLongTransaction() {
        for (int i = 0; i < 10; i++) {
            assertThat(standstill.look(new Sight(100, 50, i, false))).isFalse();
        }
    }

    @Test
    void shouldNotBlameCaptureForASnapshotOrForKafka() {
        for (int i = 0; i < 10; i++) {
            assertThat(standstill.look(new Sight(200, 50, 7, true))).isFalse();
        }
        assertThat(standstill.look(new Sight(200, 50, 7, false))).isFalse();
        assertThat(standstill.look(new Sight(200, 50, 7, false))).isTrue();
    }

    @Test
    void shouldNotCountTheTimeInWhichTheDatabaseWasDown() {
        standstill.look(new Sight(100, 50, 7, false));
        standstill.look(new Sight(100, 50, 7, false));
        standstill.lookAway();
        assertThat(standstill.look(new Sight(100, 50, 7, false))).isFalse();
        assertThat(standstill.look(new Sight(110, 50, 7, false))).isFalse();
        assertThat(standstill.look(new Sight(110, 50, 7, false))).isTrue();
    }
}
