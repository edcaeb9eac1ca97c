package io.weir.kit.contract;

import org.apache.avro.Schema;

/** Where schemas are found by their id, and ids by product: the registry, or a map in tests and in-process runs. */
public interface Schemas {

    /** Which half of a record a schema describes. */
    enum Part {
        KEY,
        VALUE
    }

    /**
     * The schema with which some bytes were written. Content ids are the registry's, above 0.
     *
     * @throws IllegalArgumentException where there is no such id: the bytes cannot be read, now or later
     * @throws RegistryUnavailable where it cannot be told just now: wait and try again
     */
    Schema byId(long contentId);

    /**
     * The content id of the product's current key or value schema.
     *
     * @throws RegistryException where it is not published yet, or cannot be told just now: wait and try again
     */
    long idOf(ProductName product, Part part);

    /** The content id of exactly the schema that this contract derives: what its writer must use, while another version of the contract may be current. */
    default long idOf(DataProduct product, Part part) {
        long id = idOf(product.name(), part);
        if (!byId(id).equals(AvroMapping.schema(product, part))) {
            throw new NotPublishedYet(
                    "the current %s schema of %s is another contract's".formatted(part, product.name()));
        }
        return id;
    }

    /** The schema of one registered version, by its global id: what Apicurio's serialisers before version 3 put into headers. */
    default Schema byGlobalId(long globalId) {
        throw new IllegalArgumentException("global ids are known to a registry only: " + globalId);
    }
}
