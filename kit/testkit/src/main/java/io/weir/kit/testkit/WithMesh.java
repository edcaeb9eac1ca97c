package io.weir.kit.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Hands {@link TestKafka}, {@link TestRegistry} and {@link TestPostgres} to the tests that have them as parameters (constructor,
 * test or lifecycle method); a part that nobody asks for is not started.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(MeshExtension.class)
public @interface WithMesh {}
