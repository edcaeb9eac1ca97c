package io.weir.kit.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** {@link StageStatus} and {@link Control} as JSON. Unknown fields are passed over, so that instances of several versions can talk. */
public final class MeshJson {

    private static final ObjectMapper MAPPER =
            new ObjectMapper().configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

    private MeshJson() {}

    public static byte[] write(Record value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Empty where the bytes are not such a record. */
    public static <T extends Record> Optional<T> read(byte[] bytes, Class<T> type) {
        try {
            return Optional.of(MAPPER.readValue(bytes, type));
        } catch (IOException malformed) {
            return Optional.empty();
        }
    }
}
