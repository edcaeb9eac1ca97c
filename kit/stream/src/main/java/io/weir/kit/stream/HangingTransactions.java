package io.weir.kit.stream;

import static io.weir.kit.stream.Topics.get;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends transactions that nobody else will: open on a partition, and unknown to their coordinator.
 *
 * <p>A broker that dies in the middle of a commit can leave one. On the partition of a group's offsets it keeps the group from ever reading them, so the
 * stage cannot start; on a topic it keeps every reader of committed records before it.
 */
final class HangingTransactions {

    private static final Logger LOG = LoggerFactory.getLogger(HangingTransactions.class);

    private HangingTransactions() {}

    /**
     * Aborts those of the application's offsets, of its own topics and of these topics; returns how many. Where it fails, or may not, it says so in the log: it is called
     * again.
     */
    static int abort(StageSettings settings, String application, Collection<String> topics) {
        try (Admin admin = Admin.create(StreamsSettings.ofAdmin(settings))) {
            Set<TopicPartition> partitions = partitions(admin, application, topics);
            Map<TopicPartition, Set<ProducerState>> open = open(admin, partitions);
            if (open.isEmpty()) {
                return 0;
            }
            Map<Long, Set<TopicPartition>> known = known(admin, open);
            // What the coordinator did not know while it was open before and after: it never will.
            Map<TopicPartition, Set<ProducerState>> still = open(admin, open.keySet());
            int aborted = 0;
            for (Map.Entry<TopicPartition, Set<ProducerState>> at : open.entrySet()) {
                for (ProducerState before : at.getValue()) {
                    boolean isKnown =
                            known.getOrDefault(before.producerId(), Set.of()).contains(at.getKey());
                    if (!isKnown
                            && still.getOrDefault(at.getKey(), Set.of()).stream()
                                    .anyMatch(now -> isSame(before, now))) {
                        abort(admin, application, at.getKey(), before);
                        aborted++;
                    }
                }
            }
            return aborted;
        } catch (KafkaException unanswered) {
            LOG.atWarn()
                    .addKeyValue("stage", application)
                    .addKeyValue("reason", StageRunner.rootMessage(unanswered))
                    .log("cannot look for hanging transactions; trying again later");
            return 0;
        }
    }

    private static Set<TopicPartition> partitions(Admin admin, String application, Collection<String> topics) {
        Set<String> wanted = new HashSet<>(topics);
        wanted.add(Topic.GROUP_METADATA_TOPIC_NAME);
        get(admin.listTopics().names()).stream()
                .filter(topic -> PlanLedger.isInternal(topic, application))
                .forEach(wanted::add);
        Set<TopicPartition> partitions = new HashSet<>();
        Topics.partitions(admin, wanted).forEach((topic, count) -> {
            if (topic.equals(Topic.GROUP_METADATA_TOPIC_NAME)) {
                partitions.add(new TopicPartition(topic, Utils.abs(application.hashCode()) % count));
            } else {
                IntStream.range(0, count).forEach(each -> partitions.add(new TopicPartition(topic, each)));
            }
        });
        return partitions;
    }

    /** Producers with a transaction open, by partition. */
    private static Map<TopicPartition, Set<ProducerState>> open(Admin admin, Collection<TopicPartition> partitions) {
        Map<TopicPartition, Set<ProducerState>> open = new HashMap<>();
        get(admin.describeProducers(partitions).all()).forEach((partition, state) -> {
            Set<ProducerState> producers = state.activeProducers().stream()
                    .filter(producer -> producer.currentTransactionStartOffset().isPresent())
                    .collect(Collectors.toSet());
            if (!producers.isEmpty()) {
                open.put(partition, producers);
            }
        });
        return open;
    }

    /** By producer, the partitions that its coordinator holds to be part of its transaction. */
    private static Map<Long, Set<TopicPartition>> known(Admin admin, Map<TopicPartition, Set<ProducerState>> open) {
        Set<Long> producers = open.values().stream()
                .flatMap(Set::stream)
                .map(ProducerState::producerId)
                .collect(Collectors.toSet());
        List<String> transactions =
                get(admin.listTransactions(new ListTransactionsOptions().filterProducerIds(producers))
                                .all())
                        .stream()
                        .map(TransactionListing::transactionalId)
                        .toList();
        return get(admin.describeTransactions(transactions).all()).values().stream()
                .collect(Collectors.toMap(TransactionDescription::producerId, TransactionDescription::topicPartitions));
    }

    private static boolean isSame(ProducerState before, ProducerState now) {
        return before.producerId() == now.producerId()
                && before.producerEpoch() == now.producerEpoch()
                && before.currentTransactionStartOffset().equals(now.currentTransactionStartOffset());
    }

    private static void abort(Admin admin, String application, TopicPartition partition, ProducerState producer) {
        get(admin.abortTransaction(new AbortTransactionSpec(
                        partition,
                        producer.producerId(),
                        (short) producer.producerEpoch(),
                        producer.coordinatorEpoch().orElse(0)))
                .all());
        LOG.atWarn()
                .addKeyValue("stage", application)
                .addKeyValue("partition", partition)
                .addKeyValue("producer", producer.producerId())
                .addKeyValue("offset", producer.currentTransactionStartOffset().orElse(-1))
                .log("aborted a hanging transaction: open, and unknown to its coordinator");
    }
}
