package io.weir.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.weir.contract.QuarantineLog.Filter;
import io.weir.kit.contract.JsonRows;
import io.weir.kit.stream.ChangeHeaders;
import io.weir.kit.stream.QuarantineHeaders;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The rows of one product, or of one sync, that lie in quarantine: look at them, put them back, give them up. */
@Path("/v1/quarantine/{topic}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "quarantine")
public class QuarantineResource {

    /**
     * One row in quarantine.
     *
     * @param position {@code partition@offset} in the quarantine topic
     * @param at when it came there
     * @param input {@code topic-partition@offset} of the change that led to it
     * @param detail what it should have kept; never data
     * @param row what lies there, where it can be read and was asked for
     * @param keyBytes base64, with {@code row}
     * @param valueBytes base64, with {@code row}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record RowView(
            String position,
            Instant at,
            String reason,
            String rule,
            String field,
            String stage,
            String input,
            String detail,
            String form,
            @Nullable String traceparent,
            @Nullable JsonNode row,
            @Nullable String keyBytes,
            @Nullable String valueBytes) {}

    /** A page; {@code next} is the cursor of the one after it, absent on the last. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Page(List<RowView> rows, @Nullable String next) {}

    /**
     * Which open rows, and how many at most. What is absent does not restrict.
     *
     * @param since ISO 8601, inclusive
     * @param until ISO 8601, exclusive
     * @param limit rows that are looked at: 1 to 10,000, 1,000 where it is absent
     * @param dryRun only tell what would be done
     * @param by who wants it, for the audit record
     * @param why for the audit record
     */
    public record Order(
            @Nullable String reason,
            @Nullable String rule,
            @Nullable String field,
            @Nullable String since,
            @Nullable String until,
            @Nullable Integer limit,
            boolean dryRun,
            @Nullable String by,
            @Nullable String why) {}

    private static final Pattern POSITION = Pattern.compile("\\d{1,9}@\\d{1,18}");
    private static final int MOST = 10_000;

    private final ContractService contracts;
    private final QuarantineLog log;
    private final Redrive redrive;

    QuarantineResource(ContractService contracts, QuarantineLog log, Redrive redrive) {
        this.contracts = contracts;
        this.log = log;
        this.redrive = redrive;
    }

    @GET
    @Path("/rows")
    @Operation(summary = "The open rows, by partition and offset; data=true shows what is in them")
    public Page rows(
            @PathParam("topic") String topic,
            @QueryParam("reason") @Nullable String reason,
            @QueryParam("rule") @Nullable String rule,
            @QueryParam("field") @Nullable String field,
            @QueryParam("since") @Nullable String since,
            @QueryParam("until") @Nullable String until,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @DefaultValue("100") int limit,
            @QueryParam("data") boolean data) {
        Quarantine quarantine = quarantine(topic);
        if (cursor != null && !POSITION.matcher(cursor).matches()) {
            throw new BadRequestException("cursor \"%s\" is none that a page gave".formatted(cursor));
        }
        int size = within(limit, 1_000);
        List<ConsumerRecord<byte[], byte[]>> found =
                log.open(quarantine, filter(reason, rule, field, since, until), cursor, size + 1);
        boolean more = found.size() > size;
        List<ConsumerRecord<byte[], byte[]>> page = more ? found.subList(0, size) : found;
        return new Page(
                page.stream().map(record -> view(quarantine, record, data)).toList(),
                more ? QuarantineLog.position(page.getLast()) : null);
    }

    @GET
    @Path("/rows/{position}")
    @Operation(summary = "One row with its bytes, by partition@offset")
    public RowView row(@PathParam("topic") String topic, @PathParam("position") String position) {
        Quarantine quarantine = quarantine(topic);
        return log.at(quarantine, position)
                .map(record -> view(quarantine, record, true))
                .orElseThrow(() ->
                        new NotFoundException("no row lies at %s of %s".formatted(position, quarantine.rowsTopic())));
    }

    @POST
    @Path("/redrive")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Puts rows back that keep today's contract",
            description =
                    "Never before a newer row of the same key; rows of one key in their order; leaves an audit record in weir.audit.")
    public Redrive.Report redrive(@PathParam("topic") String topic, Order order) {
        return redrive.redrive(quarantine(topic), filter(order), limit(order), order.dryRun(), by(order));
    }

    @POST
    @Path("/discard")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Gives rows up; leaves an audit record in weir.audit")
    public Redrive.Report discard(@PathParam("topic") String topic, Order order) {
        String why = order.why();
        return redrive.discard(
                quarantine(topic), filter(order), limit(order), order.dryRun(), by(order), why == null ? "" : why);
    }

    private Quarantine quarantine(String topic) {
        return contracts.quarantines().stream()
                .filter(quarantine -> quarantine.topic().equals(topic))
                .findFirst()
                .orElseThrow(() -> new NotFoundException(
                        "nothing can lie in quarantine for \"%s\"; GET /v1/quarantine lists for what"
                                .formatted(topic)));
    }

    private static Filter filter(Order order) {
        return filter(order.reason(), order.rule(), order.field(), order.since(), order.until());
    }

    private static Filter filter(
            @Nullable String reason,
            @Nullable String rule,
            @Nullable String field,
            @Nullable String since,
            @Nullable String until) {
        return new Filter(reason, rule, field, ms("since", since), ms("until", until));
    }

    private static @Nullable Long ms(String name, @Nullable String time) {
        try {
            return time == null ? null : Instant.parse(time).toEpochMilli();
        } catch (DateTimeParseException e) {
            throw new BadRequestException("%s \"%s\" is no time: write 2026-01-31T18:30:00Z".formatted(name, time));
        }
    }

    private static int limit(Order order) {
        Integer limit = order.limit();
        return within(limit == null ? 1_000 : limit, MOST);
    }

    private static int within(int limit, int most) {
        if (limit < 1 || limit > most) {
            throw new BadRequestException("limit %d: from 1 to %d".formatted(limit, most));
        }
        return limit;
    }

    private static String by(Order order) {
        String by = order.by();
        if (by == null || by.isBlank()) {
            throw new BadRequestException("\"by\" is missing: the audit record says who did it");
        }
        return by;
    }

    private RowView view(Quarantine quarantine, ConsumerRecord<byte[], byte[]> record, boolean data) {
        return new RowView(
                QuarantineLog.position(record),
                Instant.ofEpochMilli(record.timestamp()),
                QuarantineLog.header(record, QuarantineHeaders.REASON),
                QuarantineLog.header(record, QuarantineHeaders.RULE),
                QuarantineLog.header(record, QuarantineHeaders.FIELD),
                QuarantineLog.header(record, QuarantineHeaders.STAGE),
                QuarantineLog.header(record, QuarantineHeaders.INPUT),
                QuarantineLog.header(record, QuarantineHeaders.DETAIL),
                QuarantineLog.header(record, QuarantineHeaders.FORM),
                ChangeHeaders.read(record.headers()).traceparent(),
                data ? row(quarantine, record).orElse(null) : null,
                data ? base64(record.key()) : null,
                data ? base64(record.value()) : null);
    }

    private Optional<JsonNode> row(Quarantine quarantine, ConsumerRecord<byte[], byte[]> record) {
        if (QuarantineLog.isAsRead(record)) {
            return QuarantineLog.input(record)
                    .flatMap(input -> contracts.product(input.topic()))
                    .flatMap(input -> log.rowRead(input, record).map(row -> JsonRows.write(row, input.rowType())));
        }
        return quarantine.product().flatMap(product -> QuarantineLog.row(product, record)
                .map(row -> JsonRows.write(row, product.rowType())));
    }

    private static @Nullable String base64(byte @Nullable [] bytes) {
        return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
    }
}
