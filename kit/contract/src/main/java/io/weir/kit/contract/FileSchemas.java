package io.weir.kit.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** JSON schemas (draft 2020-12) of the files that a team writes, for editors to complete and check from. */
public final class FileSchemas {

    /** The kinds of file that have one. */
    public static final List<String> KINDS = List.of("domain", "source", "sync", "subscription", "test");

    private FileSchemas() {}

    /** The schema as JSON text; empty where there is no such kind. */
    public static Optional<String> of(String kind) {
        if (!KINDS.contains(kind)) {
            return Optional.empty();
        }
        try (InputStream in = FileSchemas.class.getResourceAsStream("schema/" + kind + ".json")) {
            if (in == null) {
                throw new IllegalStateException("the schema of " + kind + " is not in the jar");
            }
            return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
