package io.weir.kit.modeltest;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.Model;
import io.weir.kit.contract.ModelTest;
import io.weir.kit.contract.ModelTest.Row;
import io.weir.kit.contract.ModelTest.Step;
import io.weir.kit.contract.ProductName;
import io.weir.kit.sql.ModelPlan;
import io.weir.kit.sql.SqlPlanner;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** The plans of models, each made once for all tests that can use it: planning costs more than running a test. Thread-safe. */
final class Plans {

    /** @param absent per product the columns that may be null although its contract requires them */
    private record Key(Model model, Map<ProductName, Set<Integer>> absent) {}

    private final IdentityHashMap<Domain, Map<Key, ModelPlan>> plans = new IdentityHashMap<>();

    /** The domain as a test needs it: each topic has one partition, and a required column that one of its rows leaves out may be null. */
    static Domain domainOf(ModelTest test) {
        Map<ProductName, Set<Integer>> absent = absent(test);
        Map<ProductName, DataProduct> products = new LinkedHashMap<>();
        test.domain().products().forEach((name, product) -> products.put(name, product.withPartitions(1)));
        absent.forEach(
                (name, columns) -> products.computeIfPresent(name, (_, product) -> product.withNullable(columns)));
        return test.domain().withProducts(products);
    }

    /** The plans of the test's models, in their order; a {@link io.weir.kit.contract.ProblemsException} tells what is wrong with one. */
    List<ModelPlan> of(ModelTest test, Domain domain) {
        Map<ProductName, Set<Integer>> absent = absent(test);
        Map<Key, ModelPlan> ofDomain;
        synchronized (plans) {
            ofDomain = plans.computeIfAbsent(test.domain(), _ -> new ConcurrentHashMap<>());
        }
        return test.models().stream()
                .map(model -> ofDomain.computeIfAbsent(new Key(model, absent), _ -> SqlPlanner.plan(model, domain)))
                .toList();
    }

    private static Map<ProductName, Set<Integer>> absent(ModelTest test) {
        Map<ProductName, Set<Integer>> absent = new LinkedHashMap<>();
        for (Step step : test.steps()) {
            if (step instanceof Step.Upsert upsert) {
                DataProduct input = upsert.input();
                for (Row row : upsert.rows()) {
                    for (int column = 0; column < input.rowType().size(); column++) {
                        if (row.values()[column] == null
                                && !input.rowType().columns().get(column).nullable()) {
                            absent.computeIfAbsent(input.name(), _ -> new TreeSet<>())
                                    .add(column);
                        }
                    }
                }
            }
        }
        return absent;
    }
}
