package io.weir.contract;

import io.weir.contract.ContractSet.Action;
import io.weir.contract.ContractSet.Step;
import io.weir.kit.contract.ContractDiff;
import io.weir.kit.contract.ContractFile;
import io.weir.kit.contract.ContractPlan;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Problem;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.contract.ProductName;
import io.weir.kit.sql.ContractPlanner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Publishes contracts: says first what that would do, and does it where nobody is broken by it. Doing it again changes nothing. */
final class Applying {

    private final ContractService contracts;
    private final Publisher publisher;

    Applying(ContractService contracts, Publisher publisher) {
        this.contracts = contracts;
        this.publisher = publisher;
    }

    /** Changes nothing. A {@link ProblemsException} tells every mistake in every file. */
    ContractSet plan(List<ContractSet.File> files) {
        List<Step> steps = new ArrayList<>();
        read(files).forEach((file, product) -> steps.add(step(file, product)));
        return new ContractSet(false, List.copyOf(steps));
    }

    /** Publishes all of it, or nothing where a contract is refused. */
    ContractSet apply(List<ContractSet.File> files) {
        ContractSet plan = plan(files);
        if (plan.isRefused()) {
            return plan;
        }
        Map<String, DataProduct> products = read(files);
        Map<ProductName, DataProduct> neighbours = new HashMap<>(contracts.products());
        products.values().forEach(product -> neighbours.put(product.name(), product));
        List<Step> done = new ArrayList<>();
        boolean applied = true;
        for (Step step : plan.steps()) {
            DataProduct product = products.get(step.file());
            if (product == null || step.action() == Action.NONE) {
                done.add(step);
                continue;
            }
            Publication publication = publisher.publish(product, neighbours.values());
            if (publication.state() == Publication.State.PUBLISHED) {
                contracts.adopt(product, publication);
                done.add(step);
            } else {
                applied = false;
                done.add(refused(step.file(), product, step.from(), String.valueOf(publication.detail())));
            }
        }
        return new ContractSet(applied, List.copyOf(done));
    }

    private static Map<String, DataProduct> read(List<ContractSet.File> files) {
        Map<String, DataProduct> products = new LinkedHashMap<>();
        Map<ProductName, String> seen = new LinkedHashMap<>();
        List<Problem> problems = new ArrayList<>();
        for (ContractSet.File file : files) {
            try {
                DataProduct product =
                        ContractFile.of(file.content(), file.name()).product();
                String other = seen.putIfAbsent(product.name(), file.name());
                if (other != null) {
                    problems.add(new Problem(
                            file.name(), 0, 0, "%s is in %s already: leave one out".formatted(product.name(), other)));
                }
                products.put(file.name(), product);
            } catch (ProblemsException e) {
                problems.addAll(e.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new ProblemsException(problems);
        }
        return products;
    }

    private Step step(String file, DataProduct next) {
        if (contracts.domains().stream()
                .noneMatch(domain -> domain.name().equals(next.name().domain()))) {
            return refused(
                    file,
                    next,
                    null,
                    "this service keeps no domain \"%s\": its stages read their contracts elsewhere"
                            .formatted(next.name().domain()));
        }
        Optional<DataProduct> same = publisher.published(next.name());
        Optional<DataProduct> old = same.or(() -> earlierMajor(next));
        if (old.isEmpty()) {
            return new Step(file, next.name().topic(), Action.CREATE, null, next.version(), null, List.of(), null);
        }
        DataProduct before = old.get();
        String from = same.isPresent() ? before.version() : before.name().topic() + " " + before.version();
        if (publisher.isPublished(next)) {
            return new Step(file, next.name().topic(), Action.NONE, from, next.version(), null, List.of(), null);
        }
        if (same.isPresent() && !isLater(next.version(), before.version())) {
            return refused(
                    file,
                    next,
                    from,
                    "the contract has changed, but its version is %s, and %s is published: raise \"version\""
                            .formatted(next.version(), before.version()));
        }
        ContractPlan plan = ContractPlanner.plan(before, next, contracts.domains());
        Optional<String> objection = plan.breaks() ? Optional.of(broken(plan, next)) : objection(before, next);
        return new Step(
                file,
                next.name().topic(),
                objection.isPresent() ? Action.REFUSE : Action.CHANGE,
                from,
                next.version(),
                plan.verdict(),
                plan.changes(),
                objection.orElse(null));
    }

    private Optional<DataProduct> earlierMajor(DataProduct next) {
        ProductName name = next.name();
        for (int major = name.major() - 1; major >= 1; major--) {
            Optional<DataProduct> found =
                    publisher.published(new ProductName(name.layer(), name.domain(), name.product(), major));
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private Optional<String> objection(DataProduct before, DataProduct next) {
        Optional<String> ofKey = publisher.objection(next);
        return ofKey.isPresent() || !before.name().equals(next.name())
                ? ofKey
                : ContractDiff.registryObjection(before, next)
                        .map(objection -> "the registry refuses it within v%d: %s. Declare %s beside it"
                                .formatted(next.name().major(), objection, nextMajor(next)));
    }

    /** Of {@code major.minor.patch}. */
    private static boolean isLater(String version, String than) {
        return Arrays.compare(numbers(version), numbers(than)) > 0;
    }

    private static int[] numbers(String version) {
        return Arrays.stream(version.split("\\.", 0))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private static String broken(ContractPlan plan, DataProduct next) {
        List<String> names = plan.changes().stream()
                .flatMap(change -> change.consumers().stream())
                .filter(consumer -> consumer.impact() == ContractDiff.Impact.BREAKING)
                .map(consumer -> consumer.kind() + " " + consumer.name())
                .distinct()
                .toList();
        return "it breaks %s. Declare %s beside it, and let them move"
                .formatted(String.join(", ", names), nextMajor(next));
    }

    private static String nextMajor(DataProduct product) {
        ProductName name = product.name();
        return new ProductName(name.layer(), name.domain(), name.product(), name.major() + 1).topic();
    }

    private static Step refused(String file, DataProduct next, @Nullable String from, String reason) {
        return new Step(file, next.name().topic(), Action.REFUSE, from, next.version(), null, List.of(), reason);
    }
}
