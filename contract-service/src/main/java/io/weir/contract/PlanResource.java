package io.weir.contract;

import io.weir.kit.contract.ContractFile;
import io.weir.kit.contract.ContractPlan;
import io.weir.kit.contract.ContractPlanPage;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.ProductName;
import io.weir.kit.sql.ContractPlanner;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Comparator;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What a new version of a contract would do to those who read the product; nothing is changed by asking. */
@Path("/v1/contracts/plan")
@Consumes({"application/yaml", MediaType.APPLICATION_JSON, MediaType.TEXT_PLAIN})
@Tag(name = "contracts")
public class PlanResource {

    private static final String MARKDOWN = "text/markdown";

    private final ContractService contracts;

    PlanResource(ContractService contracts) {
        this.contracts = contracts;
    }

    @POST
    @Produces({MediaType.APPLICATION_JSON, MARKDOWN})
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(implementation = ContractPlan.class)),
            description = "The plan; as a page where Accept asks for text/markdown")
    @Operation(
            summary = "Every difference from the contract in force, classified, with the consumers that it reaches",
            description = "The body is the new contract, as YAML or JSON. 422 tells its mistakes by line and column.")
    public Response plan(String contract, @HeaderParam("Accept") @Nullable String accept) {
        DataProduct next = ContractFile.of(contract, "contract").product();
        ContractPlan plan = ContractPlanner.plan(inForce(next.name()), next, contracts.domains());
        return accept != null && accept.contains(MARKDOWN)
                ? Response.ok(ContractPlanPage.of(plan), MARKDOWN).build()
                : Response.ok(plan, MediaType.APPLICATION_JSON).build();
    }

    /** The same major, or the latest before it. */
    private DataProduct inForce(ProductName next) {
        return contracts.products().values().stream()
                .filter(product -> product.name().layer() == next.layer()
                        && product.name().domain().equals(next.domain())
                        && product.name().product().equals(next.product())
                        && product.name().major() <= next.major())
                .max(Comparator.comparingInt(product -> product.name().major()))
                .orElseThrow(() -> new NotFoundException(
                        "no contract for \"%s\" is in force: there is nothing to compare it with".formatted(next)));
    }
}
