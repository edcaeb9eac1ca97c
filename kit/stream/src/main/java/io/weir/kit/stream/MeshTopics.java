package io.weir.kit.stream;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;

/** The topics by which the mesh knows itself. */
public final class MeshTopics {

    /** Stage id -> {@link StageStatus} as JSON; compacted. */
    public static final String STAGES = "weir.stages";

    /** Service name -> {@link Control} as JSON; kept for an hour. */
    public static final String CONTROL = "weir.control";

    /** Stage id -> {@link PlanLedger.Entry} as JSON: the plan that made its state, and a rebuild that is under way; compacted. */
    public static final String PLANS = "weir.plans";

    /** {@code <quarantine topic>-partition@offset} -> what was done with that row, as JSON; compacted. */
    public static final String HANDLED = "weir.quarantine.handled";

    /** Topic of a product, or of a sync's outcomes -> what somebody did to its rows by hand, as JSON; kept for a year. */
    public static final String AUDIT = "weir.audit";

    /** Topic of a product -> {@link Observation} as JSON; and the judge's own ticks, by which time passes in the order of what it reads. Kept for a day. */
    public static final String OBSERVATIONS = "weir.observations";

    /** {@code <product>#<rule>} -> {@link Verdict} as JSON; compacted after a week. */
    public static final String VERDICTS = "weir.verdicts";

    /** Id of an incident -> what happened to it, as JSON; kept for a year. */
    public static final String INCIDENTS = "weir.incidents";

    /** {@code <product>#<kind>:<domain>/<name>} of a reader -> what it was told last of the product's deprecation, as JSON; compacted. */
    public static final String NOTICES = "weir.notices";

    /** Name of a job -> an OpenLineage event as JSON; kept for a month. */
    public static final String LINEAGE = "weir.lineage";

    /** As every stage makes it where it is missing. */
    public static TopicSpec observations() {
        return TopicSpec.retained(OBSERVATIONS, 1, Duration.ofDays(1));
    }

    /** What a verdict replaces stays readable for a week. */
    public static TopicSpec verdicts() {
        return new TopicSpec(
                VERDICTS,
                1,
                Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT,
                        TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG,
                        Long.toString(Duration.ofDays(7).toMillis())));
    }

    public static TopicSpec incidents() {
        return TopicSpec.retained(INCIDENTS, 1, Duration.ofDays(365));
    }

    public static TopicSpec lineage() {
        return TopicSpec.retained(LINEAGE, 1, Duration.ofDays(30));
    }

    private MeshTopics() {}
}
