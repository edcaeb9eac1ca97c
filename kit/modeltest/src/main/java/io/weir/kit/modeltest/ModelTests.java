package io.weir.kit.modeltest;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.InMemorySchemas;
import io.weir.kit.contract.ModelTest;
import io.weir.kit.contract.ModelTest.Row;
import io.weir.kit.contract.ModelTest.Step;
import io.weir.kit.contract.Problem;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.contract.Schemas.Part;
import io.weir.kit.sql.ModelPlan;
import io.weir.kit.stream.ChangeHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** Runs model tests side by side. */
public final class ModelTests {

    private static final String TRACEPARENT = "00-00000000000000000000000000000001-0000000000000001-00";

    private static final int MAX_REASONS = 5;

    private final Plans plans = new Plans();

    private ModelTests() {}

    /** One result per test, in their order. */
    public static List<TestResult> run(List<ModelTest> tests, int threads) {
        ModelTests run = new ModelTests();
        try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
            List<Future<TestResult>> results = tests.stream()
                    .map(test -> workers.submit(() -> run.run(test)))
                    .toList();
            List<TestResult> all = new ArrayList<>();
            for (Future<TestResult> result : results) {
                all.add(result.get());
            }
            return all;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a test could not be run", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private TestResult run(ModelTest test) {
        long startedNs = System.nanoTime();
        List<TestResult.Failure> failures = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        try {
            Domain domain = Plans.domainOf(test);
            List<ModelPlan> planned = plans.of(test, domain);
            check(test, planned, problems);
            if (problems.isEmpty()) {
                new Run(test, domain, planned, failures).play();
            }
        } catch (ProblemsException e) {
            problems.addAll(e.problems());
        }
        return new TestResult(test, Duration.ofNanos(System.nanoTime() - startedNs), failures, problems);
    }

    private static void check(ModelTest test, List<ModelPlan> plans, List<Problem> problems) {
        for (int i = 0; i < plans.size(); i++) {
            for (ModelPlan later : plans.subList(i, plans.size())) {
                if (reads(plans.get(i), later.output())) {
                    problems.add(test.at()
                            .problem("%s reads %s: put it behind it in \"models\""
                                    .formatted(local(plans.get(i).output()), local(later.output()))));
                }
            }
        }
        for (Step step : test.steps()) {
            DataProduct input =
                    switch (step) {
                        case Step.Upsert upsert -> upsert.input();
                        case Step.Delete delete -> delete.input();
                        case Step.Advance _, Step.Restart _, Step.Expect _ -> null;
                    };
            if (input != null && plans.stream().noneMatch(plan -> reads(plan, input))) {
                problems.add(step.at()
                        .problem(
                                "%s is not read by %s, which reads %s; a test of several models names them under \"models\""
                                        .formatted(
                                                local(input),
                                                names(plans.stream()
                                                        .map(ModelPlan::output)
                                                        .toList()),
                                                names(plans.stream()
                                                        .flatMap(plan -> plan.inputs().stream())
                                                        .distinct()
                                                        .toList()))));
            }
        }
    }

    private static boolean reads(ModelPlan plan, DataProduct product) {
        return plan.inputs().stream().anyMatch(input -> input.name().equals(product.name()));
    }

    private static String names(List<DataProduct> products) {
        return products.stream().map(ModelTests::local).collect(Collectors.joining(", "));
    }

    private static String local(DataProduct product) {
        return product.name().localName();
    }

    /** One test while it runs. */
    private static final class Run {
        private final ModelTest test;
        private final Domain domain;
        private final InMemorySchemas schemas;
        private final TestClock clock;
        private final List<ModelPlan> plans;
        private final List<TestResult.Failure> failures;
        private final List<RunningModel> models = new ArrayList<>();
        /** How often the rows of products are there whose whole row is the key. */
        private final Map<ProductName, Map<ByteBuffer, Integer>> copies = new HashMap<>();

        Run(ModelTest test, Domain domain, List<ModelPlan> plans, List<TestResult.Failure> failures) {
            this.test = test;
            this.domain = domain;
            this.schemas = InMemorySchemas.of(domain.products().values());
            this.clock = new TestClock(test.now());
            this.plans = plans;
            this.failures = failures;
        }

        void play() {
            try {
                plans.forEach(plan -> models.add(new RunningModel(plan, schemas, clock)));
                for (Step step : test.steps()) {
                    if (!play(step)) {
                        return;
                    }
                }
            } finally {
                models.forEach(RunningModel::close);
            }
        }

        /** Whether the models still run. */
        private boolean play(Step step) {
            try {
                switch (step) {
                    case Step.Upsert upsert -> upsert.rows().forEach(row -> send(upsert.input(), row, true));
                    case Step.Delete delete -> delete.keys().forEach(row -> send(delete.input(), row, false));
                    case Step.Advance advance -> {
                        clock.advance(advance.by());
                        models.forEach(model -> pass(model.output(), model.advance(advance.by())));
                    }
                    case Step.Restart _ -> models.forEach(RunningModel::restart);
                    case Step.Expect expect -> compare(expect);
                }
                return true;
            } catch (RuntimeException stopped) {
                failures.add(new TestResult.Failure(
                        step.at().problem("test \"%s\": the model stopped: %s".formatted(test.name(), root(stopped))),
                        List.of()));
                return false;
            }
        }

        private void send(DataProduct declared, Row row, boolean comes) {
            DataProduct product = domain.products().getOrDefault(declared.name(), declared);
            @Nullable Object[] key = new @Nullable Object[product.keyType().size()];
            for (int i = 0; i < key.length; i++) {
                key[i] =
                        row.values()[product.key().isEmpty() ? i : product.key().get(i)];
            }
            Headers headers = new RecordHeaders();
            new ChangeHeaders(
                            TRACEPARENT,
                            "test",
                            "ingest.%s.%s.v%d"
                                    .formatted(
                                            product.name().domain(),
                                            product.name().product(),
                                            product.name().major()),
                            clock.millis(),
                            "0")
                    .write(headers);
            SchemaHeaders.writeKey(headers, schemas.idOf(product.name(), Part.KEY));
            byte[] keyBytes = RowCodec.ofKey(product).encode(key);
            int count =
                    product.kind() == DataProduct.Kind.TABLE && product.key().isEmpty()
                            ? copies.computeIfAbsent(product.name(), _ -> new HashMap<>())
                                    .merge(
                                            ByteBuffer.wrap(keyBytes),
                                            comes ? 1 : 0,
                                            (before, _) -> Math.max(0, comes ? before + 1 : before - 1))
                            : comes ? 1 : 0;
            if (count > 1) {
                headers.add(ChangeHeaders.COUNT, Integer.toString(count).getBytes(StandardCharsets.UTF_8));
            }
            byte[] value = null;
            if (count > 0) {
                SchemaHeaders.writeValue(headers, schemas.idOf(product.name(), Part.VALUE));
                value = RowCodec.ofValue(product).encode(row.values());
            }
            pass(product, List.of(new TestRecord<>(keyBytes, value, headers, clock.instant())));
        }

        /** Hands a product's records to the models that read it, and what those write to the next. */
        private void pass(DataProduct product, List<TestRecord<byte[], byte[]>> records) {
            for (TestRecord<byte[], byte[]> record : records) {
                for (RunningModel model : models) {
                    if (model.reads(product)) {
                        pass(model.output(), model.pipe(product, record));
                    }
                }
            }
        }

        private void compare(Step.Expect expect) {
            for (RunningModel model : models) {
                if (!model.output().name().equals(expect.output().name())) {
                    continue;
                }
                RowComparison comparison = new RowComparison(model.output(), expect.rows(), model.rows());
                if (!comparison.isEqual()) {
                    List<String> difference = new ArrayList<>(comparison.lines());
                    model.quarantined().stream()
                            .limit(MAX_REASONS)
                            .forEach(reason -> difference.add("in quarantine: " + reason));
                    failures.add(new TestResult.Failure(
                            expect.at()
                                    .problem("test \"%s\": %s is not as expected%s"
                                            .formatted(test.name(), local(model.output()), afterSteps(expect))),
                            difference));
                }
            }
        }

        private String afterSteps(Step.Expect expect) {
            boolean timed = test.steps().stream().anyMatch(Step.Advance.class::isInstance);
            return (test.steps().indexOf(expect) < test.steps().size() - 1
                            ? " after step " + (test.steps().indexOf(expect) + 1)
                            : "")
                    + (timed ? " at " + clock.instant() : "");
        }

        private static String root(Throwable thrown) {
            Throwable root = thrown;
            while (root.getCause() != null && root.getCause() != root) {
                root = root.getCause();
            }
            return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        }
    }
}
