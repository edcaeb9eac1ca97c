package io.weir.cli;

import io.weir.cli.mesh.Processes;
import io.weir.cli.mesh.Run;
import java.time.Duration;
import java.util.List;

/** What a person reads when the mesh is up: how long it took, where things are, what to try. */
final class Summary {

    private final Terminal terminal;

    Summary(Terminal terminal) {
        this.terminal = terminal;
    }

    void print(Run run, Duration took) {
        List<Run.Part> running =
                run.parts().stream().filter(part -> part.pid() > 0).toList();
        long memory = Processes.ownResidentBytes(run.supervisorPid())
                + running.stream()
                        .mapToLong(part -> Math.max(0, Processes.residentBytes(part.pid())))
                        .sum();
        List<Run.Part> unwell = run.parts().stream()
                .filter(part -> part.state() != Run.PartState.READY && part.state() != Run.PartState.DONE)
                .toList();
        terminal.line("");
        String head = "ready in %s; %d processes, %s resident"
                .formatted(Texts.duration(took), running.size() + 1, Texts.size(memory));
        if (unwell.isEmpty()) {
            terminal.line(terminal.green("The mesh is up: ") + head);
        } else {
            terminal.line(terminal.yellow("The mesh runs, but not all of it is well: ") + head);
            for (Run.Part part : unwell) {
                terminal.line("  %s: %s. See ./weir logs %s".formatted(part.name(), part.detail(), part.name()));
            }
        }
        terminal.line("");
        TextTable where = new TextTable("", "");
        where.row("  Kafka", run.addresses().kafka());
        where.row(
                "  Registry",
                run.addresses().registry().replaceFirst("/apis/.*", "") + "   (artifacts, schemas, rules)");
        if (run.addresses().postgres() != null) {
            where.row(
                    "  PostgreSQL",
                    "postgresql://postgres:postgres@" + run.addresses().postgres());
        }
        run.addresses()
                .services()
                .forEach((service, url) -> where.row(
                        "  " + service,
                        url + (service.equals("contract") ? "/v1/products   (API: " + url + "/q/swagger-ui)" : "")));
        where.lines().stream().skip(1).forEach(terminal::line);
        if (run.demo()) {
            terminal.line("");
            terminal.line(terminal.bold("Try:"));
            terminal.line("  ./weir watch gold.jaffle.customer_profile.v1");
            terminal.line("  ./weir sql shop \"UPDATE customers SET country = 'Holland' WHERE id = 1\"");
            terminal.line("  ./weir sql crm  \"SELECT * FROM customer_profile WHERE customer_id = 1\"");
        }
    }
}
