package io.weir.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weir.kit.contract.AvroMapping;
import io.weir.kit.contract.ContractFile;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.NotPublishedYet;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.References;
import io.weir.kit.contract.RegistryClient;
import io.weir.kit.contract.RegistryClient.Reference;
import io.weir.kit.contract.RegistryClient.Rule;
import io.weir.kit.contract.RegistryClient.State;
import io.weir.kit.contract.RegistryClient.Version;
import io.weir.kit.contract.RegistryRefused;
import io.weir.kit.contract.RegistrySchemas;
import io.weir.kit.contract.RegistryUnavailable;
import io.weir.kit.contract.Schemas.Part;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * Puts a product's contract and schemas into the registry, with the rules that keep others from breaking them.
 *
 * <p>Group {@code <domain>}; artifacts {@code <topic>} (the contract, which refers to the schemas, and to the key schemas of the products that its relationships name), {@code <topic>-key} and {@code <topic>-value}. Doing it again
 * changes nothing. Within one major version old readers must read new rows and new readers all old rows (a compacted topic keeps rows for ever), hence
 * FULL_TRANSITIVE; the key never changes, since its bytes choose the partition.
 */
final class Publisher {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final RegistryClient registry;
    private final RegistrySchemas schemas;

    Publisher(RegistryClient registry) {
        this.registry = registry;
        this.schemas = new RegistrySchemas(registry);
    }

    /**
     * {@link RegistryUnavailable} where it should be tried again; all else is an answer.
     *
     * @param neighbours the products that its relationships may name
     */
    Publication publish(DataProduct product, Collection<DataProduct> neighbours) {
        try {
            Optional<Version> same =
                    registry.version(product.name().domain(), product.name().topic(), product.version());
            if (same.isPresent() && !holds(same.get(), product)) {
                return Publication.refused(
                        "the contract has changed, but its version is still %s, which is published: raise \"version\" in %s"
                                .formatted(product.version(), product.file().getFileName()));
            }
            Optional<Publication> earlier = same.filter(this::isDone).flatMap(_ -> found(product));
            if (earlier.isPresent()) {
                return earlier.get();
            }
            Optional<String> objection = objection(product);
            return objection.isPresent() ? Publication.refused(objection.get()) : register(product, same, neighbours);
        } catch (RegistryRefused e) {
            return Publication.refused(message(product, e));
        }
    }

    /** The contract that was published last for this product. */
    Optional<DataProduct> published(ProductName product) {
        return registry.versions(product.domain(), product.topic()).stream()
                .findFirst() // A draft is nobody's latest.
                .flatMap(registry::content)
                .map(content -> ContractFile.of(content, product.topic()).product());
    }

    /** Whether this very contract is published. */
    boolean isPublished(DataProduct product) {
        return registry.version(product.name().domain(), product.name().topic(), product.version())
                .filter(version -> holds(version, product))
                .isPresent();
    }

    private boolean holds(Version version, DataProduct product) {
        return registry.content(version)
                .map(content -> tree(content).equals(tree(document(product))))
                .orElse(false);
    }

    /** Whether an earlier run came to its end for this version: a start with nothing new costs few requests. */
    private boolean isDone(Version contract) {
        return registry.hasRule(contract.group(), contract.artifact(), Rule.INTEGRITY);
    }

    /** Empty where the schemas follow from the contract otherwise than when it was published: another release of Weir did that. */
    private Optional<Publication> found(DataProduct product) {
        try {
            return Optional.of(
                    Publication.published(schemas.idOf(product, Part.KEY), schemas.idOf(product, Part.VALUE)));
        } catch (NotPublishedYet other) {
            return Optional.empty();
        }
    }

    /** What speaks against this contract before the registry's own rules do. */
    Optional<String> objection(DataProduct product) {
        String group = product.name().domain();
        Schema key = AvroMapping.keySchema(product);
        return registry.latest(group, RegistrySchemas.artifact(product.name(), Part.KEY))
                .flatMap(version -> registry.content(version.contentId()))
                .map(content -> new Schema.Parser().parse(content))
                .filter(published -> !published.equals(key))
                .map(published ->
                        ("the primary key has changed, from (%s) to (%s): rows with the old keys would stay for ever. "
                                        + "Declare the new major version %s instead, and let consumers move to it")
                                .formatted(names(published), names(key), nextMajor(product)));
    }

    private Publication register(DataProduct product, Optional<Version> same, Collection<DataProduct> neighbours) {
        String group = product.name().domain();
        Version key = schema(product, Part.KEY);
        Version value = schema(product, Part.VALUE);
        State state = state(product);
        Version contract = same.orElseGet(() -> {
            List<Reference> references = new ArrayList<>(List.of(reference(key, "key"), reference(value, "value")));
            References.named(product, neighbours)
                    .forEach(other ->
                            references.add(reference(keyOf(other), other.name().topic())));
            return registry.publish(
                    group,
                    product.name().topic(),
                    RegistryClient.Type.JSON,
                    product.version(),
                    document(product),
                    references,
                    state == State.DRAFT);
        });
        // As a JSON schema, which it is not, a contract would break VALIDITY FULL.
        registry.rule(group, contract.artifact(), Rule.VALIDITY, "SYNTAX_ONLY");
        if (state != State.DRAFT) { // Nothing goes back to it.
            registry.state(contract, state);
        }
        registry.rule(group, contract.artifact(), Rule.INTEGRITY, "FULL"); // The last step: see isDone.
        return Publication.published(key.contentId(), value.contentId());
    }

    /** Key schemas refer to nothing, so products may name each other in a circle and be published in any order. */
    private Version keyOf(DataProduct other) {
        return registry.latest(other.name().domain(), RegistrySchemas.artifact(other.name(), Part.KEY))
                .orElseGet(() -> schema(other, Part.KEY));
    }

    private Version schema(DataProduct product, Part part) {
        String group = product.name().domain();
        Version version = registry.publish(
                group,
                RegistrySchemas.artifact(product.name(), part),
                RegistryClient.Type.AVRO,
                null,
                AvroMapping.schema(product, part).toString(),
                List.of());
        registry.rule(group, version.artifact(), Rule.VALIDITY, "FULL");
        registry.rule(
                group,
                version.artifact(),
                Rule.COMPATIBILITY,
                part == Part.KEY
                        ? "FULL_TRANSITIVE"
                        : product.settings().compatibility().name());
        registry.rule(group, version.artifact(), Rule.INTEGRITY, "FULL");
        return version;
    }

    private static Reference reference(Version version, String name) {
        return new Reference(version.group(), version.artifact(), version.version(), name);
    }

    private static State state(DataProduct product) {
        return switch (String.valueOf(product.document().get("status"))) {
            case "proposed", "draft" -> State.DRAFT;
            case "deprecated" -> State.DEPRECATED;
            case "retired" -> State.DISABLED;
            default -> State.ENABLED;
        };
    }

    private static String message(DataProduct product, RegistryRefused refused) {
        return refused.name().equals("RuleViolationException")
                ? ("version %s cannot replace what is published: %s. Only columns that may be null can come and go within "
                                + "one major version: change the contract back, or declare the new major version %s")
                        .formatted(product.version(), refused.getMessage(), nextMajor(product))
                : "the registry refuses it: " + refused.getMessage();
    }

    private static String nextMajor(DataProduct product) {
        return product.name()
                .topic()
                .replaceFirst("\\.v\\d+$", ".v" + (product.name().major() + 1));
    }

    private static String names(Schema record) {
        return String.join(
                ", ", record.getFields().stream().map(Schema.Field::name).toList());
    }

    private static String document(DataProduct product) {
        try {
            return JSON.writeValueAsString(product.document());
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            return JSON.missingNode();
        }
    }
}
