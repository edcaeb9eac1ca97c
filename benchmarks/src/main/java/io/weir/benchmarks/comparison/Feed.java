package io.weir.benchmarks.comparison;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.InMemorySchemas;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.contract.Schemas;
import io.weir.kit.stream.ChangeHeaders;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes a workload's rows into its input topics: some of them visible, the rest in one transaction that is committed when the clock starts. So an engine is up, has read
 * something, and then finds all the work there at once.
 *
 * <p>Records are those of any Weir product: bare Avro, schema ids and the change's headers beside it.
 */
final class Feed implements AutoCloseable {

    /** So many rows the source changed at once: their headers are the same. */
    private static final int TRANSACTION = 20;

    private final KafkaProducer<byte[], byte[]> producer;

    Feed(String bootstrapServers, String run) {
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        "feed." + run,
                        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                        900_000,
                        ProducerConfig.LINGER_MS_CONFIG,
                        50,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        128 * 1024,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG,
                        "lz4"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
    }

    /** Writes the first {@code visible} rows and the rest behind them, uncommitted. */
    void fill(Workload workload, String run, long rows, long visible) {
        producer.beginTransaction();
        write(workload, run, 0, visible);
        producer.commitTransaction();
        producer.beginTransaction();
        write(workload, run, visible, rows);
        producer.flush();
    }

    /** A send that fails shows when the transaction is committed. */
    private void write(Workload workload, String run, long from, long to) {
        List<DataProduct> products = workload.inputs(run);
        InMemorySchemas schemas = InMemorySchemas.of(workload.products(run));
        List<Writer> writers =
                products.stream().map(product -> new Writer(product, schemas)).toList();
        for (long i = from; i < to; i++) {
            for (int input = 0; input < writers.size(); input++) {
                Input rows = workload.inputs().get(input);
                for (long row = rows.rows(i); row < rows.rows(i + 1); row++) {
                    var unawaited =
                            producer.send(writers.get(input).record(rows.row().apply(row)));
                }
            }
        }
    }

    /** Makes the rest visible. */
    void release() {
        producer.commitTransaction();
    }

    @Override
    public void close() {
        producer.close();
    }

    private static final class Writer {
        private final DataProduct product;
        private final RowCodec keys;
        private final RowCodec values;
        private final InMemorySchemas schemas;
        private Headers headers = new RecordHeaders();
        private long written;

        Writer(DataProduct product, InMemorySchemas schemas) {
            this.schemas = schemas;
            this.product = product;
            this.keys = RowCodec.ofKey(product);
            this.values = RowCodec.ofValue(product);
        }

        ProducerRecord<byte[], byte[]> record(Object[] row) {
            if (written++ % TRANSACTION == 0) {
                headers = ofTransaction(written);
            }
            Object[] key = product.key().stream().map(column -> row[column]).toArray();
            return new ProducerRecord<>(product.name().topic(), null, keys.encode(key), values.encode(row), headers);
        }

        private Headers ofTransaction(long number) {
            Headers made = new RecordHeaders();
            new ChangeHeaders(
                            "00-4bf92f3577b34da6%016x-00f067aa0ba902b7-01".formatted(number),
                            "postgresql:shop",
                            "ingest.shop." + product.name().product() + ".v1",
                            System.currentTimeMillis(),
                            "%016x-%016x".formatted(number, number))
                    .write(made);
            SchemaHeaders.writeKey(made, schemas.idOf(product.name(), Schemas.Part.KEY));
            SchemaHeaders.writeValue(made, schemas.idOf(product.name(), Schemas.Part.VALUE));
            return made;
        }
    }
}
