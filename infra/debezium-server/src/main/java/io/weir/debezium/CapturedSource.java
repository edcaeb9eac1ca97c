package io.weir.debezium;

import io.weir.kit.contract.Connection;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.contract.Secret;
import io.weir.kit.contract.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A source with a database, and the names that its capture has there and in Kafka.
 *
 * @param password already read from where the source says
 */
record CapturedSource(Source source, Connection connection, String password) {

    private static final int MAX_POSTGRES_NAME = 63;
    private static final String TIMEOUT_SECONDS = "10";

    /** @throws CaptureException where the folder, the source or its password cannot be read */
    static CapturedSource load(CaptureOptions options, UnaryOperator<@Nullable String> environment) {
        Domain domain;
        try {
            domain = DomainFolder.load(options.domain(), environment);
        } catch (ProblemsException e) {
            throw new CaptureException(e.getMessage() == null ? "The domain folder holds mistakes" : e.getMessage(), e);
        }
        List<Source> databases = domain.sources().stream()
                .filter(source -> source.connection().isPresent())
                .toList();
        Source source = databases.stream()
                .filter(candidate -> candidate.name().equals(options.source()))
                .findFirst()
                .orElseThrow(
                        () -> new CaptureException("%s=%s: %s has no source of that name with a connection. It has: %s"
                                .formatted(
                                        CaptureOptions.SOURCE,
                                        options.source(),
                                        options.domain(),
                                        databases.stream().map(Source::name).collect(Collectors.joining(", ")))));
        Connection connection = source.connection().orElseThrow();
        return new CapturedSource(source, connection, password(source, connection, environment));
    }

    /** {@code sources/shop.yaml}, as messages name it. */
    String file() {
        Path name = source.file().getFileName();
        return "sources/" + (name == null ? source.name() + ".yaml" : name);
    }

    /** The replication slot and, by the same name, the publication. */
    String slot() {
        String name = source.slot();
        if (name.length() > MAX_POSTGRES_NAME) {
            throw new CaptureException(
                    "%s: its replication slot would be named %s, longer than PostgreSQL's %d characters. Shorten the source's name."
                            .formatted(file(), name, MAX_POSTGRES_NAME));
        }
        return name;
    }

    /** The first part of every topic of this capture; Debezium appends schema and table. */
    String topicPrefix() {
        return "source.%s.%s".formatted(source.domain(), source.name());
    }

    String offsetsTopic() {
        return "offsets." + topicPrefix();
    }

    String heartbeatTopic() {
        return DebeziumSettings.HEARTBEAT_PREFIX + "." + topicPrefix();
    }

    /** A connection for a few questions; no answer may take longer than 30 s. */
    java.sql.Connection open() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", connection.user());
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", TIMEOUT_SECONDS);
        properties.setProperty("loginTimeout", TIMEOUT_SECONDS);
        properties.setProperty("socketTimeout", "30");
        properties.setProperty("ApplicationName", "weir-capture");
        return DriverManager.getConnection(connection.jdbcUrl(), properties);
    }

    /** Where the database is, for messages: never with a password. */
    String place() {
        return "postgresql://%s:%d/%s as %s"
                .formatted(connection.host(), connection.port(), connection.database(), connection.user());
    }

    private static String password(Source source, Connection connection, UnaryOperator<@Nullable String> environment) {
        if (connection.password().isEmpty()) {
            return "";
        }
        return switch (connection.password().get()) {
            case Secret.Env(String name) -> {
                String value = environment.apply(name);
                if (value == null) {
                    throw new CaptureException(
                            "%s: its password is in the environment variable %s, which is not set. Set it."
                                    .formatted("sources/" + source.name() + ".yaml", name));
                }
                yield value;
            }
            case Secret.File(String path) -> {
                try {
                    yield Files.readString(Path.of(path)).stripTrailing();
                } catch (IOException e) {
                    throw new CaptureException(
                            "%s: its password is in the file %s, which cannot be read (%s)."
                                    .formatted("sources/" + source.name() + ".yaml", path, e.getMessage()),
                            e);
                }
            }
        };
    }
}
