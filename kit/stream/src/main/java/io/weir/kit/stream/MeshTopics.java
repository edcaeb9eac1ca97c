package io.weir.kit.stream;

/** The topics by which the mesh knows itself. */
public final class MeshTopics {

    /** Stage id -> {@link StageStatus} as JSON; compacted. */
    public static final String STAGES = "weir.stages";

    /** Service name -> {@link Control} as JSON; kept for an hour. */
    public static final String CONTROL = "weir.control";

    /** Stage id -> fingerprint of the plan that made its state; compacted. */
    public static final String PLANS = "weir.plans";

    /** {@code <quarantine topic>-partition@offset} -> what was done with that row, as JSON; compacted. */
    public static final String HANDLED = "weir.quarantine.handled";

    /** Topic of a product -> what somebody did to its rows by hand, as JSON; kept for a year. */
    public static final String AUDIT = "weir.audit";

    private MeshTopics() {}
}
