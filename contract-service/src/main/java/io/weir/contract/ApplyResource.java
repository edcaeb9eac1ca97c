package io.weir.contract;

import io.weir.kit.contract.RegistryUnavailable;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Publishes contracts, all of a set or none. */
@Path("/v1/contracts/apply")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "contracts")
public class ApplyResource {

    private final Applying applying;

    ApplyResource(ContractService contracts) {
        this.applying = new Applying(contracts, contracts.publisher());
    }

    @POST
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = ContractSet.class)),
            description = "What was done, or would be")
    @APIResponse(
            responseCode = "409",
            content = @Content(schema = @Schema(implementation = ContractSet.class)),
            description = "A contract is refused, so nothing was done; its step says why")
    @Operation(
            summary = "Publishes contracts: all of them, or none where one is refused",
            description =
                    "With dryRun=true it says what would be created, changed and refused, and changes nothing. Doing it again changes nothing. 422 tells the files' mistakes by line and column.")
    public Response apply(
            ContractSet.@Nullable Files files, @QueryParam("dryRun") @DefaultValue("false") boolean dryRun) {
        if (files == null || files.contracts() == null || files.contracts().isEmpty()) {
            throw new BadRequestException("no contracts: send {\"contracts\": [{\"name\": ..., \"content\": ...}]}");
        }
        List<ContractSet.File> contracts = files.contracts();
        try {
            ContractSet done = dryRun ? applying.plan(contracts) : applying.apply(contracts);
            return Response.status(dryRun || done.applied() ? Response.Status.OK : Response.Status.CONFLICT)
                    .entity(done)
                    .build();
        } catch (RegistryUnavailable away) {
            throw new ServiceUnavailableException(away.getMessage());
        }
    }
}
