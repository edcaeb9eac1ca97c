package io.weir.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.stream.ChangeHeaders;
import io.weir.kit.stream.Output;
import io.weir.kit.stream.ProductOutput;
import io.weir.kit.stream.Stage;
import io.weir.kit.stream.StageContext;
import io.weir.kit.stream.StageId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Named;
import org.jspecify.annotations.Nullable;

/**
 * A domain whose products each promise something else, what is written to them, and the stages that write them: {@code fresh} and {@code volume} break by rows that do not
 * come, {@code nulls}, {@code twins} and {@code drift} by what is in them. {@code gold.reader} reads {@code nulls}.
 */
final class PromisingDomain {

    static final List<String> PRODUCTS = List.of("fresh", "volume", "nulls", "twins", "drift");

    private final String name;
    private final Domain contracts;
    private final Random random = new Random(7);
    private final Map<String, Long> ids = new HashMap<>();
    private final Set<String> broken = new HashSet<>();

    PromisingDomain(String name, Path folder) throws IOException {
        this.name = name;
        this.contracts = contracts(name, folder);
    }

    Domain contracts() {
        return contracts;
    }

    String topic(String product) {
        return "silver.%s.%s.v1".formatted(name, product);
    }

    String in(String product) {
        return "in.%s.%s".formatted(name, product);
    }

    /** What is written from now on breaks the product's promise, or keeps it. */
    synchronized void breaks(String product, boolean breaks) {
        if (breaks) {
            broken.add(product);
        } else {
            broken.remove(product);
        }
    }

    /** What ten rows' time brings for a product. */
    synchronized List<ProducerRecord<byte[], byte[]>> next(String product, long nowMs) {
        boolean breaks = broken.contains(product);
        int rows = !breaks ? 10 : product.equals("fresh") ? 0 : product.equals("volume") ? 1 : 10;
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            records.add(record(product, breaks, nowMs));
        }
        return records;
    }

    private ProducerRecord<byte[], byte[]> record(String product, boolean breaks, long nowMs) {
        long id = ids.merge(product, 1L, Long::sum);
        String email = "a%d@example.org".formatted(breaks && product.equals("twins") ? id / 4 : id);
        double amount = random.nextGaussian(100, 20) + (breaks && product.equals("drift") ? 60 : 0);
        boolean hasNull = breaks && product.equals("nulls") && id % 2 == 0;
        @Nullable Object[] row = {id, hasNull ? null : email, amount};
        DataProduct of = contracts.find("silver." + product).orElseThrow();
        var record = new ProducerRecord<>(
                in(product),
                RowCodec.ofKey(of).encode(new Object[] {id}),
                RowCodec.ofValue(of).encode(row));
        record.headers()
                .add(ChangeHeaders.SOURCE_TIMESTAMP, Long.toString(nowMs).getBytes(UTF_8));
        return record;
    }

    Stage stage(String product) {
        return new Copy(in(product), contracts.find("silver." + product).orElseThrow());
    }

    Stage reader() {
        return new Copy(topic("nulls"), contracts.find("gold.reader").orElseThrow());
    }

    private static Domain contracts(String domain, Path folder) throws IOException {
        Files.createDirectories(folder.resolve("contracts"));
        Files.createDirectories(folder.resolve("gold"));
        Files.createDirectories(folder.resolve("subscriptions"));
        Files.writeString(folder.resolve("domain.yaml"), """
                apiVersion: weir/v1
                kind: Domain
                name: %s
                description: Promises.
                team:
                  name: judges
                  contact: team@example.org
                """.formatted(domain));
        contract(folder, domain, "silver", "fresh", "", "", "");
        contract(folder, domain, "silver", "volume", "", "", """
                    quality:
                      - type: custom
                        engine: weir
                        implementation: {metric: volume, mustBeBetween: [50, 200]}
                """);
        contract(folder, domain, "silver", "nulls", """
                        quality:
                          - metric: nullValues
                            mustBeLessThan: 10
                            unit: percent
                            customProperties: [{property: onViolation, value: halt}]
                """, "", "");
        contract(folder, domain, "silver", "twins", """
                        quality:
                          - metric: duplicateValues
                            mustBe: 0
                """, "", "");
        contract(folder, domain, "silver", "drift", "", """
                        quality:
                          - type: custom
                            engine: weir
                            implementation: {metric: psi, mustBeLessThan: 0.25}
                          - type: custom
                            engine: weir
                            implementation: {metric: ks, mustBeLessThan: 0.3}
                          - type: custom
                            engine: weir
                            implementation: {metric: mean, mustBeBetween: [50, 250]}
                """, "");
        contract(folder, domain, "gold", "reader", "", "", "");
        Files.writeString(folder.resolve("gold/reader.sql"), "SELECT id, email, amount FROM silver.nulls\n");
        Files.writeString(folder.resolve("subscriptions/letters.yaml"), """
                apiVersion: weir/v1
                kind: Subscription
                name: letters
                product: gold.%s.reader.v1
                purpose: Letters.
                team: {name: marketing, contact: marketing@example.org}
                columns: [{name: email}]
                """.formatted(domain));
        return DomainFolder.load(folder, _ -> null);
    }

    private static void contract(
            Path folder,
            String domain,
            String layer,
            String name,
            String emailQuality,
            String amountQuality,
            String quality)
            throws IOException {
        Files.writeString(folder.resolve("contracts/%s.odcs.yaml".formatted(name)), """
                apiVersion: v3.1.0
                kind: DataContract
                id: %1$s
                version: 1.0.0
                status: active
                name: %1$s
                domain: %2$s
                schema:
                  - name: %1$s
                    physicalName: %3$s.%2$s.%1$s.v1
                    customProperties: [{property: partitions, value: 1}]
                    properties:
                      - name: id
                        logicalType: integer
                        primaryKey: true
                      - name: email
                        logicalType: string
                %4$s      - name: amount
                        logicalType: number
                %5$s%6$s
                slaProperties:
                  - {property: %7$s, value: %8$d, unit: s}
                team: {name: judges}
                """.formatted(
                        name,
                        domain,
                        layer,
                        emailQuality,
                        amountQuality,
                        quality,
                        name.equals("fresh") ? "freshness" : "latency",
                        name.equals("fresh") ? 20 : 60));
    }

    /** Copies what it reads. */
    private static final class Copy implements Stage {

        private final String from;
        private final DataProduct output;

        Copy(String from, DataProduct output) {
            this.from = from;
            this.output = output;
        }

        @Override
        public StageId id() {
            return StageId.of("test", output.name());
        }

        @Override
        public String kind() {
            return "model";
        }

        @Override
        public List<String> inputTopics() {
            return List.of(from);
        }

        @Override
        public DataProduct output() {
            return output;
        }

        @Override
        public Topology topology(StageContext context) {
            StreamsBuilder builder = new StreamsBuilder();
            RowCodec codec = RowCodec.ofValue(output);
            ProductOutput.to(
                    builder.stream(
                                    from,
                                    Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                                            .withName("input"))
                            .mapValues(
                                    value -> (Output) new Output.Upsert(codec.decode(value, codec.schema())),
                                    Named.as("copy")),
                    output,
                    context);
            return builder.build();
        }
    }
}
