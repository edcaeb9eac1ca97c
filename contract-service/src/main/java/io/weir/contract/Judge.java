package io.weir.contract;

import io.quarkus.runtime.Shutdown;
import io.quarkus.runtime.Startup;
import io.weir.kit.stream.MeshApplication;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.stream.StageSettings;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;

/** Runs the judge: a Kafka Streams application over what the stages observe. */
@Singleton
class Judge {

    private static final Duration COMMIT_INTERVAL = Duration.ofMillis(100);

    /** A stage that has said nothing for so long does not run. */
    private static final Duration SILENT = Duration.ofSeconds(5);

    private final MeshApplication application;
    private final Rules rules;

    Judge(ContractConfig config, ContractService contracts, MeshFollower mesh) {
        rules = new Rules(contracts.domains());
        application = new MeshApplication(
                new StageSettings(
                        ContractService.NAME,
                        config.instance(),
                        config.bootstrapServers(),
                        config.stateDirectory(),
                        COMMIT_INTERVAL,
                        1,
                        config.kafka()),
                Judgement.JOB,
                List.of(MeshTopics.observations(), MeshTopics.verdicts(), MeshTopics.incidents(), MeshTopics.lineage()),
                () -> JudgeTopology.of(
                        rules, config.judge(), config.bootstrapServers(), topic -> mesh.runs(topic, SILENT)));
    }

    Rules rules() {
        return rules;
    }

    @Startup
    void start() {
        application.start();
    }

    @Shutdown
    void stop() {
        application.close();
    }

    /** Why nothing is judged just now; empty when it is. */
    String trouble() {
        return application.trouble();
    }
}
