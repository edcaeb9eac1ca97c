package io.weir.infra.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of a part that is a Java program: small, quick to start, one collector thread. */
public final class JavaPart {

    private JavaPart() {}

    /** Flags of a part that has little to do: the quick compiler only, which starts sooner and needs less memory. */
    public static List<String> flags(int heapMb) {
        List<String> flags = new ArrayList<>(busyFlags(heapMb));
        flags.add("-XX:TieredStopAtLevel=1");
        return List.copyOf(flags);
    }

    /** Flags of a part that every change passes: with the optimising compiler, half the processor time for each. */
    public static List<String> busyFlags(int heapMb) {
        return List.of(
                "-Xms16m",
                "-Xmx" + heapMb + "m",
                "-Xss512k",
                "-XX:+UseSerialGC",
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

    /** A main class of this module. */
    static List<String> command(Path home, int heapMb, String mainClass, List<String> arguments) {
        Path built = WeirHome.built(home, "infra/local/target");
        List<String> command = new ArrayList<>();
        command.add(WeirHome.java());
        command.addAll(busyFlags(heapMb));
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
