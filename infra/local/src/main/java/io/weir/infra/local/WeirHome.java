package io.weir.infra.local;

import java.nio.file.Files;
import java.nio.file.Path;

/** The checkout that everything is started from, and the Java that starts it. */
public final class WeirHome {

    private WeirHome() {}

    /**
     * The system property {@code weir.home}, else the environment's {@code WEIR_HOME}, else the nearest folder upwards from
     * the working directory that holds {@code infra/local/pom.xml}.
     *
     * @throws PartException where there is none
     */
    public static Path find() {
        String named = System.getProperty("weir.home", System.getenv("WEIR_HOME"));
        if (named != null && !named.isBlank()) {
            return Path.of(named).toAbsolutePath().normalize();
        }
        Path start = Path.of("").toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("infra/local/pom.xml"))) {
                return folder;
            }
        }
        throw new PartException("No Weir checkout at or above %s. Set WEIR_HOME to it.".formatted(start));
    }

    /** The Java that runs this JVM, for parts that are Java programs. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A file or folder that the build makes. */
    static Path built(Path home, String path) {
        Path built = home.resolve(path);
        if (!Files.exists(built)) {
            throw new PartException(
                    "%s is missing: infra/local is not built. Run ./weir build (or mvn package -pl infra/local)."
                            .formatted(built));
        }
        return built;
    }
}
