package io.weir.contract;

import io.weir.kit.contract.ProductName;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the registry has answered for every contract. A refused one does not take the service down: the answer names it. */
@Readiness
@Singleton
class ContractReadiness implements HealthCheck {

    private final ContractService contracts;

    ContractReadiness(ContractService contracts) {
        this.contracts = contracts;
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("contracts").up();
        for (ProductName product : contracts.products().keySet()) {
            Publication publication = contracts.publication(product);
            String detail = publication.detail();
            switch (publication.state()) {
                case PUBLISHED -> {}
                case REFUSED -> response.withData(product.topic(), "REFUSED: " + detail);
                case PENDING ->
                    response.withData(product.topic(), "PENDING: " + detail).down();
            }
        }
        return response.build();
    }
}
