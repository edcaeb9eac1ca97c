package io.weir.ingest;

import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import io.weir.ingest.PushRequest.Violation;
import io.weir.ingest.PushedProducts.Pushed;
import io.weir.kit.contract.RegistryException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes pushed changes over HTTP, each operation id once. */
@Path("/v1/products")
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
public class PushResource {

    private static final Logger LOG = LoggerFactory.getLogger(PushResource.class);
    private static final int SHOWN_VIOLATIONS = 100;
    private static final String RETRY_SECONDS = "1";

    private final PushedProducts products;
    private final PushService service;
    private final PushOutcomes outcomes;
    private final int maxRows;
    private final int maxInFlight;
    private final Semaphore inFlight;

    PushResource(IngestService ingest, PushService service, PushOutcomes outcomes, IngestConfig config) {
        this.products = ingest.pushedProducts();
        this.service = service;
        this.outcomes = outcomes;
        this.maxRows = config.push().maxRows();
        this.maxInFlight = config.push().maxInFlight();
        this.inFlight = new Semaphore(maxInFlight);
    }

    /** The names of the products that can be pushed. */
    @GET
    @Operation(summary = "The products that can be pushed")
    public List<String> products() {
        return products.names();
    }

    @POST
    @Path("{product}/changes")
    @Consumes(MediaType.APPLICATION_JSON)
    @Blocking
    @Operation(
            summary = "Push changes of a product's rows",
            description =
                    "Every change has an operation id; sent again, it changes nothing and says so. A request is taken as a whole or not at all.")
    @APIResponse(responseCode = "200", description = "What became of each change: accepted or duplicate")
    @APIResponse(responseCode = "202", description = "Taken; what became of some changes is not known yet: pending")
    @APIResponse(responseCode = "400", description = "The body is no JSON")
    @APIResponse(responseCode = "404", description = "No such product can be pushed")
    @APIResponse(responseCode = "413", description = "Too many bytes or changes")
    @APIResponse(responseCode = "422", description = "Rows that break the contract; nothing was taken")
    @APIResponse(responseCode = "429", description = "Too many requests at a time; see Retry-After")
    @APIResponse(responseCode = "503", description = "Kafka or the registry is away; send the same again later")
    public Uni<Response> push(@PathParam("product") String name, byte[] body) {
        Optional<Pushed> target = products.find(name);
        if (target.isEmpty()) {
            return answer(new Problem(
                    "Unknown product",
                    404,
                    "no product \"%s\" can be pushed; these can: %s"
                            .formatted(name, String.join(", ", products.names())),
                    products.names(),
                    null));
        }
        if (!inFlight.tryAcquire()) {
            return answer(busy("%d requests are being worked on".formatted(maxInFlight)));
        }
        try {
            return judge(target.get(), body).onTermination().invoke(inFlight::release);
        } catch (RuntimeException thrown) {
            inFlight.release();
            throw thrown;
        }
    }

    private Uni<Response> judge(Pushed target, byte[] body) {
        return switch (PushRequest.read(body, target.product(), maxRows)) {
            case PushRequest.Malformed(String detail) -> answer(new Problem("Malformed body", 400, detail));
            case PushRequest.TooMany(int changes) ->
                answer(new Problem(
                        "Too many changes",
                        413,
                        "%d changes in one request, at most %d are taken: send several requests"
                                .formatted(changes, maxRows)));
            case PushRequest.Violations(List<Violation> violations) -> answer(violated(target, violations));
            case PushRequest.Changes(List<PushRequest.Change> changes) -> send(target, changes);
        };
    }

    private Uni<Response> send(Pushed target, List<PushRequest.Change> changes) {
        return outcomes.isListening()
                .onFailure()
                .recoverWithItem(false)
                .chain(listening -> listening
                        ? service.push(target, changes).map(PushResource::answer)
                        : answer(away("Kafka does not answer yet")))
                .onFailure(RegistryException.class)
                .recoverWithItem(missing -> response(away(String.valueOf(missing.getMessage()))))
                .onFailure(IllegalStateException.class)
                .recoverWithItem(full -> response(busy("the buffer to Kafka is full")))
                .onFailure(thrown -> thrown instanceof org.apache.kafka.common.KafkaException)
                .recoverWithItem(failed -> {
                    LOG.atWarn()
                            .addKeyValue("topic", target.product().name().topic())
                            .addKeyValue("reason", failed.getMessage())
                            .log("a push was not taken");
                    return response(away("Kafka does not take the changes: " + failed.getMessage()));
                });
    }

    private static Response answer(PushAnswer answer) {
        return Response.status(answer.isPending() ? Response.Status.ACCEPTED : Response.Status.OK)
                .entity(answer)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .build();
    }

    private static Problem violated(Pushed target, List<Violation> violations) {
        Violation first = violations.getFirst();
        String where = first.row() < 0 ? "the request" : "row %d".formatted(first.row());
        String detail = "%s: field \"%s\" breaks %s (%s); nothing was taken"
                .formatted(where, first.field(), first.rule(), first.message());
        return new Problem(
                "The contract of %s is broken".formatted(target.product().name()),
                422,
                detail,
                null,
                violations.stream().limit(SHOWN_VIOLATIONS).toList());
    }

    private static Problem busy(String reason) {
        return new Problem("Too busy", 429, reason + ": send the same again after a second");
    }

    private static Problem away(String reason) {
        return new Problem(
                "Not available",
                503,
                reason + ". Send the same operation ids again later: what was taken already is not taken twice");
    }

    private static Uni<Response> answer(Problem problem) {
        return Uni.createFrom().item(response(problem));
    }

    private static Response response(Problem problem) {
        Response.ResponseBuilder response =
                Response.status(problem.status()).entity(problem).type(Problem.MEDIA_TYPE);
        if (problem.status() == 429 || problem.status() == 503) {
            response.header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
        }
        return response.build();
    }
}
