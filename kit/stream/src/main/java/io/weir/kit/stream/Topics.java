package io.weir.kit.stream;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Makes topics and tells which are there. A {@link KafkaException} where the cluster does not answer within 15 s. */
public final class Topics {

    private static final long TIMEOUT_SECONDS = 15;

    private Topics() {}

    /** Makes the topics that are missing, with the cluster's replication factor; those that exist stay as they are. */
    public static void ensure(Admin admin, Collection<TopicSpec> topics) {
        Set<String> existing = names(admin);
        List<NewTopic> missing = topics.stream()
                .filter(topic -> !existing.contains(topic.name()))
                .map(topic -> new NewTopic(topic.name(), Optional.of(topic.partitions()), Optional.empty())
                        .configs(topic.settings()))
                .toList();
        if (missing.isEmpty()) {
            return;
        }
        admin.createTopics(missing).values().forEach((name, creation) -> {
            try {
                creation.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException failed) {
                if (!(failed.getCause() instanceof TopicExistsException)) {
                    throw new KafkaException("topic %s cannot be made: %s".formatted(name, failed.getCause()), failed);
                }
            } catch (InterruptedException | TimeoutException interrupted) {
                throw unanswered(interrupted);
            }
        });
    }

    /** Those of {@code topics} that do not exist, in the given order. */
    public static List<String> missing(Admin admin, List<String> topics) {
        List<String> missing = new ArrayList<>(topics);
        missing.removeAll(names(admin));
        return missing;
    }

    /** How many partitions each of these topics has; those that do not exist are left out. */
    public static Map<String, Integer> partitions(Admin admin, Collection<String> topics) {
        Map<String, Integer> counts = new HashMap<>();
        admin.describeTopics(topics).topicNameValues().forEach((name, description) -> {
            try {
                counts.put(
                        name,
                        description
                                .get(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                                .partitions()
                                .size());
            } catch (ExecutionException failed) {
                if (!(failed.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw unanswered(failed);
                }
            } catch (InterruptedException | TimeoutException failed) {
                throw unanswered(failed);
            }
        });
        return counts;
    }

    /** The answer; what Kafka says against it is thrown as it is, and so is its silence. */
    static <T> T get(KafkaFuture<T> answer) {
        try {
            return answer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof KafkaException known ? known : unanswered(failed);
        } catch (TimeoutException | InterruptedException failed) {
            throw unanswered(failed);
        }
    }

    private static Set<String> names(Admin admin) {
        return get(admin.listTopics().names());
    }

    private static KafkaException unanswered(Exception failed) {
        if (failed instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return new KafkaException("Kafka does not answer: " + failed.getMessage(), failed);
    }
}
