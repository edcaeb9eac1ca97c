package io.weir.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import io.weir.kit.contract.RegistrySchemas;
import io.weir.kit.contract.Schemas;
import io.weir.kit.service.Domains;
import io.weir.kit.service.StreamsStages;
import io.weir.kit.service.Tracing;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** Runs one stage for each captured table and each pushed product of a domain. A domain with mistakes stops the start with all of them. */
@Singleton
public class IngestService extends StreamsStages {

    private final Schemas schemas;
    private final PushedProducts pushed;

    @Inject
    IngestService(IngestConfig config, MeterRegistry meters, Tracing tracing) {
        this(
                config,
                meters,
                tracing,
                new RegistrySchemas(config.registry()),
                Domains.read(
                        config.domain(),
                        domain -> IngestStages.of(domain, config.push().rememberOperations())));
    }

    private IngestService(
            IngestConfig config, MeterRegistry meters, Tracing tracing, Schemas schemas, IngestStages stages) {
        super(IngestStages.SERVICE, config, schemas, meters, tracing, stages::stages);
        this.schemas = schemas;
        this.pushed = stages.pushed();
    }

    Schemas schemas() {
        return schemas;
    }

    PushedProducts pushedProducts() {
        return pushed;
    }
}
