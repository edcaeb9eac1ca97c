package io.weir.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.kit.contract.ContractDiff.Impact;
import io.weir.kit.contract.ContractPlan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Contracts that are to be published together, and what that does.
 *
 * @param applied whether it was done; what is refused stops all of it
 * @param steps in the order of the contracts
 */
public record ContractSet(boolean applied, List<Step> steps) {

    /** A file of the set. */
    public record File(String name, String content) {}

    /** What was sent. */
    public record Files(List<File> contracts) {}

    /** What is done about one contract. */
    public enum Action {
        /** Nobody knows it yet. */
        CREATE,
        /** A later version, or a major beside the old one. */
        CHANGE,
        /** It is published as it is. */
        NONE,
        /** It may not be published; the reason says what to do. */
        REFUSE
    }

    /**
     * One contract.
     *
     * @param from the version that is published; null where none is
     * @param impact the worst that its changes do to those who read the product; null where nothing changes
     * @param changes every difference with the consumers that it reaches
     * @param reason why it is refused
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Step(
            String file,
            String topic,
            Action action,
            @Nullable String from,
            String to,
            @Nullable Impact impact,
            List<ContractPlan.Change> changes,
            @Nullable String reason) {}

    boolean isRefused() {
        return steps.stream().anyMatch(step -> step.action() == Action.REFUSE);
    }
}
