package io.weir.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quarkus.runtime.Shutdown;
import io.quarkus.runtime.Startup;
import io.weir.contract.Deprecation.Notice;
import io.weir.kit.stream.MeshJson;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.stream.TopicSpec;
import io.weir.kit.stream.Topics;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells each who reads a deprecated product of it: once, and again when the contract says something else of its end. */
@Singleton
class Notices {

    private static final Logger LOG = LoggerFactory.getLogger(Notices.class);
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final ContractConfig config;
    private final ContractService contracts;
    private final Judge judge;
    private final QuarantineLog log;
    private final Thread thread = Thread.ofPlatform().name("notices").daemon().unstarted(this::keepTelling);

    Notices(ContractConfig config, ContractService contracts, Judge judge, QuarantineLog log) {
        this.config = config;
        this.contracts = contracts;
        this.judge = judge;
        this.log = log;
    }

    @Startup
    void start() {
        thread.start();
    }

    @Shutdown
    void stop() throws InterruptedException {
        thread.interrupt();
        thread.join(Duration.ofSeconds(2));
    }

    private void keepTelling() {
        List<Notice> told = List.of();
        while (true) {
            try {
                List<Notice> notices = Deprecation.all(contracts.products().values(), judge.rules()::consumers).stream()
                        .flatMap(deprecation -> deprecation.notices().stream())
                        .toList();
                if (!notices.equals(told)) {
                    tell(config, log, notices);
                    told = notices;
                }
            } catch (RuntimeException away) {
                LOG.atWarn().addKeyValue("reason", away.getMessage()).log("notices are not told yet");
            }
            try {
                Thread.sleep(LOOK);
            } catch (InterruptedException stopped) {
                return;
            }
        }
    }

    /** Writes those that the topic does not hold as they are. */
    static void tell(ContractConfig config, QuarantineLog log, List<Notice> notices) {
        Map<String, Object> properties = new HashMap<>(config.kafka());
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "15000");
        // Of two requests to a topic that was just made, Kafka may take the second alone (KAFKA-15591).
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        try (Admin admin = Admin.create(properties)) {
            Topics.ensure(admin, List.of(TopicSpec.compacted(MeshTopics.NOTICES, 1)));
        }
        Map<String, String> told = new HashMap<>();
        log.scan(
                MeshTopics.NOTICES,
                true,
                record -> {
                    told.put(new String(record.key(), UTF_8), new String(record.value(), UTF_8));
                    return false;
                },
                new ArrayList<>());
        try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (Notice notice : notices) {
                byte[] body = MeshJson.write(notice);
                if (!new String(body, UTF_8).equals(told.get(notice.key()))) {
                    var unawaited = producer.send(new ProducerRecord<>(
                            MeshTopics.NOTICES, notice.key().getBytes(UTF_8), body));
                }
            }
        }
    }
}
