package io.weir.cli;

import io.weir.cli.mesh.Run;
import io.weir.cli.mesh.StateFolder;
import io.weir.cli.mesh.StateLock;
import java.util.Optional;

/** The mesh that runs from a state folder. */
final class RunningMesh {

    private RunningMesh() {}

    static Optional<Run> find(StateFolder state) {
        return StateLock.isHeld(state) ? Run.read(state) : Optional.empty();
    }

    /** @throws UserError with exit code 2 where none runs */
    static Run require(StateFolder state) {
        return find(state)
                .orElseThrow(() -> new UserError(
                        ExitCodes.NOT_RUNNING, "No mesh runs from %s. Start one: ./weir up".formatted(state.root())));
    }
}
