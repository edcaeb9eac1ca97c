package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.Model;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JaffleShopTest {

    static final Domain DOMAIN = DomainFolder.load(Path.of("../../examples/jaffle-shop"), name -> null);

    static Stream<Model> models() {
        return DOMAIN.models().stream();
    }

    @ParameterizedTest
    @MethodSource("models")
    void shouldPlanEveryModel(Model model) {
        ModelPlan plan = SqlPlanner.plan(model, DOMAIN);

        assertThat(plan.isKeyProved()).isTrue();
    }
}
