package io.weir.kit.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QueuedProducerTest {

    private final MockProducer<byte[], byte[]> sent =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final QueuedProducer producer = new QueuedProducer(sent, "queue");

    @BeforeEach
    void begin() {
        producer.initTransactions();
        producer.beginTransaction();
    }

    @AfterEach
    void close() {
        producer.close();
    }

    @Test
    void shouldSendAllInOrderBeforeATransactionEnds() {
        List<ProducerRecord<byte[], byte[]>> records =
                IntStream.range(0, 1_000).mapToObj(QueuedProducerTest::record).toList();

        records.forEach(producer::send);
        producer.commitTransaction();

        assertThat(sent.history()).containsExactlyElementsOf(records);
    }

    @Test
    void shouldHaveSentAllWhenItIsFlushed() {
        ProducerRecord<byte[], byte[]> record = record(1);

        producer.send(record);
        producer.flush();

        assertThat(sent.uncommittedRecords()).containsExactly(record);
    }

    @Test
    void shouldNotCommitWhereASendFailedAndGoOnOnceThatIsAborted() {
        KafkaException failure = new KafkaException("the broker is gone");
        sent.sendException = failure;
        producer.send(record(1));

        assertThatThrownBy(producer::commitTransaction).isSameAs(failure);

        sent.sendException = null;
        producer.abortTransaction();
        producer.beginTransaction();
        ProducerRecord<byte[], byte[]> second = record(2);
        producer.send(second);
        producer.commitTransaction();
        assertThat(sent.history()).containsExactly(second);
    }

    @Test
    void shouldForgetWhatIsNotSentWhenItAborts() {
        producer.send(record(1));

        producer.abortTransaction();
        producer.beginTransaction();
        producer.commitTransaction();

        assertThat(sent.history()).isEmpty();
    }

    private static ProducerRecord<byte[], byte[]> record(int value) {
        return new ProducerRecord<>("out", new byte[] {(byte) value}, new byte[] {(byte) (value >> 8)});
    }
}
