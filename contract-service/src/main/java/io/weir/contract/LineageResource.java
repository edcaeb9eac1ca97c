package io.weir.contract;

import io.weir.contract.LineageGraph.Direction;
import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Where a product or a column comes from, and what comes of it. */
@Path("/v1/lineage")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "lineage")
public class LineageResource {

    private static final int DEEPEST = 100;

    private final ContractService contracts;
    private final Judge judge;
    private @Nullable LineageGraph graph;

    LineageResource(ContractService contracts, Judge judge) {
        this.contracts = contracts;
        this.judge = judge;
    }

    @GET
    @Operation(
            summary = "What a product or a column comes from, and what comes of it",
            description =
                    "Of products: tables, products, syncs and subscriptions. Of a column: the columns whose values go into it or that come from it, and by filter, join or group the products whose rows it decides.")
    public LineageGraph.Part lineage(
            @QueryParam("product") @Nullable String product,
            @QueryParam("column") @Nullable String column,
            @QueryParam("direction") @DefaultValue("both") String direction,
            @QueryParam("depth") @DefaultValue("10") int depth) {
        if (product == null) {
            throw new BadRequestException("product is missing: write its topic, as GET /v1/products lists them");
        }
        if (depth < 1 || depth > DEEPEST) {
            throw new BadRequestException("depth %d: from 1 to %d".formatted(depth, DEEPEST));
        }
        Direction way = IncidentResource.oneOf(Direction.class, "direction", direction);
        return graph().around(column == null ? product : LineageGraph.id(product, column), way, depth)
                .orElseThrow(() -> new NotFoundException(
                        column == null
                                ? "no contract for topic \"%s\"; GET /v1/contracts lists them".formatted(product)
                                : "no column \"%s\" in %s; GET /v1/contracts/%s shows it"
                                        .formatted(column, product, product)));
    }

    private synchronized LineageGraph graph() {
        LineageGraph made = graph;
        if (made == null) {
            made = new LineageGraph(contracts.domains(), judge.rules().consumers());
            graph = made;
        }
        return made;
    }
}
