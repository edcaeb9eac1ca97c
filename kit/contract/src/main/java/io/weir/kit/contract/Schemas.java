package io.weir.kit.contract;

import org.apache.avro.Schema;

/** Where schemas are found by their id, and ids by product: the registry, or a map in tests and in-process runs. */
public interface Schemas {

    /** Which half of a record a schema describes. */
    enum Part {
        KEY,
        VALUE
    }

    /** The schema with which some bytes were written. Content ids are the registry's, above 0. */
    Schema byId(long contentId);

    /** The content id of the product's current key or value schema. */
    long idOf(ProductName product, Part part);
}
