package io.weir.cli.mesh;

import io.weir.infra.local.ProcessStart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the operating system says about processes. */
public final class Processes {

    private Processes() {}

    /** The live process of this id, if it is the one with this {@link ProcessStart}. */
    public static Optional<ProcessHandle> find(long pid, long start) {
        if (pid <= 0) {
            return Optional.empty();
        }
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(handle -> ProcessStart.of(handle) == start);
    }

    /** Resident memory of this process alone, in bytes. */
    public static long ownResidentBytes(long pid) {
        List<Long> ids = List.of(pid);
        return Files.isDirectory(Path.of("/proc/self")) ? fromProc(ids) : fromPs(ids);
    }

    /** Resident memory of a process and all its descendants, in bytes, what they share counted once; -1 where the system does not tell. */
    public static long residentBytes(long pid) {
        Optional<ProcessHandle> handle = ProcessHandle.of(pid);
        if (handle.isEmpty()) {
            return -1;
        }
        try (Stream<ProcessHandle> family =
                Stream.concat(handle.stream(), handle.get().descendants())) {
            List<Long> ids = family.map(ProcessHandle::pid).toList();
            return Files.isDirectory(Path.of("/proc/self")) ? fromProc(ids) : fromPs(ids);
        }
    }

    /** Pages that several processes share count once in the sum (PSS): PostgreSQL's buffers, the JVM's own code. */
    private static long fromProc(List<Long> ids) {
        long total = -1;
        for (long id : ids) {
            Path process = Path.of("/proc", Long.toString(id));
            long kilobytes = kilobytes(process.resolve("smaps_rollup"), "Pss:");
            if (kilobytes < 0) {
                kilobytes = kilobytes(process.resolve("status"), "VmRSS:");
            }
            if (kilobytes >= 0) {
                total = Math.max(total, 0) + kilobytes * 1024;
            }
        }
        return total;
    }

    /** -1 where the file cannot be read: the process ended while we looked, or the kernel is old. */
    private static long kilobytes(Path file, String field) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(field))
                    .map(line -> line.replaceAll("[^0-9]", ""))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElse(-1);
        } catch (IOException | java.io.UncheckedIOException e) {
            return -1;
        }
    }

    private static long fromPs(List<Long> ids) {
        try {
            Process ps = new ProcessBuilder(
                            "ps",
                            "-o",
                            "rss=",
                            "-p",
                            String.join(",", ids.stream().map(String::valueOf).toList()))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return output.lines()
                            .map(String::strip)
                            .filter(line -> !line.isEmpty())
                            .mapToLong(Long::parseLong)
                            .sum()
                    * 1024;
        } catch (IOException e) {
            return -1;
        }
    }
}
