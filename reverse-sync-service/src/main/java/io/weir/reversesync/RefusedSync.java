package io.weir.reversesync;

import io.weir.kit.contract.Sync;
import io.weir.kit.stream.StageSettings;
import io.weir.kit.stream.StageStatus;
import io.weir.kit.stream.StageStatus.State;
import java.util.List;

/** A sync that does not run because its product's owner has not approved it; nothing of it is read or written. */
record RefusedSync(Sync sync, List<String> refusals) {

    String detail() {
        return "refused: " + String.join("; ", refusals);
    }

    StageStatus status(StageSettings settings, long nowMs) {
        return new StageStatus(
                SyncStage.idOf(sync).toString(),
                settings.service(),
                settings.instance(),
                "sync",
                List.of(sync.from().topic()),
                SyncStage.destinationOf(sync),
                State.FAILED,
                detail(),
                0,
                0,
                0,
                0,
                -1,
                -1,
                -1,
                0,
                nowMs);
    }
}
