package io.weir.cli;

import io.weir.cli.mesh.StateFolder;
import io.weir.infra.local.WeirHome;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which mesh on this machine is meant. */
final class StateOption {

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "Folder that holds the mesh's data, logs and run.json (default: .weir, or WEIR_STATE).")
    @Nullable
    Path folder;

    StateFolder state() {
        if (folder != null) {
            return new StateFolder(folder);
        }
        String named = System.getenv("WEIR_STATE");
        return new StateFolder(
                named == null || named.isBlank() ? WeirHome.find().resolve(".weir") : Path.of(named));
    }
}
