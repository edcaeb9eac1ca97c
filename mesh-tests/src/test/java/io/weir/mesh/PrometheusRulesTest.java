package io.weir.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The alerts, by Prometheus's own checker. That the services export what they ask for is shown by {@link MeshTest}. */
class PrometheusRulesTest {

    @Test
    void shouldBeRulesThatDoWhatTheirTestsSay() throws Exception {
        Promtool promtool = Promtool.find();

        promtool.isContentWith(PrometheusRules.FOLDER, "check", "rules", "rules.yml");
        promtool.isContentWith(PrometheusRules.FOLDER, "test", "rules", "rules_test.yml");
    }

    @Test
    void shouldTestEachAlertThatFiresAndThatDoesNot() throws Exception {
        assertThat(PrometheusRules.tested(true)).isEqualTo(PrometheusRules.alerts());
        assertThat(PrometheusRules.tested(false)).isEqualTo(PrometheusRules.alerts());
    }

    @Test
    void shouldAskForMetricsByName() throws Exception {
        assertThat(PrometheusRules.asked())
                .extracting(PrometheusRules.Asked::metric)
                .contains("weir_stage_freshness_seconds", "weir_stage_rows_total", "weir_promises_broken");
        assertThat(new PrometheusRules.Asked("weir_a", java.util.Map.of("b", "1"), java.util.Set.of("c")))
                .matches(asked -> asked.isIn("weir_a{b=\"1\",c=\"2\"} 7"))
                .matches(asked -> !asked.isIn("weir_a{b=\"1\"} 7"))
                .matches(asked -> !asked.isIn("weir_a{b=\"2\",c=\"2\"} 7"));
    }
}
