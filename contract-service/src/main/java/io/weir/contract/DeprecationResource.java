package io.weir.contract;

import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Which products go away, and who has not moved yet. */
@Path("/v1/deprecations")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "contracts")
public class DeprecationResource {

    private final ContractService contracts;
    private final Judge judge;

    DeprecationResource(ContractService contracts, Judge judge) {
        this.contracts = contracts;
        this.judge = judge;
    }

    @GET
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = Deprecation.class)))
    @Operation(
            summary =
                    "Products whose contract says deprecated, with those who still read them and those who have moved")
    public Response deprecations(
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @DefaultValue(Paging.LIMIT) int limit,
            @Context UriInfo uri) {
        return Paging.page(
                Deprecation.all(contracts.products().values(), judge.rules()::consumers),
                Deprecation::product,
                cursor,
                limit,
                uri);
    }
}
