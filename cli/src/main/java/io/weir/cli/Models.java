package io.weir.cli;

import io.weir.kit.contract.Domain;
import io.weir.kit.contract.Model;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The models of a domain by the names that users write. */
final class Models {

    private Models() {}

    /** The domain's folder of a model that is named by its file: the nearest one above it with a {@code domain.yaml}; empty where it is none. */
    static Optional<Path> folder(String name) {
        Path file = Path.of(name);
        if (!name.endsWith(".sql") || !Files.isRegularFile(file)) {
            return Optional.empty();
        }
        return Stream.concat(parents(file), parents(file.toAbsolutePath()))
                .filter(folder -> Files.exists(folder.resolve("domain.yaml")))
                .findFirst();
    }

    private static Stream<Path> parents(Path file) {
        return Stream.iterate(file.getParent(), folder -> folder != null, Path::getParent);
    }

    /** The model of {@code gold.customer_profile}, of a topic's name, or of a file; a {@link UserError} says which there are. */
    static Model find(String name, Domain domain) {
        return domain.models().stream()
                .filter(model -> model.product().localName().equals(name)
                        || model.product().topic().equals(name)
                        || model.file()
                                .toAbsolutePath()
                                .normalize()
                                .equals(Path.of(name).toAbsolutePath().normalize()))
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
