package io.weir.ingest;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.Problem;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.contract.Source;
import io.weir.kit.stream.Stage;
import io.weir.kit.stream.StageId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The stages that a domain's sources ask for. Throws a {@link ProblemsException} with all that cannot be. */
record IngestStages(List<Stage> stages, PushedProducts pushed) {

    static final String SERVICE = "ingest";

    static IngestStages of(Domain domain, Duration rememberOperations) {
        List<Stage> stages = new ArrayList<>();
        PushedProducts pushed = new PushedProducts();
        List<Problem> problems = new ArrayList<>();
        for (Source source : domain.sources()) {
            String file = domain.folder().relativize(source.file()).toString();
            for (Source.Table table : source.tables()) {
                DataProduct product = domain.products().get(table.product());
                if (product == null || product.key().isEmpty()) {
                    problems.add(noKey(
                            file,
                            "table \"%s\"".formatted(table.table()),
                            table.product().localName()));
                    continue;
                }
                stages.add(new TableStage(
                        StageId.of(SERVICE, product.name()),
                        source.changeTopic(table),
                        "postgresql:" + source.name(),
                        product,
                        source.onSchemaChange()));
            }
            for (Source.Pushed push : source.pushed()) {
                DataProduct product = domain.products().get(push.product());
                if (product == null || product.key().isEmpty()) {
                    problems.add(noKey(file, "a push", push.product().localName()));
                    continue;
                }
                stages.add(new PushStage(StageId.of(SERVICE, product.name()), product, rememberOperations));
                pushed.add(product, "push:" + source.name());
            }
        }
        if (!problems.isEmpty()) {
            throw new ProblemsException(problems);
        }
        return new IngestStages(List.copyOf(stages), pushed);
    }

    private static Problem noKey(String file, String what, String product) {
        return new Problem(
                file,
                0,
                0,
                "%s needs a contract with a primary key for %s: give its key columns \"primaryKey: true\""
                        .formatted(what, product));
    }
}
