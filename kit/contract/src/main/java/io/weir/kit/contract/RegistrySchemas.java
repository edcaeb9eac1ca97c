package io.weir.kit.contract;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/**
 * Schemas from the registry: group {@code <domain>}, artifacts {@code <topic>-key} and {@code <topic>-value}.
 *
 * <p>Thread-safe. A schema, once read by its id, is kept for ever (ids never change their meaning) and is the same instance each time; which id is current is asked
 * anew each time. Throws {@link NotPublishedYet} and {@link RegistryUnavailable}: wait and try again.
 */
public final class RegistrySchemas implements Schemas {

    private final RegistryClient registry;
    private final Map<Long, Schema> byContentId = new ConcurrentHashMap<>();
    private final Map<Long, Schema> byGlobalId = new ConcurrentHashMap<>();

    /** @param registry {@code http://host:port/apis/registry/v3} */
    public RegistrySchemas(URI registry) {
        this(new RegistryClient(registry));
    }

    public RegistrySchemas(RegistryClient registry) {
        this.registry = registry;
    }

    /** The artifact that holds a product's key or value schema. */
    public static String artifact(ProductName product, Part part) {
        return switch (part) {
            case KEY -> product.topic() + "-key";
            case VALUE -> product.topic() + "-value";
        };
    }

    @Override
    public Schema byId(long contentId) {
        Schema known = byContentId.get(contentId);
        return known != null ? known : first(byContentId, contentId, load(contentId));
    }

    @Override
    public Schema byGlobalId(long globalId) {
        Schema known = byGlobalId.get(globalId);
        if (known != null) {
            return known;
        }
        String content = registry.contentOfGlobalId(globalId)
                .orElseThrow(
                        () -> new IllegalArgumentException("the registry has no schema with global id " + globalId));
        return first(byGlobalId, globalId, parse("global id " + globalId, content, List.of()));
    }

    @Override
    public long idOf(ProductName product, Part part) {
        String artifact = artifact(product, part);
        return registry.latest(product.domain(), artifact)
                .orElseThrow(() -> notPublished(artifact))
                .contentId();
    }

    @Override
    public long idOf(DataProduct product, Part part) {
        Schema wanted = AvroMapping.schema(product, part);
        String artifact = artifact(product.name(), part);
        List<RegistryClient.Version> versions = registry.versions(product.name().domain(), artifact);
        if (versions.isEmpty()) {
            throw notPublished(artifact);
        }
        return versions.stream()
                .map(RegistryClient.Version::contentId)
                .filter(id -> byId(id).equals(wanted))
                .findFirst()
                .orElseThrow(() -> new NotPublishedYet(
                        ("the registry's %s is not yet as contract version %s says: contract-service publishes it, "
                                        + "or has refused it")
                                .formatted(artifact, product.version())));
    }

    private static NotPublishedYet notPublished(String artifact) {
        return new NotPublishedYet("the registry has no %s yet: contract-service publishes it".formatted(artifact));
    }

    private Schema load(long contentId) {
        String content = registry.content(contentId)
                .orElseThrow(
                        () -> new IllegalArgumentException("the registry has no schema with content id " + contentId));
        List<Schema> parts = new ArrayList<>();
        for (RegistryClient.Reference reference : registry.references(contentId)) {
            RegistryClient.Version version = registry.version(
                            reference.group(), reference.artifact(), reference.version())
                    .orElseThrow(() -> new IllegalArgumentException("the registry has no " + reference));
            parts.add(byId(version.contentId()));
        }
        return parse("content id " + contentId, content, parts);
    }

    private static Schema parse(String id, String content, List<Schema> parts) {
        Schema.Parser parser = new Schema.Parser(NameValidator.NO_VALIDATION);
        parser.addTypes(parts);
        try {
            return parser.parse(content);
        } catch (SchemaParseException e) {
            throw new IllegalArgumentException(
                    "what the registry holds as %s is no Avro schema: %s".formatted(id, e.getMessage()), e);
        }
    }

    /** Two threads may load one schema at a time; both get the first one's. */
    private static Schema first(Map<Long, Schema> map, long id, Schema loaded) {
        Schema earlier = map.putIfAbsent(id, loaded);
        return earlier == null ? loaded : earlier;
    }
}
