package io.weir.kit.sql;

import io.weir.kit.contract.Consumer;
import io.weir.kit.contract.ContractDiff;
import io.weir.kit.contract.ContractPlan;
import io.weir.kit.contract.ContractPlan.Refused;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.Model;
import io.weir.kit.contract.Problem;
import io.weir.kit.contract.ProblemsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Holds a new version of a contract against those who read the product: what they use is known from their queries as they stand, and each query is planned again
 * against the new version.
 */
public final class ContractPlanner {

    private ContractPlanner() {}

    /** @param domains where consumers may be, the product's own domain among them; which version its folder holds does not matter */
    public static ContractPlan plan(DataProduct old, DataProduct next, List<Domain> domains) {
        List<Domain> before =
                domains.stream().map(domain -> inForce(domain, old, next)).toList();
        Consumers consumers = Consumers.of(before);
        List<Consumer> readers = consumers.of(old.name());
        List<String> notes = new ArrayList<>();
        consumers.problems().stream()
                .map(problem -> "What this model reads is unknown, it cannot be planned: " + problem)
                .forEach(notes::add);
        List<Refused> refused = new ArrayList<>();
        if (!ContractDiff.isNewMajor(old, next)) {
            for (Domain domain : before) {
                Domain after = domain.name().equals(next.name().domain()) ? domain.with(next) : domain;
                for (Model model : domain.models()) {
                    objection(model, after).ifPresent(objection -> {
                        if (model.product().equals(next.name())) {
                            notes.add("Its own model does not fit it yet: " + objection);
                        }
                        readers.stream()
                                .filter(reader ->
                                        reader.name().equals(model.product().topic()))
                                .forEach(reader -> refused.add(new Refused(reader, objection.message())));
                    });
                }
            }
        }
        return ContractPlan.of(old, next, readers, refused, notes);
    }

    private static Domain inForce(Domain domain, DataProduct old, DataProduct next) {
        if (!domain.name().equals(old.name().domain())) {
            return domain;
        }
        Domain without = old.name().equals(next.name()) ? domain : domain.without(next.name());
        return without.with(old);
    }

    private static Optional<Problem> objection(Model model, Domain domain) {
        try {
            SqlPlanner.plan(model, domain);
            return Optional.empty();
        } catch (ProblemsException e) {
            return e.problems().stream().findFirst();
        }
    }
}
