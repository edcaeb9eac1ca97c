package io.weir.cli;

import io.weir.cli.mesh.Orphans;
import io.weir.cli.mesh.Processes;
import io.weir.cli.mesh.Run;
import io.weir.cli.mesh.StateFolder;
import io.weir.cli.mesh.StateLock;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir down}: stops the mesh, whoever started it, and what a killed supervisor left behind. */
@Command(
        name = "down",
        description = "Stops the mesh that runs on this machine; its state is kept for the next 'weir up'.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nothing runs any more", "1:something could not be stopped or deleted"},
        footerHeading = "%nExamples:%n",
        footer = {"  ./weir down", "  ./weir down --purge    the next start begins with empty databases"})
final class DownCommand implements Callable<Integer> {

    @Option(names = "--purge", description = "Delete the mesh's data and logs as well.")
    boolean purge;

    @Mixin
    StateOption stateOption = new StateOption();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        Terminal terminal = Terminal.of(spec.commandLine().getOut());
        StateFolder state = stateOption.state();
        if (!Files.isDirectory(state.root())) {
            terminal.line("Nothing runs: there is no " + state.root());
            return ExitCodes.OK;
        }
        boolean stopped = stopSupervisor(state, terminal);
        List<Orphans.Orphan> orphans = Orphans.find(state);
        if (!orphans.isEmpty()) {
            terminal.line("Stopping what a killed supervisor left behind: "
                    + String.join(
                            ", ", orphans.stream().map(Orphans.Orphan::part).toList()));
            Orphans.stop(orphans);
            stopped = true;
        }
        Files.deleteIfExists(state.supervisorPid());
        terminal.line(stopped ? "Stopped." : "Nothing runs.");
        if (purge) {
            state.delete();
            terminal.line("Deleted " + state.root());
        }
        return ExitCodes.OK;
    }

    private static boolean stopSupervisor(StateFolder state, Terminal terminal) throws Exception {
        if (!StateLock.isHeld(state)) {
            return false;
        }
        Run run = Run.read(state)
                .orElseThrow(() -> new UserError(
                        "A mesh is just being started from %s. Try again in a moment.".formatted(state.root())));
        Optional<ProcessHandle> supervisor = Processes.find(run.supervisorPid(), run.supervisorStart());
        if (supervisor.isEmpty()) {
            throw new UserError(
                    "Some process holds %s, but it is not the supervisor of run.json (process %d). Find it with: fuser %s"
                            .formatted(state.lock(), run.supervisorPid(), state.lock()));
        }
        terminal.line("Stopping the mesh (process %d) ...".formatted(run.supervisorPid()));
        supervisor.get().destroy();
        try {
            supervisor.get().onExit().get(60, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            terminal.line("It does not stop by itself: killing it.");
            supervisor.get().destroyForcibly();
            supervisor.get().onExit().get(10, TimeUnit.SECONDS);
        }
        return true;
    }
}
