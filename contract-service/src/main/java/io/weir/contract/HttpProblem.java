package io.weir.contract;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An error as {@code application/problem+json} (RFC 9457). */
public record HttpProblem(String title, int status, String detail) {

    private static final String MEDIA_TYPE = "application/problem+json";

    /** Turns what a resource throws into a problem. */
    static final class Mappers {

        private static final Logger LOG = LoggerFactory.getLogger(HttpProblem.class);

        @ServerExceptionMapper
        Response map(WebApplicationException e) {
            Response.StatusType status = e.getResponse().getStatusInfo();
            return problem(status, String.valueOf(e.getMessage()));
        }

        @ServerExceptionMapper
        Response map(RuntimeException e) {
            LOG.atError().setCause(e).log("a request failed");
            return problem(Response.Status.INTERNAL_SERVER_ERROR, "a defect of the service; its log tells more");
        }

        private static Response problem(Response.StatusType status, String detail) {
            return Response.status(status)
                    .type(MEDIA_TYPE)
                    .entity(new HttpProblem(status.getReasonPhrase(), status.getStatusCode(), detail))
                    .build();
        }
    }
}
