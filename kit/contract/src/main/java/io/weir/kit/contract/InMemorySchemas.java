package io.weir.kit.contract;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;

/** Schemas in a map, for tests and for runs without a registry. Thread-safe; an equal schema has one id. */
public final class InMemorySchemas implements Schemas {

    private record Key(ProductName product, Part part) {}

    private final Map<Long, Schema> byId = new ConcurrentHashMap<>();
    private final Map<Schema, Long> ids = new ConcurrentHashMap<>();
    private final Map<Key, Long> current = new ConcurrentHashMap<>();

    /** The key and value schemas of these products. */
    public static InMemorySchemas of(Iterable<DataProduct> products) {
        InMemorySchemas schemas = new InMemorySchemas();
        for (DataProduct product : products) {
            for (Part part : Part.values()) {
                schemas.put(product.name(), part, AvroMapping.schema(product, part));
            }
        }
        return schemas;
    }

    public static InMemorySchemas of(DataProduct... products) {
        return of(List.of(products));
    }

    /** Makes the schema the product's current one, and tells its id. */
    public synchronized long put(ProductName product, Part part, Schema schema) {
        long id = add(schema);
        current.put(new Key(product, part), id);
        return id;
    }

    /** Any other schema, such as that of a change topic. */
    public synchronized long add(Schema schema) {
        long id = ids.computeIfAbsent(schema, _ -> ids.size() + 1L);
        byId.put(id, schema);
        return id;
    }

    @Override
    public Schema byId(long contentId) {
        Schema schema = byId.get(contentId);
        if (schema == null) {
            throw new IllegalArgumentException("no schema has the id " + contentId);
        }
        return schema;
    }

    @Override
    public long idOf(ProductName product, Part part) {
        Long id = current.get(new Key(product, part));
        if (id == null) {
            throw new IllegalArgumentException("no %s schema for %s".formatted(part, product));
        }
        return id;
    }
}
