package io.weir.infra.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** What tells a process from a later one with the same id. */
public final class ProcessStart {

    /** Of the fields behind the program's name, which may hold spaces: the 22nd of all, see proc(5). */
    private static final int START_TIME = 19;

    private ProcessStart() {}

    /**
     * When it started. On Linux in ticks since the boot, for the time of day that the JVM makes of them changes when the clock is set; elsewhere in ms since the epoch. 0
     * where the system does not tell.
     */
    public static long of(ProcessHandle process) {
        Path stat = Path.of("/proc", Long.toString(process.pid()), "stat");
        try {
            String fields = Files.readString(stat);
            return Long.parseLong(fields.substring(fields.lastIndexOf(')') + 2).split(" ", -1)[START_TIME]);
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException notLinux) {
            return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
        }
    }
}
