package io.weir.kit.service;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.ProblemsException;
import java.nio.file.Path;
import java.util.function.Function;

/** The domain's folder, read when a service starts. */
public final class Domains {

    private Domains() {}

    /**
     * What a service makes of the domain in this folder.
     *
     * @throws ConfigurationException with all mistakes, without their stack trace: Quarkus prints the message only, and they are a user's
     */
    public static <T> T read(Path folder, Function<Domain, T> make) {
        try {
            return make.apply(DomainFolder.load(folder, System::getenv));
        } catch (ProblemsException mistakes) {
            throw new ConfigurationException("weir.domain is %s, which cannot be used until this is mended:%n%s"
                    .formatted(folder, mistakes.getMessage()));
        }
    }
}
