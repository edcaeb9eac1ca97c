package io.weir.kit.contract;

import java.util.List;
import java.util.stream.Collectors;

/** A user's files hold mistakes; all that were found, in file order. Its message is fit to print as it is. */
public final class ProblemsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public ProblemsException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
