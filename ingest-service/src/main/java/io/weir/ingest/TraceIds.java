package io.weir.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** W3C trace contexts of changes. One that begins here derives from where the change stands, so that a replay has the same. */
final class TraceIds {

    private static final Pattern VALID = Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private final MessageDigest digest;

    TraceIds() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every Java has it
        }
    }

    /** The context that the source gave, else one made from these parts. */
    String traceparent(Headers headers, String topic, String position, byte[] key) {
        Header given = headers.lastHeader("traceparent");
        if (given != null && given.value() != null) {
            String text = new String(given.value(), UTF_8);
            if (VALID.matcher(text).matches()) {
                return text;
            }
        }
        digest.update(topic.getBytes(UTF_8));
        digest.update((byte) 0);
        digest.update(position.getBytes(UTF_8));
        digest.update((byte) 0);
        byte[] hash = digest.digest(key);
        HexFormat hex = HexFormat.of();
        return "00-" + hex.formatHex(hash, 0, 16) + "-" + hex.formatHex(hash, 16, 24) + "-01";
    }
}
