package io.weir.cli.mesh;

import io.weir.cli.UserError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Who supervises the mesh of a state folder: the operating system's lock on a file, which ends with the process, however it ends. */
public final class StateLock implements AutoCloseable {

    private final FileChannel channel;
    private final FileLock lock;

    private StateLock(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /** The lock, or nothing where another process holds it. */
    public static Optional<StateLock> tryAcquire(StateFolder state) {
        try {
            Files.createDirectories(state.root());
            FileChannel channel = FileChannel.open(state.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                return Optional.empty();
            }
            return Optional.of(new StateLock(channel, lock));
        } catch (IOException e) {
            throw new UserError("%s cannot be locked (%s). Check that %s is writable."
                    .formatted(state.lock(), StateFolder.reason(e), state.root()));
        }
    }

    /** Whether some process holds the lock now. */
    public static boolean isHeld(StateFolder state) {
        Path file = state.lock();
        if (!Files.exists(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            FileLock lock = tryLock(channel);
            if (lock != null) {
                lock.release();
            }
            return lock == null;
        } catch (IOException e) {
            return false;
        }
    }

    private static @org.jspecify.annotations.Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            lock.release();
            channel.close();
        } catch (IOException e) {
            // The process is about to end, and the lock with it.
        }
    }
}
