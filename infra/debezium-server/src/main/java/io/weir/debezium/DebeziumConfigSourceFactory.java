package io.weir.debezium;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.util.List;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Derives Debezium Server's properties from the domain folder, above {@code application.properties} and below environment and system properties.
 * Gives none while the application is built, when no folder is named.
 */
public final class DebeziumConfigSourceFactory implements ConfigSourceFactory {

    private static final int ORDINAL = 275;

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        if (value(context, CaptureOptions.DOMAIN) == null) {
            return List.of();
        }
        CaptureOptions options = CaptureOptions.of(name -> value(context, name));
        CapturedSource captured = CapturedSource.load(options, System::getenv);
        return List.of(new PropertiesConfigSource(
                DebeziumSettings.of(captured, options), captured.file() + " of " + options.domain(), ORDINAL));
    }

    private static @Nullable String value(ConfigSourceContext context, String name) {
        ConfigValue value = context.getValue(name);
        return value == null ? null : value.getValue();
    }
}
