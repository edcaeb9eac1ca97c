package io.weir.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.Bound;
import io.weir.kit.contract.Promise;
import io.weir.kit.contract.Schedule;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class RulesTest {

    private final Rules rules = new Rules(List.of());

    @Test
    void shouldJudgeByScheduleOnceEachTime() {
        Promise promise = promise(Optional.of(Schedule.of("0 20 * * *")));

        assertThat(rules.isDue(promise, ms("2026-01-31T19:00:00Z"), ms("2026-01-31T19:59:59Z")))
                .isFalse();
        assertThat(rules.isDue(promise, ms("2026-01-31T19:00:00Z"), ms("2026-01-31T20:00:01Z")))
                .isTrue();
        assertThat(rules.isDue(promise, ms("2026-01-31T20:00:01Z"), ms("2026-01-31T20:00:02Z")))
                .isFalse();
    }

    @Test
    void shouldJudgeAlwaysWithoutASchedule() {
        assertThat(rules.isDue(promise(Optional.empty()), 1, 2)).isTrue();
    }

    @Test
    void shouldMeasureTheShareOfTimeInWhichAStageRan() {
        AtomicBoolean runs = new AtomicBoolean();
        Uptime uptime = new Uptime(_ -> Optional.of(runs.get()));

        assertThat(uptime.percent("t")).isEqualTo(-1);
        for (long second = 0; second < 15; second++) {
            runs.set(second >= 8);
            uptime.look("t", second * 1_000, 9_000);
        }

        assertThat(uptime.percent("t")).isEqualTo(70);
    }

    private static long ms(String time) {
        return Instant.parse(time).toEpochMilli();
    }

    private static Promise promise(Optional<Schedule> schedule) {
        return new Promise(
                "rowCount",
                Promise.Metric.ROW_COUNT,
                null,
                List.of(),
                0,
                Bound.atLeast(1),
                Promise.Unit.ROWS,
                Optional.empty(),
                "error",
                Optional.empty(),
                schedule);
    }
}
