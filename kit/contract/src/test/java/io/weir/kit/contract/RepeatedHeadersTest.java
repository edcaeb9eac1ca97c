package io.weir.kit.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class RepeatedHeadersTest {

    private final RepeatedHeaders repeated = new RepeatedHeaders();

    @Test
    void shouldTellWhatIsThereAgain() {
        assertThat(repeated.repeat(headers("a", "1", "b", "2"))).isFalse();
        assertThat(repeated.repeat(headers("a", "1", "b", "2"))).isTrue();
        assertThat(repeated.repeat(headers("a", "1", "b", "3"))).isFalse();
        assertThat(repeated.repeat(headers("a", "1", "b", "3"))).isTrue();
    }

    @Test
    void shouldTellFewerAndMoreAsOthers() {
        assertThat(repeated.repeat(headers("a", "1", "b", "2"))).isFalse();
        assertThat(repeated.repeat(headers("a", "1"))).isFalse();
        assertThat(repeated.repeat(headers("a", "1"))).isTrue();
        assertThat(repeated.repeat(headers("a", "1", "b", "2"))).isFalse();
        assertThat(repeated.repeat(headers())).isFalse();
        assertThat(repeated.repeat(headers())).isTrue();
    }

    @Test
    void shouldTellAMissingValueFromAnEmptyOne() {
        Headers none = new RecordHeaders().add("a", null);
        assertThat(repeated.repeat(none)).isFalse();
        assertThat(repeated.repeat(none)).isTrue();
        assertThat(repeated.repeat(headers("a", ""))).isFalse();
    }

    @Test
    void shouldKnowManyHeaders() {
        Headers many = new RecordHeaders();
        for (int i = 0; i < 50; i++) {
            many.add("h", new byte[] {(byte) i});
        }
        assertThat(repeated.repeat(many)).isFalse();
        assertThat(repeated.repeat(many)).isTrue();
        many.add("h", new byte[0]);
        assertThat(repeated.repeat(many)).isFalse();
    }

    private static Headers headers(String... namesAndValues) {
        Headers headers = new RecordHeaders();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1].getBytes(UTF_8));
        }
        return headers;
    }
}
