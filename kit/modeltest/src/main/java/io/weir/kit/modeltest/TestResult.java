package io.weir.kit.modeltest;

import io.weir.kit.contract.ModelTest;
import io.weir.kit.contract.Problem;
import java.time.Duration;
import java.util.List;

/**
 * How one test ended.
 *
 * @param failures what was found otherwise than expected; empty where the test passed
 * @param problems mistakes in the test or in its SQL, for which it was not run
 */
public record TestResult(ModelTest test, Duration took, List<Failure> failures, List<Problem> problems) {

    /** An expectation that was not met: where and what, and the rows that differ, a line each. */
    public record Failure(Problem problem, List<String> difference) {
        public Failure {
            difference = List.copyOf(difference);
        }
    }

    /** Whether it ran, and as expected. */
    public enum Status {
        PASSED,
        FAILED,
        NOT_RUN
    }

    public TestResult {
        failures = List.copyOf(failures);
        problems = List.copyOf(problems);
    }

    public Status status() {
        return !problems.isEmpty() ? Status.NOT_RUN : failures.isEmpty() ? Status.PASSED : Status.FAILED;
    }
}
