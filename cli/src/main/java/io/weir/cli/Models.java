package io.weir.cli;

import io.weir.kit.contract.Domain;
import io.weir.kit.contract.Model;
import java.util.Comparator;
import java.util.stream.Collectors;

/** The models of a domain by the names that users write. */
final class Models {

    private Models() {}

    /** The model of {@code gold.customer_profile}, or of a topic's name; a {@link UserError} says which there are. */
    static Model find(String name, Domain domain) {
        return domain.models().stream()
                .filter(model -> model.product().localName().equals(name)
                        || model.product().topic().equals(name))
                .max(Comparator.comparingInt(model -> model.product().major()))
                .orElseThrow(() -> new UserError(
                        ExitCodes.NOT_RUNNING,
                        "There is no model %s. There are: %s"
                                .formatted(
                                        name,
                                        domain.models().stream()
                                                .map(model -> model.product().localName())
                                                .collect(Collectors.joining(", ")))));
    }
}
