package io.weir.kit.contract;

import java.net.URI;
import java.util.Optional;

/**
 * An operational database that Weir reads or writes.
 *
 * @param url {@code postgresql://host:port/database}, with {@code ${NAME:default}} already resolved
 */
public record Connection(URI url, String user, Optional<Secret> password) {

    public String host() {
        return url.getHost();
    }

    public int port() {
        return url.getPort() < 0 ? 5432 : url.getPort();
    }

    public String database() {
        return url.getPath().substring(1);
    }

    public String jdbcUrl() {
        return "jdbc:postgresql://%s:%d/%s".formatted(host(), port(), database());
    }
}
