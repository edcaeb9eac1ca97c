package io.weir.infra.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of a part that is a Java program: small, quick to start, one collector thread. */
public final class JavaPart {

    private JavaPart() {}

    /** Which compiler works for a part: the quick one only, which starts in little more than half the time, or the optimising one too. */
    private static final String QUICK_COMPILER = "-XX:TieredStopAtLevel=1";

    /** Flags that every part of a mesh on one machine has: it is quick to start and small. */
    public static List<String> flags(int heapMb) {
        return List.of(
                "-Xms16m",
                "-Xmx" + heapMb + "m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                QUICK_COMPILER,
                "-XX:ReservedCodeCacheSize=64m",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:MinHeapFreeRatio=10",
                "-XX:MaxHeapFreeRatio=25",
                "-XX:TrimNativeHeapInterval=10000",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Duser.timezone=UTC",
                "-Dfile.encoding=UTF-8");
    }

    /** The part with the optimising compiler: it starts slower, needs some 70 MB more, and a quarter less processor time for a change. */
    public static PartSpec forThroughput(PartSpec part) {
        return part.withCommand(part.command().stream()
                .filter(word -> !word.equals(QUICK_COMPILER))
                .toList());
    }

    /** A main class of this module. */
    static List<String> command(Path home, int heapMb, String mainClass, List<String> arguments) {
        Path built = WeirHome.built(home, "infra/local/target");
        List<String> command = new ArrayList<>();
        command.add(WeirHome.java());
        command.addAll(flags(heapMb));
        command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
        command.add("-Dorg.slf4j.simpleLogger.showDateTime=true");
        command.add("-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
        command.add("-cp");
        command.add(built.resolve("classes") + ":" + built.resolve("lib") + "/*");
        command.add(mainClass);
        command.addAll(arguments);
        return List.copyOf(command);
    }
}
