package io.weir.kit.stream;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Schemas.Part;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.RecordContext;
import org.apache.kafka.streams.processor.TopicNameExtractor;
import org.jspecify.annotations.Nullable;

/**
 * The end of every stage: rows pass the contract's gate into the product's topic, the others go to quarantine, in one transaction.
 *
 * <p>Keys and values are bare Avro; the schemas' ids are in headers, as Apicurio's serde writes them. A deletion is a tombstone.
 */
public final class ProductOutput {

    private ProductOutput() {}

    /** Adds the gate and the sink behind {@code outputs}, whose records carry the headers of the change that led to them. */
    public static void to(KStream<byte[], Output> outputs, DataProduct product, StageContext context) {
        SchemaIds schemas = new SchemaIds(
                context.schemas().idOf(product, Part.KEY), context.schemas().idOf(product, Part.VALUE));
        ReferenceKeys references = context.references();
        KStream<byte[], Output> checked = references == null
                        || product.settings().relationships().isEmpty()
                ? outputs
                : outputs.process(ReferenceCheck.supplier(product, context, references), Named.as("references"));
        checked.process(() -> new Gate(product, schemas, context), Named.as("gate"))
                .to(
                        new DestinedTopic(),
                        Produced.with(Serdes.ByteArray(), new DestinedSerde()).withName("product"));
    }

    /** The content ids of the product's schemas, looked up before the stage starts, so that it waits where they are not published yet. */
    record SchemaIds(long key, long value) {}

    /** A record's value and the topic that it is for. */
    record Destined(String topic, byte @Nullable [] value) {}

    private static final class DestinedTopic implements TopicNameExtractor<byte[], Destined> {
        @Override
        public String extract(byte[] key, Destined destined, RecordContext record) {
            return destined.topic();
        }

        /** The same in every run: it stands in the topology's description. */
        @Override
        public String toString() {
            return "product or quarantine";
        }
    }

    private static final class DestinedSerde implements Serde<Destined> {
        @Override
        public Serializer<Destined> serializer() {
            return new Serializer<>() {
                @Override
                @SuppressWarnings("NullAway") // a tombstone's value is null
                public byte[] serialize(String topic, Destined destined) {
                    return destined.value();
                }
            };
        }

        @Override
        public Deserializer<Destined> deserializer() {
            throw new IllegalStateException("sinks are not read");
        }
    }
}
