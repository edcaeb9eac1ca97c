package io.weir.conform;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.kit.contract.Layer;
import io.weir.kit.contract.RegistrySchemas;
import io.weir.kit.service.Domains;
import io.weir.kit.service.StreamsStages;
import io.weir.kit.service.Tracing;
import io.weir.kit.sql.ModelStage;
import jakarta.inject.Singleton;

/** Runs one stage for each of the domain's silver models. A domain with mistakes stops the start with all of them. */
@Singleton
public class ConformService extends StreamsStages {

    private static final String NAME = "conform";

    ConformService(ConformConfig config, MeterRegistry meters, Tracing tracing) {
        super(
                NAME,
                config,
                new RegistrySchemas(config.registry()),
                meters,
                tracing,
                () -> Domains.read(config.domain(), domain -> ModelStage.plan(NAME, Layer.SILVER, domain)));
    }
}
