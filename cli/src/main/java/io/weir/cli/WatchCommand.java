package io.weir.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weir.cli.mesh.Run;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DidYouMean;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.JsonRows;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.contract.RegistryException;
import io.weir.kit.contract.RegistrySchemas;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.RowCodecException;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.contract.Schemas;
import io.weir.kit.stream.ChangeHeaders;
import io.weir.kit.stream.QuarantineHeaders;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir watch}: the changes of a topic, decoded, as they come. */
@Command(
        name = "watch",
        description = "Shows the changes of a topic as they come: key, row, where they come from and how old they are.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:shown, to the limit or until Ctrl-C",
            "1:there is no such topic, or Kafka does not answer",
            "2:no mesh runs"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./weir watch gold.jaffle.customer_profile.v1",
            "  ./weir watch quarantine.silver.jaffle.customer.v1 --from-beginning",
            "  ./weir watch bronze.jaffle.orders.v1 --limit 10 --output json",
        })
final class WatchCommand implements Callable<Integer> {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
    private static final String QUARANTINE = "quarantine.";

    @Parameters(
            paramLabel = "TOPIC",
            description = "A product's topic, its quarantine topic, or any other topic of the mesh.")
    String topic = "";

    @Option(names = "--from-beginning", description = "Begin with what is there already.")
    boolean fromBeginning;

    @Option(names = "--limit", paramLabel = "N", description = "End after so many changes.")
    @Nullable
    Long limit;

    @Option(
            names = "--output",
            paramLabel = "text|json",
            defaultValue = "TEXT",
            description = "json: a document on a line for each change (default: text).")
    Output output = Output.TEXT;

    @Mixin
    StateOption stateOption = new StateOption();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Run run = RunningMesh.require(stateOption.state());
        Terminal terminal = Terminal.of(spec.commandLine().getOut());
        Schemas schemas = new RegistrySchemas(URI.create(run.addresses().registry()));
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(run)) {
            List<TopicPartition> partitions = partitions(consumer);
            consumer.assign(partitions);
            if (fromBeginning) {
                consumer.seekToBeginning(partitions);
            } else {
                consumer.seekToEnd(partitions);
                // Seeking is lazy: now, and not at the first poll.
                partitions.forEach(consumer::position);
            }
            Decoder decoder = new Decoder(product(run), schemas);
            long shown = 0;
            while (limit == null || shown < limit) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (limit != null && shown >= limit) {
                        break;
                    }
                    show(record, decoder, terminal);
                    shown++;
                }
            }
            return ExitCodes.OK;
        } catch (KafkaException e) {
            throw new UserError(
                    "Kafka at %s does not answer: %s".formatted(run.addresses().kafka(), e.getMessage()));
        }
    }

    private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
        Map<String, List<PartitionInfo>> topics = consumer.listTopics();
        List<PartitionInfo> found = topics.get(topic);
        if (found == null) {
            List<String> known = topics.keySet().stream()
                    .filter(name -> name.matches("(bronze|silver|gold|source|outcome)\\..*"))
                    .sorted()
                    .toList();
            throw new UserError("There is no topic %s%s".formatted(topic, DidYouMean.hint(topic, known)));
        }
        return found.stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    /** The product whose rows are in the topic, its own or its quarantine. */
    private Optional<DataProduct> product(Run run) {
        try {
            Domain domain = DomainFolder.load(
                    Path.of(run.domain()),
                    name -> run.addresses().environment().getOrDefault(name, System.getenv(name)));
            String name = topic.startsWith(QUARANTINE) ? topic.substring(QUARANTINE.length()) : topic;
            return domain.products().values().stream()
                    .filter(product -> product.name().topic().equals(name))
                    .findFirst();
        } catch (ProblemsException e) {
            return Optional.empty();
        }
    }

    private void show(ConsumerRecord<byte[], byte[]> record, Decoder decoder, Terminal terminal) {
        ChangeHeaders change = ChangeHeaders.read(record.headers());
        JsonNode key = decoder.key(record);
        JsonNode row = decoder.value(record);
        if (output == Output.JSON) {
            ObjectNode document = Json.MAPPER.createObjectNode();
            document.put("topic", record.topic());
            document.put("partition", record.partition());
            document.put("offset", record.offset());
            document.put("timestampMs", record.timestamp());
            document.set("key", key);
            document.set("row", row);
            ObjectNode headers = document.putObject("headers");
            record.headers().forEach(header -> headers.put(header.key(), text(header)));
            terminal.line(Json.compact(document));
            return;
        }
        List<String> origin = new ArrayList<>();
        if (!change.origin().isEmpty()) {
            origin.add(change.origin());
        }
        if (change.sourceTimestampMs() >= 0) {
            long age = System.currentTimeMillis() - change.sourceTimestampMs();
            origin.add(Texts.duration(Duration.ofMillis(age)) + " old");
        }
        String reason = header(record.headers(), QuarantineHeaders.REASON);
        if (reason != null) {
            origin.add(reason
                    + optional(record.headers(), QuarantineHeaders.FIELD)
                    + optional(record.headers(), QuarantineHeaders.DETAIL));
        }
        terminal.line("%s  %s  %s  %s"
                .formatted(
                        terminal.dim(TIME.format(Instant.ofEpochMilli(record.timestamp()))),
                        terminal.bold(plain(key)),
                        row == null || row.isNull() ? terminal.red("deleted") : plain(withoutKey(key, row)),
                        terminal.dim(origin.isEmpty() ? "" : "(" + String.join(", ", origin) + ")"))
                .stripTrailing());
    }

    private static String optional(Headers headers, String name) {
        String value = header(headers, name);
        return value == null ? "" : " " + value;
    }

    private static JsonNode withoutKey(@Nullable JsonNode key, JsonNode row) {
        if (key instanceof ObjectNode names && row instanceof ObjectNode fields && fields.size() > names.size()) {
            ObjectNode rest = fields.deepCopy();
            names.fieldNames().forEachRemaining(rest::remove);
            return rest;
        }
        return row;
    }

    /** {@code customer_id=1 country=DE}: easier to read than JSON. */
    private static String plain(@Nullable JsonNode node) {
        if (node == null || node.isNull()) {
            return "-";
        }
        if (!node.isObject()) {
            return node.isTextual() ? node.asText() : node.toString();
        }
        List<String> parts = new ArrayList<>();
        node.properties()
                .forEach(field -> parts.add(field.getKey() + "="
                        + (field.getValue().isTextual()
                                ? field.getValue().asText()
                                : field.getValue().toString())));
        return String.join(" ", parts);
    }

    private static @Nullable String header(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** Schema ids are binary; all other headers of ours are text. */
    private static @Nullable String text(Header header) {
        if (header.value() == null) {
            return null;
        }
        if (header.key().startsWith("apicurio.") && header.value().length == Long.BYTES) {
            return Long.toString(java.nio.ByteBuffer.wrap(header.value()).getLong());
        }
        return new String(header.value(), StandardCharsets.UTF_8);
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Run run) {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        run.addresses().kafka(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                        100,
                        ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        8_000,
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        10_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Bytes to JSON: a product's rows by its contract, other Avro by its schema, the rest as the text that it is. */
    private static final class Decoder {

        private final @Nullable DataProduct product;
        private final @Nullable RowCodec keys;
        private final @Nullable RowCodec values;
        private final Schemas schemas;

        Decoder(Optional<DataProduct> product, Schemas schemas) {
            this.product = product.orElse(null);
            this.keys = product.map(RowCodec::ofKey).orElse(null);
            this.values = product.map(found -> RowCodec.of(found.rowType().allNullable()))
                    .orElse(null);
            this.schemas = schemas;
        }

        @Nullable
        JsonNode key(ConsumerRecord<byte[], byte[]> record) {
            if (record.key() == null) {
                return null;
            }
            if (product != null && keys != null) {
                try {
                    return JsonRows.write(keys.decode(record.key()), product.keyType());
                } catch (RowCodecException otherForm) {
                    // In quarantine a key may be an input's.
                }
            }
            return generic(record.key(), schema(record.headers(), true));
        }

        @Nullable
        JsonNode value(ConsumerRecord<byte[], byte[]> record) {
            if (record.value() == null) {
                return null;
            }
            Optional<Schema> written = schema(record.headers(), false);
            if (product != null && values != null) {
                try {
                    @Nullable
                    Object[] row = written.isPresent()
                            ? values.decode(record.value(), written.get())
                            : values.decode(record.value());
                    return JsonRows.write(row, product.rowType());
                } catch (RowCodecException otherForm) {
                    // In quarantine a value may be an input's.
                }
            }
            return generic(record.value(), written);
        }

        private Optional<Schema> schema(Headers headers, boolean key) {
            try {
                return key ? SchemaHeaders.keySchema(headers, schemas) : SchemaHeaders.valueSchema(headers, schemas);
            } catch (RegistryException | IllegalArgumentException unknown) {
                return Optional.empty();
            }
        }

        private static JsonNode generic(byte[] bytes, Optional<Schema> schema) {
            if (schema.isPresent()) {
                try {
                    Object read = new GenericDatumReader<>(schema.get())
                            .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
                    return Json.MAPPER.readTree(String.valueOf(read));
                } catch (IOException | RuntimeException e) {
                    // Then as text, below.
                }
            }
            String text = new String(bytes, StandardCharsets.UTF_8);
            try {
                return Json.MAPPER.readTree(text);
            } catch (IOException e) {
                return Json.MAPPER.getNodeFactory().textNode(text.replaceAll("\\p{Cntrl}", "?"));
            }
        }
    }
}
