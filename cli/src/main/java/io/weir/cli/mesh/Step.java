package io.weir.cli.mesh;

import io.weir.infra.local.PartSpec;
import java.util.Set;

/** One thing that has to happen for a mesh to be up, after the steps that it names. */
public sealed interface Step {

    String name();

    /** Names of the steps that must be done, or ready, before this one begins. */
    Set<String> after();

    /** Work that is done once at each start: making topics, filling an empty database. */
    record Task(String name, Set<String> after, Work work) implements Step {}

    /**
     * A process that is kept running.
     *
     * @param address where it listens, for a person
     * @param spec asked at each start, when the steps before it are done
     * @param required whether the mesh does not count as up without it: else it may become ready later
     */
    record Part(String name, Set<String> after, String address, SpecSource spec, boolean required) implements Step {}

    /** What a task does. */
    @FunctionalInterface
    interface Work {
        /** @return what it did, in a few words */
        String run() throws Exception;
    }

    /** How a part is started; may throw a {@link io.weir.infra.local.PartException} that tells what is missing. */
    @FunctionalInterface
    interface SpecSource {
        PartSpec get();
    }
}
