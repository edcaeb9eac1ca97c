package io.weir.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.stream.StageStatus;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What the mesh holds and how it fares. Reads only; lists are in the order of their topics or stage ids, and come in pages with a {@code Link} to the next. */
@Path("/v1")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "catalogue")
public class CatalogueResource {

    /**
     * A contract in short.
     *
     * @param status ODCS's status: {@code active}, {@code deprecated} ...
     */
    public record ContractSummary(
            String topic,
            String id,
            String version,
            String status,
            @JsonUnwrapped Publication publication) {}

    /** A contract whole, as its file declares it. */
    public record ContractDetail(String topic, Publication publication, Map<String, Object> contract) {}

    /**
     * A data product.
     *
     * @param key primary-key columns in their order; empty where the whole row is the key
     * @param contract what became of its contract in the registry
     * @param writer the stage that writes it; null until one says so
     * @param readers the stages that read it, as far as they say so
     * @param quarantined rows in its quarantine topic
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record ProductView(
            String topic,
            String domain,
            String owner,
            String contact,
            String layer,
            String kind,
            String version,
            List<String> key,
            Publication.State contract,
            @Nullable WriterView writer,
            List<String> readers,
            long quarantined) {}

    /** The stage that writes a product. */
    public record WriterView(
            String stage, StageStatus.State state, @Nullable String detail, long lag, long freshnessP99Ms) {}

    /**
     * What a stage last said of itself.
     *
     * @param silentMs how long ago that was; a stage that runs speaks every second
     */
    public record StageView(@JsonUnwrapped StageStatus status, long silentMs) {}

    /**
     * Rows that lie in quarantine.
     *
     * @param topic of the product, or of the sync's outcomes
     */
    public record QuarantineView(String topic, String quarantine, long rows, List<CauseView> causes) {}

    /** How many of them for one cause; rule and field are empty where the cause has none. */
    public record CauseView(String reason, String rule, String field, long rows) {}

    private final ContractService contracts;
    private final MeshFollower mesh;

    CatalogueResource(ContractService contracts, MeshFollower mesh) {
        this.contracts = contracts;
        this.mesh = mesh;
    }

    @GET
    @Path("/contracts")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = ContractSummary.class)))
    @Operation(summary = "Every contract, with what became of it in the registry")
    public Response contracts(
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @DefaultValue(Paging.LIMIT) int limit,
            @Context UriInfo uri) {
        List<ContractSummary> all = contracts.products().values().stream()
                .map(product -> new ContractSummary(
                        product.name().topic(),
                        String.valueOf(product.document().get("id")),
                        product.version(),
                        String.valueOf(product.document().get("status")),
                        contracts.publication(product.name())))
                .toList();
        return Paging.page(all, ContractSummary::topic, cursor, limit, uri);
    }

    @GET
    @Path("/contracts/{topic}")
    @Operation(summary = "One contract whole, by its product's topic")
    public ContractDetail contract(@PathParam("topic") String topic) {
        DataProduct product = contracts
                .product(topic)
                .orElseThrow(() -> new NotFoundException(
                        "no contract for topic \"%s\"; GET /v1/contracts lists them".formatted(topic)));
        return new ContractDetail(topic, contracts.publication(product.name()), product.document());
    }

    @GET
    @Path("/products")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = ProductView.class)))
    @Operation(summary = "Every data product: its owner, what state it is in, who writes and who reads it")
    public Response products(
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @DefaultValue(Paging.LIMIT) int limit,
            @Context UriInfo uri) {
        List<StageStatus> stages = mesh.stages();
        List<ProductView> all = contracts.domains().stream()
                .flatMap(domain -> domain.products().values().stream().map(product -> view(domain, product, stages)))
                .toList();
        return Paging.page(all, ProductView::topic, cursor, limit, uri);
    }

    @GET
    @Path("/stages")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = StageView.class)))
    @Operation(summary = "Every stage's last word about itself")
    public Response stages(
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @DefaultValue(Paging.LIMIT) int limit,
            @Context UriInfo uri) {
        long now = System.currentTimeMillis();
        List<StageView> all = mesh.stages().stream()
                .map(status -> new StageView(status, Math.max(0, now - status.updatedAtMs())))
                .toList();
        return Paging.page(all, stage -> stage.status().stage(), cursor, limit, uri);
    }

    @GET
    @Path("/quarantine")
    @APIResponse(
            responseCode = "200",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = QuarantineView.class)))
    @Operation(summary = "How many rows of each product and each sync lie in quarantine, and why")
    public Response quarantine(
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @DefaultValue(Paging.LIMIT) int limit,
            @Context UriInfo uri) {
        List<QuarantineView> all = contracts.quarantines().stream()
                .map(quarantine -> new QuarantineView(
                        quarantine.topic(),
                        quarantine.rowsTopic(),
                        mesh.count(quarantine.rowsTopic()),
                        causes(quarantine.rowsTopic())))
                .toList();
        return Paging.page(all, QuarantineView::topic, cursor, limit, uri);
    }

    private List<CauseView> causes(String quarantine) {
        return mesh.quarantined(quarantine).entrySet().stream()
                .map(entry -> new CauseView(
                        entry.getKey().reason(),
                        entry.getKey().rule(),
                        entry.getKey().field(),
                        entry.getValue()))
                .toList();
    }

    private ProductView view(Domain domain, DataProduct product, List<StageStatus> stages) {
        String topic = product.name().topic();
        Optional<WriterView> writer = stages.stream()
                .filter(stage -> topic.equals(stage.output()))
                .findFirst()
                .map(stage -> new WriterView(
                        stage.stage(), stage.state(), stage.detail(), stage.lag(), stage.freshnessP99Ms()));
        return new ProductView(
                topic,
                domain.name(),
                domain.team(),
                domain.contact(),
                product.name().layer().text(),
                product.kind().name().toLowerCase(Locale.ROOT),
                product.version(),
                product.key().stream()
                        .map(position -> product.rowType().columns().get(position))
                        .map(Column::name)
                        .toList(),
                contracts.publication(product.name()).state(),
                writer.orElse(null),
                stages.stream()
                        .filter(stage -> stage.inputs().contains(topic))
                        .map(StageStatus::stage)
                        .toList(),
                mesh.count(product.name().quarantineTopic()));
    }
}
