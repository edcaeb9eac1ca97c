package io.weir.reversesync;

import io.weir.kit.contract.Secret;
import io.weir.kit.contract.Sync;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks a sync's password up where its file says; read anew at each connection, so that a rotated secret is taken over. */
final class Passwords {

    private final Map<String, String> environment;

    Passwords(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** Null where the sync's file names none. A {@link DestinationException} says where it was looked for in vain. */
    @Nullable
    String of(Sync sync) {
        Secret secret = sync.to().password().orElse(null);
        return switch (secret) {
            case null -> null;
            case Secret.Env(String name) -> {
                String value = environment.get(name);
                if (value == null) {
                    throw new DestinationException(
                            "%s: the password is expected in the environment variable %s, which is not set"
                                    .formatted(sync.file().getFileName(), name));
                }
                yield value;
            }
            case Secret.File(String path) -> {
                try {
                    yield Files.readString(Path.of(path)).stripTrailing();
                } catch (IOException unreadable) {
                    throw new DestinationException(
                            "%s: the password is expected in the file %s, which cannot be read (%s)"
                                    .formatted(
                                            sync.file().getFileName(),
                                            path,
                                            unreadable.getClass().getSimpleName()));
                }
            }
        };
    }
}
