package io.weir.cli.mesh;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.weir.cli.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the supervisor writes down about its mesh in {@code run.json}, at each change: enough to ask it, to join it and to
 * clean up after it. Times are ms since the epoch; a start is a {@link io.weir.infra.local.ProcessStart}.
 *
 * @param supervisorPid with {@code supervisorStart} names one process for good: ids are used again
 * @param state what the whole is doing
 * @param readySeconds from the command to all ready; null while it starts
 * @param domain the domain's folder
 * @param demo whether a simulator belongs to it
 */
public record Run(
        long supervisorPid,
        long supervisorStart,
        State state,
        @Nullable Double readySeconds,
        String domain,
        Addresses addresses,
        boolean demo,
        List<Part> parts) {

    /** What the whole is doing. */
    public enum State {
        STARTING,
        RUNNING,
        STOPPING,
        STOPPED
    }

    /** What one part is doing. */
    public enum PartState {
        WAITING,
        STARTING,
        READY,
        NOT_READY,
        RESTARTING,
        FAILED,
        DONE,
        STOPPED
    }

    /**
     * One part of the mesh.
     *
     * @param pid 0 where no process runs
     * @param sinceMs when it came into this state
     * @param seconds from start to ready, the last time; negative where it was not ready yet
     * @param restarts how often the supervisor started it again
     * @param detail where it listens, what it waits for, or why it ended last
     * @param log its output; null where it has none
     */
    public record Part(
            String name,
            PartState state,
            long pid,
            long pidStart,
            long sinceMs,
            double seconds,
            int restarts,
            String detail,
            @Nullable String log) {}

    /**
     * Where the pieces listen.
     *
     * @param kafka {@code host:port}, bootstrap servers
     * @param registry the registry's v3 API
     * @param postgres {@code host:port} of our own server; null where only existing databases are used
     * @param services service -> base URL
     * @param environment what the domain's files need to be read as the services read them
     */
    public record Addresses(
            String kafka,
            String registry,
            @Nullable String postgres,
            java.util.Map<String, String> services,
            java.util.Map<String, String> environment) {}

    public Optional<Part> part(String name) {
        return parts.stream().filter(part -> part.name().equals(name)).findFirst();
    }

    /** Whether the process that wrote this still runs. */
    public boolean supervisorIsAlive() {
        return Processes.find(supervisorPid, supervisorStart).isPresent();
    }

    /** The last run of this state folder; empty where there was none, or its record cannot be read. */
    public static Optional<Run> read(StateFolder state) {
        try {
            return Optional.of(Json.MAPPER.readValue(Files.readString(state.run()), Run.class));
        } catch (NoSuchFileException | JsonProcessingException none) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Replaces the record in one step: a reader sees the old or the new, never half. */
    public void write(StateFolder state) throws IOException {
        Path next = state.root().resolve("run.json.new");
        Files.writeString(next, Json.pretty(this));
        Files.move(next, state.run(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
