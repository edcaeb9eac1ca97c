package io.weir.kit.contract;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where an operational database is and who may enter. Secrets are never written in a file: only where they are. */
final class ConnectionReader {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}:]*)(?::([^}]*))?}");

    private final UnaryOperator<@Nullable String> environment;

    ConnectionReader(UnaryOperator<@Nullable String> environment) {
        this.environment = environment;
    }

    /** Null (with problems added) where the connection is not complete. */
    @Nullable
    Connection read(Fields fields) {
        URI url = url(fields);
        String user = resolved(fields, "user");
        Optional<Secret> password = password(fields);
        return url == null || user == null ? null : new Connection(url, user, password);
    }

    private @Nullable URI url(Fields fields) {
        String text = resolved(fields, "url");
        if (text == null) {
            return null;
        }
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            fields.problem("url", "url is no URL (%s): write postgresql://host:port/database".formatted(e.getReason()));
            return null;
        }
        if (url.getUserInfo() != null
                || (url.getRawAuthority() != null && url.getRawAuthority().contains("@"))) {
            fields.problem("url", "url holds a user or password: write user and passwordFrom instead");
            return null;
        }
        if (!"postgresql".equals(url.getScheme())) {
            fields.problem("url", "url \"%s\" is not supported: write postgresql://host:port/database".formatted(text));
            return null;
        }
        if (url.getHost() == null
                || url.getPath() == null
                || url.getPath().length() < 2
                || url.getRawQuery() != null
                || url.getRawFragment() != null) {
            fields.problem("url", "url \"%s\" has not the form postgresql://host:port/database".formatted(text));
            return null;
        }
        return url;
    }

    /** A required text with {@code ${NAME:default}} replaced from the environment. */
    private @Nullable String resolved(Fields fields, String name) {
        String text = fields.text(name);
        if (text == null) {
            return null;
        }
        StringBuilder resolved = new StringBuilder();
        Matcher matcher = VARIABLE.matcher(text);
        while (matcher.find()) {
            String variable = matcher.group(1);
            String value = environment.apply(variable);
            if (value == null || value.isEmpty()) {
                value = matcher.group(2);
            }
            if (value == null) {
                fields.problem(
                        name,
                        "environment variable %s is not set: set it, or write a default as ${%s:default}"
                                .formatted(variable, variable));
                return null;
            }
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(value));
        }
        return matcher.appendTail(resolved).toString();
    }

    private static Optional<Secret> password(Fields fields) {
        if (fields.has("password")) {
            fields.problemAtName(
                    "password",
                    "a password does not belong in a file: write passwordFrom: { env: NAME } or passwordFrom: { file: /path }");
        }
        Fields from = fields.objectOrNull("passwordFrom");
        if (from == null) {
            return Optional.empty();
        }
        from.allow("env", "file");
        if (from.has("env") == from.has("file")) {
            from.problem("passwordFrom names one place: { env: NAME } or { file: /path }");
            return Optional.empty();
        }
        String env = from.textOr("env", null);
        String file = from.textOr("file", null);
        return env != null
                ? Optional.of(new Secret.Env(env))
                : Optional.ofNullable(file).map(Secret.File::new);
    }
}
