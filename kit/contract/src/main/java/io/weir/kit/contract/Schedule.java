package io.weir.kit.contract;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;

/** When a promise is judged: five cron fields, UTC. Immutable and thread-safe. */
public final class Schedule {

    private static final CronParser PARSER = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    private final ExecutionTime times;

    private Schedule(ExecutionTime times) {
        this.times = times;
    }

    /** An {@link IllegalArgumentException} says what is wrong with it. */
    public static Schedule of(String cron) {
        return new Schedule(ExecutionTime.forCron(PARSER.parse(cron)));
    }

    /** When it came round last, at this moment or before. */
    public Optional<Instant> last(Instant now) {
        return times.lastExecution(now.atZone(ZoneOffset.UTC)).map(time -> time.toInstant());
    }
}
