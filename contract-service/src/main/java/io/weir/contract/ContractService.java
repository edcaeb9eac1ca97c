package io.weir.contract;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.quarkus.runtime.Shutdown;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.RegistryClient;
import io.weir.kit.contract.RegistryUnavailable;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the domains and publishes their contracts, again and again until the registry has answered for each of them. */
@Singleton
public class ContractService {

    static final String NAME = "contract";

    private static final Logger LOG = LoggerFactory.getLogger(ContractService.class);

    private final ContractConfig config;
    private volatile List<Domain> domains;
    private final Map<ProductName, DataProduct> products = new ConcurrentSkipListMap<>();
    private final Map<ProductName, Publication> publications = new ConcurrentHashMap<>();
    private final Publisher publisher;
    private final Thread thread = Thread.ofPlatform().name("publisher").daemon().unstarted(this::publishAll);

    ContractService(ContractConfig config, MeterRegistry meters) {
        this.config = config;
        this.domains = load(config.domain());
        this.publisher = new Publisher(new RegistryClient(config.registry()));
        domains.forEach(domain -> products.putAll(domain.products()));
        products.keySet().forEach(name -> publications.put(name, Publication.pending("not tried yet")));
        for (Publication.State state : Publication.State.values()) {
            meters.gauge(
                    "weir.contracts",
                    List.of(Tag.of("state", state.name().toLowerCase(Locale.ROOT))),
                    publications,
                    all -> all.values().stream()
                            .filter(one -> one.state() == state)
                            .count());
        }
    }

    @Startup
    void start() {
        thread.start();
    }

    @Shutdown
    void stop() throws InterruptedException {
        thread.interrupt();
        thread.join(Duration.ofSeconds(5));
    }

    List<Domain> domains() {
        return domains;
    }

    Map<ProductName, DataProduct> products() {
        return products;
    }

    Optional<DataProduct> product(String topic) {
        return products.values().stream()
                .filter(product -> product.name().topic().equals(topic))
                .findFirst();
    }

    /** Of each product and each sync, by topic. */
    List<Quarantine> quarantines() {
        return Stream.concat(
                        products.values().stream().map(Quarantine::of),
                        domains.stream()
                                .flatMap(domain -> domain.syncs().stream())
                                .map(Quarantine::of))
                .sorted(Comparator.comparing(Quarantine::topic))
                .toList();
    }

    Publication publication(ProductName product) {
        return publications.getOrDefault(product, Publication.pending("not tried yet"));
    }

    Publisher publisher() {
        return publisher;
    }

    /** From now on this version is in force here. The judge, and the stages of other services, take it from their files when they start. */
    synchronized void adopt(DataProduct published, Publication publication) {
        // What its rows name follows from a whole domain, which is read on start.
        DataProduct known = products.get(published.name());
        DataProduct product = known == null
                ? published
                : published.withRelationships(known.settings().relationships());
        domains = domains.stream()
                .map(domain -> domain.name().equals(product.name().domain()) ? domain.with(product) : domain)
                .toList();
        products.put(product.name(), product);
        publications.put(product.name(), publication);
    }

    private void publishAll() {
        Duration wait = config.retryFirst();
        while (!publishWhatIsPending()) {
            try {
                Thread.sleep(wait);
            } catch (InterruptedException stopped) {
                return;
            }
            Duration twice = wait.multipliedBy(2);
            wait = twice.compareTo(config.retryMost()) < 0 ? twice : config.retryMost();
        }
    }

    /** Whether nothing is pending any more. */
    private boolean publishWhatIsPending() {
        for (DataProduct product : products.values()) {
            if (publication(product.name()).state() != Publication.State.PENDING) {
                continue;
            }
            try {
                Publication publication = publisher.publish(product, products.values());
                publications.put(product.name(), publication);
                tell(product, publication);
            } catch (RegistryUnavailable away) {
                if (Thread.currentThread().isInterrupted()) {
                    return true;
                }
                String reason = String.valueOf(away.getMessage());
                publications.replaceAll((_, publication) ->
                        publication.state() == Publication.State.PENDING ? Publication.pending(reason) : publication);
                LOG.atWarn().addKeyValue("reason", reason).log("contracts wait for the registry");
                return false;
            } catch (RuntimeException defect) {
                publications.put(product.name(), Publication.refused("a defect of the service: " + defect));
                LOG.atError()
                        .addKeyValue("topic", product.name().topic())
                        .setCause(defect)
                        .log("contract not published");
            }
        }
        return true;
    }

    private static void tell(DataProduct product, Publication publication) {
        if (publication.state() == Publication.State.REFUSED) {
            LOG.atError()
                    .addKeyValue("topic", product.name().topic())
                    .addKeyValue("reason", publication.detail())
                    .log("contract refused; what was published before stays in force");
        } else {
            LOG.atInfo()
                    .addKeyValue("topic", product.name().topic())
                    .addKeyValue("version", product.version())
                    .log("contract published");
        }
    }

    private static List<Domain> load(List<Path> folders) {
        List<Domain> domains = new ArrayList<>();
        for (Path folder : folders) {
            try {
                domains.add(DomainFolder.load(folder, System::getenv));
            } catch (ProblemsException mistakes) {
                // Without the cause, so that Quarkus shows the message and no stack trace.
                throw new ConfigurationException(
                        "weir.domain=%s: the domain has mistakes%n%s".formatted(folder, mistakes.getMessage()));
            }
        }
        return List.copyOf(domains);
    }
}
