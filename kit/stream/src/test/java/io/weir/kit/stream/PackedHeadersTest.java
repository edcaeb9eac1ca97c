package io.weir.kit.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class PackedHeadersTest {

    @Test
    void shouldKeepWhatIsTrueOfTheChange() {
        ChangeHeaders change = new ChangeHeaders("00-4bf9-00f0-01", "postgresql:shop", "a,b", 17, null);
        ChangeHeaders other = new ChangeHeaders(null, "push:partners", "", -1, "7-9");
        PackedHeaders packing = new PackedHeaders();
        PackedHeaders unpacking = new PackedHeaders();

        byte[] first = packing.pack(headers(change));
        byte[] second = packing.pack(headers(other));

        assertThat(ChangeHeaders.read(unpacking.unpack(first))).isEqualTo(change);
        assertThat(ChangeHeaders.read(unpacking.unpack(second))).isEqualTo(other);
        assertThat(ChangeHeaders.read(unpacking.unpack(first))).isEqualTo(change);
    }

    @Test
    void shouldGiveTheSameBytesForTheSameChange() {
        ChangeHeaders change = new ChangeHeaders("00-4bf9-00f0-01", "postgresql:shop", "a,b", 17, "7-9");
        PackedHeaders packing = new PackedHeaders();

        assertThat(packing.pack(headers(change))).isSameAs(packing.pack(headers(change)));
    }

    private static Headers headers(ChangeHeaders change) {
        Headers headers = new RecordHeaders().add("apicurio.value.contentId", new byte[8]);
        change.write(headers);
        return headers;
    }
}
