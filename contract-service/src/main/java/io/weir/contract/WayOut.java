package io.weir.contract;

import io.weir.contract.Redrive.Handled;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * How rows leave their quarantine: found, then appended in a transaction, then held against what others have appended meanwhile. Where nothing came before them, the
 * transaction commits; else it is tried again without what was overtaken.
 */
sealed interface WayOut permits Rereads, Returns {

    /** Looks where they are to go; leaves out, and tells, what cannot go there. */
    List<Handled> locate();

    boolean isEmpty();

    /** Appends them, in the producer's transaction. */
    void write(KafkaProducer<byte[], byte[]> producer);

    /** Leaves out, and tells, those before which somebody else has appended to their key, committed or not, since they were looked for. */
    List<Handled> withoutOvertaken();

    /** What goes, or would go, this way. */
    List<Handled> done();
}
