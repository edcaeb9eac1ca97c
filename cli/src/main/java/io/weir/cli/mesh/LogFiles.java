package io.weir.cli.mesh;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Keeps the logs of a mesh small: {@code kafka.log} that has grown beyond the limit is copied to {@code kafka.log.1}, that to
 * {@code kafka.log.2}, and so on, and then emptied.
 *
 * <p>Emptied and not replaced, as the parts append to the files that they were started with, with the supervisor or without it. What a part
 * writes in the instant between copy and emptying is lost, as with logrotate's {@code copytruncate}.
 */
public record LogFiles(Path folder, long limitBytes, int kept) {

    /** 10 MB each, and two older ones. */
    static LogFiles of(StateFolder state) {
        return new LogFiles(state.logs(), 10_000_000, 2);
    }

    /** Looks at each log once. */
    void rotate() throws IOException {
        List<Path> grown;
        try (Stream<Path> files = Files.list(folder)) {
            grown = files.filter(file -> file.toString().endsWith(".log"))
                    .filter(file -> size(file) > limitBytes)
                    .toList();
        }
        for (Path file : grown) {
            rotate(file);
        }
    }

    private void rotate(Path file) throws IOException {
        for (int age = kept; age > 1; age--) {
            try {
                Files.move(older(file, age - 1), older(file, age), StandardCopyOption.REPLACE_EXISTING);
            } catch (NoSuchFileException none) {
                // Not that many yet.
            }
        }
        try {
            Files.copy(file, older(file, 1), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException full) {
            // Half a copy is of no use, and its room may be needed; what is in the file is given up rather than the
            // disk.
            Files.deleteIfExists(older(file, 1));
        }
        FileChannel.open(file, StandardOpenOption.WRITE).truncate(0).close();
    }

    /** Where the log that was the {@code age}-th before this one is. */
    public static Path older(Path file, int age) {
        return file.resolveSibling(file.getFileName() + "." + age);
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException gone) {
            return 0;
        }
    }
}
