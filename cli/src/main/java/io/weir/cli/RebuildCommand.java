package io.weir.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.cli.mesh.Run;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.Layer;
import io.weir.kit.contract.Model;
import io.weir.kit.sql.SqlPlanner;
import io.weir.kit.stream.Control;
import io.weir.kit.stream.MeshJson;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.stream.PlanLedger;
import io.weir.kit.stream.StageId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir rebuild}: a changed model takes over its topic. */
@Command(
        name = "rebuild",
        description = {
            "Builds the state of a changed model anew, from the start of its inputs, beside the plan that serves, and switches when it has caught up.",
            "Readers of the topic see each difference once: rows that are new or changed, and deletions of those that are gone."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:switched, or the plan that serves is this one already",
            "1:the model has mistakes, or its service does not take it up",
            "2:nothing runs"
        },
        footerHeading = "%nExample:%n",
        footer = "  ./weir rebuild gold.customer_profile")
final class RebuildCommand implements Callable<Integer> {

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration TAKEN_UP_WITHIN = Duration.ofSeconds(30);

    @Parameters(paramLabel = "MODEL", description = "The product whose SELECT has changed: gold.customer_profile.")
    String model = "";

    @Option(names = "--domain", paramLabel = "DIR", description = "The domain's folder (default: the one that runs).")
    @Nullable
    Path domain;

    @Option(names = "--detach", description = "Asks for it, and does not wait.")
    boolean detach;

    @Mixin
    StateOption stateOption = new StateOption();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        Run run = RunningMesh.require(stateOption.state());
        Domain loaded = DomainFolder.load(
                domain == null ? Path.of(run.domain()) : domain,
                name -> run.addresses().environment().getOrDefault(name, System.getenv(name)));
        Model found = Models.find(model, loaded);
        String fingerprint = SqlPlanner.plan(found, loaded).fingerprint();
        String service = found.product().layer() == Layer.GOLD ? "feature" : "conform";
        StageId stage = StageId.of(service, found.product());
        Terminal terminal = Terminal.of(spec.commandLine().getOut());
        try {
            return rebuild(stage, fingerprint, run.addresses().kafka(), terminal);
        } catch (KafkaException e) {
            throw new UserError("Kafka at %s cannot be worked with: %s"
                    .formatted(run.addresses().kafka(), e.getMessage()));
        }
    }

    private int rebuild(StageId stage, String fingerprint, String kafka, Terminal terminal)
            throws InterruptedException {
        PlanLedger ledger = new PlanLedger(kafka, Map.of());
        Optional<PlanLedger.Entry> entry = ledger.read(stage.toString());
        if (entry.isEmpty()) {
            throw new UserError("%s has never run: there is nothing to rebuild. ./weir status tells for what it waits."
                    .formatted(stage));
        }
        if (serves(entry.get(), fingerprint)) {
            terminal.line("Nothing to rebuild: %s runs by this plan already.".formatted(model));
            return ExitCodes.OK;
        }
        ask(Control.rebuild(stage.service(), stage, fingerprint), kafka);
        if (detach) {
            terminal.line("Asked %s-service to rebuild %s. ./weir status tells how it fares."
                    .formatted(stage.service(), model));
            return ExitCodes.OK;
        }
        long askedNs = System.nanoTime();
        PlanLedger.Phase said = null;
        while (true) {
            PlanLedger.Entry now = ledger.read(stage.toString()).orElseThrow();
            PlanLedger.Rebuild rebuild = now.rebuild();
            if (serves(now, fingerprint)) {
                terminal.line("%s: %s runs by the new plan, generation %d."
                        .formatted(terminal.green("switched"), model, now.generation()));
                return ExitCodes.OK;
            }
            PlanLedger.Phase phase =
                    rebuild != null && rebuild.fingerprint().equals(fingerprint) ? rebuild.phase() : null;
            if (phase != null && phase != said) {
                said = phase;
                terminal.line(
                        switch (phase) {
                            case BUILDING -> "Building beside what serves, from the start of the inputs ...";
                            case SWITCHING -> "Caught up. What served stops; passing the place where it did ...";
                            case WRITING -> "Writing what differs ...";
                        });
            }
            if (phase == null && System.nanoTime() - askedNs > TAKEN_UP_WITHIN.toNanos()) {
                throw new UserError(
                        "%s-service did not take it up within %s: it has to run, and to see the same files. ./weir status and ./weir logs %s tell more."
                                .formatted(stage.service(), Texts.duration(TAKEN_UP_WITHIN), stage.service()));
            }
            Thread.sleep(LOOK);
        }
    }

    private static boolean serves(PlanLedger.Entry entry, String fingerprint) {
        return entry.rebuild() == null && entry.fingerprint().equals(fingerprint);
    }

    private static void ask(Control request, String kafka) throws InterruptedException {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            MeshTopics.CONTROL, request.service().getBytes(UTF_8), MeshJson.write(request)))
                    .get();
        } catch (ExecutionException e) {
            throw new KafkaException(e.getCause());
        }
    }
}
