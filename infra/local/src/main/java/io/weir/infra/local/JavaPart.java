package io.weir.infra.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of a part that is a Java program: small, quick to start, one collector thread. */
public final class JavaPart {

    private JavaPart() {}

    /** Flags that every part of a mesh on one machine has. */
    public static List<String> flags(int heapMb) {
        return List.of(
                "-Xms16m",
                "-Xmx" + heapMb + "m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:ReservedCodeCacheSize=64m",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:MinHeapFreeRatio=10",
                "-XX:MaxHeapFreeRatio=25",
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
