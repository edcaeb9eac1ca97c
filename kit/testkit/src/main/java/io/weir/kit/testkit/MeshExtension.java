package io.weir.kit.testkit;

import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Resolves the parameters that {@link WithMesh} names. */
final class MeshExtension implements ParameterResolver {

    private static final Map<Class<?>, Supplier<Object>> PARTS = Map.of(
            TestKafka.class, Testkit::kafka,
            TestRegistry.class, Testkit::registry,
            TestPostgres.class, Testkit::postgres);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return PARTS.containsKey(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Supplier<Object> part = PARTS.get(parameter.getParameter().getType());
        if (part == null) {
            throw new IllegalArgumentException("Not a part of a mesh: " + parameter.getParameter());
        }
        return part.get();
    }
}
