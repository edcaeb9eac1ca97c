package io.weir.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.stream.MeshTopics;
import io.weir.kit.testkit.TestKafka;
import io.weir.kit.testkit.Testkit;
import io.weir.kit.testkit.WithMesh;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

@WithMesh
class LagsTest {

    @Test
    void shouldLookAtTheGenerationThatServes(TestKafka kafka) throws Exception {
        String topic = Testkit.unique("in");
        String rebuilt = "feature.jaffle.rebuilt.v1";
        String first = "feature.jaffle.first.v1";
        kafka.createTopic(MeshTopics.PLANS, 1, Map.of("cleanup.policy", "compact"));
        kafka.createTopic(topic, 1);
        for (int i = 0; i < 5; i++) {
            kafka.send(topic, null, new byte[] {1});
        }
        kafka.send(
                MeshTopics.PLANS,
                rebuilt.getBytes(UTF_8),
                "{\"fingerprint\": \"p\", \"generation\": 2}".getBytes(UTF_8));
        try (Admin admin = kafka.admin()) {
            for (var read : Map.of(rebuilt, 1L, rebuilt + "-g2", 4L, first, 2L).entrySet()) {
                admin.alterConsumerGroupOffsets(
                                read.getKey(),
                                Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(read.getValue())))
                        .all()
                        .get();
            }
        }

        try (Lags lags = new Lags(kafka.bootstrapServers())) {
            assertThat(lags.of(Set.of(rebuilt, first)))
                    .containsOnly(Map.entry(rebuilt, new Lags.Lag(5, 4)), Map.entry(first, new Lags.Lag(5, 2)));
        }
    }
}
