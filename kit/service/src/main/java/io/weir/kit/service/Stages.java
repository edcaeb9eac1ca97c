package io.weir.kit.service;

import io.weir.kit.stream.StageStatus;
import java.util.List;

/** The stages that a service runs. */
public interface Stages {

    /** How each of them is now. */
    List<StageStatus> statuses();
}
