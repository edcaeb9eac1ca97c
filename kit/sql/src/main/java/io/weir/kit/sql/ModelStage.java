package io.weir.kit.sql;

import io.weir.kit.contract.Consumer.Role;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.Layer;
import io.weir.kit.contract.Model;
import io.weir.kit.contract.Problem;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.stream.Lineage;
import io.weir.kit.stream.Lineage.ColumnOf;
import io.weir.kit.stream.Stage;
import io.weir.kit.stream.StageContext;
import io.weir.kit.stream.StageId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.streams.Topology;

/** A planned model as a stage that the runtime can run. */
public final class ModelStage implements Stage {

    private final StageId id;
    private final ModelPlan plan;

    private ModelStage(StageId id, ModelPlan plan) {
        this.id = id;
        this.plan = plan;
    }

    /** Plans the model; a {@link ProblemsException} tells every mistake by its place. */
    public static ModelStage plan(String service, Model model, Domain domain) {
        return new ModelStage(StageId.of(service, model.product()), SqlPlanner.plan(model, domain));
    }

    /**
     * Plans all models of a layer; a {@link ProblemsException} tells every mistake of each by its place, and circles in which models of the domain
     * read each other.
     */
    public static List<ModelStage> plan(String service, Layer layer, Domain domain) {
        List<Problem> problems = new ArrayList<>(ModelGraph.circles(domain));
        List<ModelStage> stages = new ArrayList<>();
        for (Model model : domain.models(layer)) {
            try {
                stages.add(plan(service, model, domain));
            } catch (ProblemsException e) {
                problems.addAll(e.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new ProblemsException(problems);
        }
        return stages;
    }

    @Override
    public StageId id() {
        return id;
    }

    @Override
    public String kind() {
        return "model";
    }

    @Override
    public List<String> inputTopics() {
        return plan.inputs().stream().map(input -> input.name().topic()).toList();
    }

    @Override
    public Map<String, Integer> inputPartitions() {
        return plan.inputs().stream()
                .collect(Collectors.toMap(input -> input.name().topic(), DataProduct::partitions));
    }

    @Override
    public DataProduct output() {
        return plan.output();
    }

    @Override
    public Optional<String> fingerprint() {
        return Optional.of(plan.fingerprint());
    }

    @Override
    public Lineage lineage() {
        Map<String, Set<ColumnOf>> indirect = new TreeMap<>();
        plan.columnUses()
                .forEach((product, uses) -> uses.forEach((column, use) -> use.roles().stream()
                        .map(ModelStage::subtype)
                        .flatMap(Optional::stream)
                        .forEach(subtype -> indirect.computeIfAbsent(subtype, _ -> new LinkedHashSet<>())
                                .add(new ColumnOf(product.topic(), column)))));
        return new Lineage(columnsOf(plan.columnLineage()), columnsOf(plan.maskedColumns()), indirect);
    }

    private static Map<String, Set<ColumnOf>> columnsOf(Map<String, Set<String>> from) {
        Map<String, Set<ColumnOf>> columns = new LinkedHashMap<>();
        from.forEach((column, origins) -> columns.put(
                column,
                origins.stream().map(ModelStage::columnOf).collect(Collectors.toCollection(LinkedHashSet::new))));
        return columns;
    }

    private static ColumnOf columnOf(String qualified) {
        int dot = qualified.lastIndexOf('.');
        return new ColumnOf(qualified.substring(0, dot), qualified.substring(dot + 1));
    }

    /** As OpenLineage calls it. */
    private static Optional<String> subtype(Role role) {
        return switch (role) {
            case VALUE -> Optional.empty();
            case FILTER -> Optional.of("FILTER");
            case JOIN -> Optional.of("JOIN");
            case GROUP -> Optional.of("GROUP_BY");
        };
    }

    @Override
    public boolean readsBundles() {
        return true;
    }

    @Override
    public Topology topology(StageContext context) {
        return ModelTopology.build(plan, context);
    }
}
