package io.weir.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quarkus.runtime.Shutdown;
import io.quarkus.runtime.Startup;
import io.weir.kit.stream.MeshTopics;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Tells somebody else's system what happens to incidents, and who has to leave a deprecated product, as a {@link Forwarder} does.
 *
 * <p>{@code X-Weir-Signature: sha256=<hex>} is the HMAC-SHA256 of the body under the secret (RFC 2104). Incidents from before the first start are not told.
 */
@Singleton
class Webhook {

    static final String SIGNATURE = "X-Weir-Signature";

    private static final String HMAC = "HmacSHA256";

    private final List<Forwarder> forwarders;

    @Inject
    Webhook(ContractConfig config) {
        this(config, System::getenv);
    }

    /** @param environment where the secret is, by the name that the configuration gives */
    Webhook(ContractConfig config, UnaryOperator<@Nullable String> environment) {
        Optional<SecretKeySpec> secret = config.webhook()
                .secretEnv()
                .map(name -> new SecretKeySpec(
                        Forwarder.secret("weir.webhook.secret-env", name, environment.apply(name))
                                .getBytes(UTF_8),
                        HMAC));
        Forwarder.Headers signed =
                (request, body) -> secret.ifPresent(key -> request.header(SIGNATURE, "sha256=" + signature(key, body)));
        this.forwarders = config
                .webhook()
                .url()
                .map(url -> List.of(
                        new Forwarder.Route(MeshTopics.INCIDENTS, "contract.webhook", "latest", url, false),
                        new Forwarder.Route(MeshTopics.NOTICES, "contract.webhook.notices", "earliest", url, false)))
                .orElse(List.of())
                .stream()
                .map(route -> new Forwarder(config, route, signed))
                .toList();
    }

    @Startup
    void start() {
        forwarders.forEach(Forwarder::start);
    }

    @Shutdown
    void stop() throws InterruptedException {
        for (Forwarder forwarder : forwarders) {
            forwarder.stop();
        }
    }

    static String signature(SecretKeySpec secret, byte[] body) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(secret);
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
