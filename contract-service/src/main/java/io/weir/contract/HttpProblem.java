package io.weir.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.weir.kit.contract.Problem;
import io.weir.kit.contract.ProblemsException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An error as {@code application/problem+json} (RFC 9457).
 *
 * @param problems the mistakes of a file that was sent, with their places
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record HttpProblem(String title, int status, String detail, List<Problem> problems) {

    private static final String MEDIA_TYPE = "application/problem+json";

    private static final int UNPROCESSABLE = 422;

    /** Turns what a resource throws into a problem. */
    static final class Mappers {

        private static final Logger LOG = LoggerFactory.getLogger(HttpProblem.class);

        @ServerExceptionMapper
        Response map(WebApplicationException e) {
            Response.StatusType status = e.getResponse().getStatusInfo();
            return problem(status, String.valueOf(e.getMessage()));
        }

        @ServerExceptionMapper
        Response map(ProblemsException e) {
            return Response.status(UNPROCESSABLE)
                    .type(MEDIA_TYPE)
                    .entity(new HttpProblem(
                            "Unprocessable Content", UNPROCESSABLE, String.valueOf(e.getMessage()), e.problems()))
                    .build();
        }

        @ServerExceptionMapper
        Response map(RuntimeException e) {
            LOG.atError().setCause(e).log("a request failed");
            return problem(Response.Status.INTERNAL_SERVER_ERROR, "a defect of the service; its log tells more");
        }

        private static Response problem(Response.StatusType status, String detail) {
            return Response.status(status)
                    .type(MEDIA_TYPE)
                    .entity(new HttpProblem(status.getReasonPhrase(), status.getStatusCode(), detail, List.of()))
                    .build();
        }
    }
}
