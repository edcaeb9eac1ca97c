package io.weir.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.contract.Incident.Event;
import io.weir.contract.IncidentLog.Known;
import io.weir.kit.stream.Verdict;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Which promises hold, and what happened to those that did not. Answers carry an ETag: ask again with If-None-Match. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "promises")
public class IncidentResource {

    /** Verdicts by product and rule; {@code next} is the cursor of the page after it, absent on the last. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Verdicts(List<Verdict> verdicts, @Nullable String next) {}

    /** Incidents, newest first; {@code next} is the cursor of the page after it, absent on the last. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Incidents(
            List<Incident> incidents, @Nullable String next) {}

    private enum State {
        OPEN,
        RESOLVED,
        ALL
    }

    private static final Pattern OFFSET = Pattern.compile("\\d{1,18}");

    private final IncidentLog log;

    IncidentResource(IncidentLog log) {
        this.log = log;
    }

    @GET
    @Path("/verdicts")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Verdicts.class)))
    @Operation(summary = "Whether each promise of each contract holds just now")
    public Response verdicts(
            @QueryParam("product") @Nullable String product,
            @QueryParam("state") @Nullable String state,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @DefaultValue("100") int limit,
            @Context Request request) {
        int size = Paging.within(limit);
        Verdict.State wanted = state == null ? null : oneOf(Verdict.State.class, "state", state);
        return answer(request, () -> {
            List<Verdict> found = log.verdicts().stream()
                    .filter(verdict -> product == null || verdict.product().equals(product))
                    .filter(verdict -> wanted == null || verdict.state() == wanted)
                    .filter(verdict -> cursor == null || verdict.key().compareTo(cursor) > 0)
                    .limit(size + 1L)
                    .toList();
            boolean more = found.size() > size;
            List<Verdict> page = more ? found.subList(0, size) : found;
            return new Verdicts(page, more ? page.getLast().key() : null);
        });
    }

    @GET
    @Path("/verdicts/{product}/{rule}")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Verdicts.class)))
    @Operation(
            summary = "How one promise fared over time, oldest first",
            description =
                    "The last 100 verdicts: whenever the promise was broken or held again, and once a minute while it is broken, every ten minutes while it holds, where what is measured changes.")
    public Response history(
            @PathParam("product") String product, @PathParam("rule") String rule, @Context Request request) {
        return answer(request, () -> {
            List<Verdict> history = log.history(product, rule);
            if (history.isEmpty()) {
                throw new NotFoundException(
                        "nothing was judged by rule \"%s\" of %s; GET /v1/verdicts?product=%s lists what was"
                                .formatted(rule, product, product));
            }
            return new Verdicts(history, null);
        });
    }

    @GET
    @Path("/incidents")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Incidents.class)))
    @Operation(summary = "Promises that were broken, newest first: open ones unless state says resolved or all")
    public Response incidents(
            @QueryParam("product") @Nullable String product,
            @QueryParam("state") @DefaultValue("open") String state,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @DefaultValue("100") int limit,
            @Context Request request) {
        int size = Paging.within(limit);
        State wanted = oneOf(State.class, "state", state);
        if (cursor != null && !OFFSET.matcher(cursor).matches()) {
            throw new BadRequestException("cursor \"%s\" is none that a page gave".formatted(cursor));
        }
        long before = cursor == null ? Long.MAX_VALUE : Long.parseLong(cursor);
        return answer(request, () -> {
            List<Known> found = log.incidents().stream()
                    .filter(known -> known.opening() < before)
                    .filter(known -> product == null
                            || known.incident().verdict().product().equals(product))
                    .filter(known -> wanted == State.ALL
                            || (known.incident().event() == Event.RESOLVED) == (wanted == State.RESOLVED))
                    .limit(size + 1L)
                    .toList();
            boolean more = found.size() > size;
            List<Known> page = more ? found.subList(0, size) : found;
            return new Incidents(
                    page.stream().map(Known::incident).toList(),
                    more ? Long.toString(page.getLast().opening()) : null);
        });
    }

    @GET
    @Path("/incidents/{id}")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Incident.class)))
    @Operation(summary = "One incident as it is now")
    public Response incident(@PathParam("id") String id, @Context Request request) {
        return answer(request, () -> log.incident(id)
                .orElseThrow(() -> new NotFoundException(
                        "no incident \"%s\"; GET /v1/incidents?state=all lists them".formatted(id))));
    }

    private Response answer(Request request, Supplier<?> body) {
        EntityTag tag = new EntityTag(log.version());
        Response.ResponseBuilder unchanged = request.evaluatePreconditions(tag);
        return unchanged != null
                ? unchanged.build()
                : Response.ok(body.get()).tag(tag).build();
    }

    static <E extends Enum<E>> E oneOf(Class<E> type, String name, String word) {
        for (E one : type.getEnumConstants()) {
            if (one.name().toLowerCase(Locale.ROOT).equals(word.toLowerCase(Locale.ROOT))) {
                return one;
            }
        }
        throw new BadRequestException("%s \"%s\" is not known: write one of %s"
                .formatted(name, word, List.of(type.getEnumConstants()))
                .toLowerCase(Locale.ROOT));
    }
}
