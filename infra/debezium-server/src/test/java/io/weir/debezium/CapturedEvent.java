package io.weir.debezium;

import org.apache.avro.generic.GenericRecord;

/** One decoded change event; its key is null for a truncation. */
record CapturedEvent(GenericRecord key, GenericRecord value) {

    /** {@code u 1 Ada}: operation, key, name after. */
    String text() {
        return "%s %s %s"
                .formatted(
                        value.get("op"),
                        key == null ? "-" : key.get("id"),
                        value.get("after") == null ? "-" : after("name"));
    }

    Object after(String field) {
        return ((GenericRecord) value.get("after")).get(field);
    }

    Object source(String field) {
        return ((GenericRecord) value.get("source")).get(field);
    }
}
