package io.weir.cli.mesh;

import io.weir.cli.UserError;
import io.weir.kit.contract.Connection;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.Secret;
import io.weir.kit.contract.Source;
import io.weir.kit.contract.Sync;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A domain as it is run on this machine: which of its databases are ours to start, which exist elsewhere.
 *
 * <p>Domain files read addresses from the environment: {@code ${SHOP_DB:localhost:15432}}. Whatever they ask for by a name that
 * ends in {@code _DB} is answered with the address of our own server, unless the environment or {@code --source} says another.
 *
 * @param environment what the services must be given to read the files in the same way
 * @param embedded names of the databases that our own server holds
 */
public record LocalDomain(Domain domain, Map<String, String> environment, Set<String> embedded) {

    /** The password of every role that the example's SQL makes. */
    static final String LOCAL_PASSWORD = "weir-local";

    private static final String ADDRESS_SUFFIX = "_DB";

    /**
     * Reads the domain's folder.
     *
     * @param databases existing databases
     * @param system the environment
     * @throws UserError where an existing database does not belong to the domain, or the folder is none
     * @throws io.weir.kit.contract.ProblemsException with all that is wrong in the files
     */
    public static LocalDomain load(
            Path folder, int postgresPort, List<String> databases, UnaryOperator<@Nullable String> system) {
        if (!Files.isDirectory(folder)) {
            throw new UserError(
                    "%s is not a folder. Give a domain's folder, such as examples/jaffle-shop.".formatted(folder));
        }
        String own = "127.0.0.1:" + postgresPort;
        Map<String, String> given = new LinkedHashMap<>();
        for (String database : databases) {
            URI url = parse(database);
            given.put(
                    variable(url.getPath().substring(1)),
                    url.getHost() + ":" + (url.getPort() < 0 ? 5432 : url.getPort()));
        }
        Map<String, String> environment = new TreeMap<>();
        Domain domain = DomainFolder.load(folder, name -> {
            String value = given.containsKey(name)
                    ? given.get(name)
                    : Optional.ofNullable(system.apply(name)).orElse(name.endsWith(ADDRESS_SUFFIX) ? own : null);
            if (value != null) {
                environment.put(name, value);
            }
            return value;
        });
        for (String name : given.keySet()) {
            if (!environment.containsKey(name)) {
                throw new UserError(
                        "No source or sync of %s takes its address from ${%s}, so --source cannot change it. Write the url as postgresql://${%s:localhost:5432}/<database>."
                                .formatted(folder, name, name));
            }
        }
        Set<String> embedded = new LinkedHashSet<>();
        for (Connection connection : connections(domain)) {
            if (own.equals(connection.host() + ":" + connection.port())) {
                embedded.add(connection.database());
                if (connection.password().orElse(null) instanceof Secret.Env secret) {
                    String value = system.apply(secret.name());
                    environment.put(secret.name(), value == null ? LOCAL_PASSWORD : value);
                }
            }
        }
        return new LocalDomain(domain, environment, embedded);
    }

    /** All databases that the domain reads or writes, each once. */
    public static List<Connection> connections(Domain domain) {
        List<Connection> all = new ArrayList<>();
        domain.sources().stream()
                .map(Source::connection)
                .flatMap(Optional::stream)
                .forEach(all::add);
        domain.syncs().stream().map(Sync::to).forEach(all::add);
        return all.stream().distinct().toList();
    }

    public boolean isEmbedded(Connection connection) {
        return embedded.contains(connection.database());
    }

    private static String variable(String database) {
        return database.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_") + ADDRESS_SUFFIX;
    }

    private static URI parse(String url) {
        try {
            URI uri = new URI(url);
            if ("postgresql".equals(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getPath() != null
                    && uri.getPath().length() > 1) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // The message below says what it should be.
        }
        throw new UserError(
                "--source %s is not a database: write postgresql://host:port/database (user and password come from the domain's files)."
                        .formatted(url));
    }
}
