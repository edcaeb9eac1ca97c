package io.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TextsTest {

    @Test
    void shouldWriteDurationsInTheUnitThatFits() {
        assertThat(Texts.duration(Duration.ofMillis(84))).isEqualTo("84 ms");
        assertThat(Texts.duration(Duration.ofMillis(14_230))).isEqualTo("14.2 s");
        assertThat(Texts.duration(Duration.ofSeconds(185))).isEqualTo("3 min 5 s");
        assertThat(Texts.duration(Duration.ofMinutes(130))).isEqualTo("2 h 10 min");
        assertThat(Texts.duration(Duration.ofHours(99))).isEqualTo("4 d 3 h");
    }

    @Test
    void shouldWriteSizesAndCounts() {
        assertThat(Texts.size(640_000_000)).isEqualTo("640 MB");
        assertThat(Texts.size(1_440_000_000)).isEqualTo("1.4 GB");
        assertThat(Texts.size(-1)).isEqualTo("-");
        assertThat(Texts.count(1_234_567)).isEqualTo("1,234,567");
        assertThat(Texts.count(-1)).isEqualTo("-");
        assertThat(Texts.plural(1, "row")).isEqualTo("1 row");
        assertThat(Texts.plural(0, "row")).isEqualTo("0 rows");
    }
}
