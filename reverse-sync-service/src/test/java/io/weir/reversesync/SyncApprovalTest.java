package io.weir.reversesync;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.Connection;
import io.weir.kit.contract.Sync;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SyncApprovalTest {

    private static final Map<String, Object> TEAM =
            Map.of("members", List.of(Map.of("username", "owner@example", "role", "Owner")));

    @Test
    void shouldPassWhatAMemberOfTheTeamHasApproved() {
        assertThat(refusals("owner@example", Map.of("team", TEAM))).isEmpty();
    }

    @Test
    void shouldReadTheOlderFormOfTheTeam() {
        assertThat(refusals("owner@example", Map.of("team", List.of(Map.of("username", "owner@example")))))
                .isEmpty();
    }

    @Test
    void shouldRefuseWhatAStrangerHasApproved() {
        assertThat(refusals("stranger@example", Map.of("team", TEAM)))
                .containsExactly(
                        "approvedBy is stranger@example, who is not in the team of gold.shop.profile.v1 (owner@example): a member approves, or team.members of profile.odcs.yaml names them");
    }

    @Test
    void shouldRefuseWhatSomebodyHasApprovedWhoHasLeft() {
        Map<String, Object> left =
                Map.of("members", List.of(Map.of("username", "owner@example", "dateOut", "2026-01-01")));

        assertThat(refusals("owner@example", Map.of("team", left)))
                .singleElement()
                .asString()
                .contains("its contract names no team.members");
    }

    @Test
    void shouldRefuseWhatNobodyHasApproved() {
        assertThat(refusals("", Map.of("team", TEAM)))
                .singleElement()
                .asString()
                .startsWith("nobody has approved the fields")
                .contains("approvedBy in crm.yaml");
    }

    @Test
    void shouldHoldToTheListOfDestinations() {
        Map<String, Object> erpOnly = Map.of(
                "team",
                TEAM,
                "schema",
                List.of(Map.of(
                        "customProperties", List.of(Map.of("property", "syncDestinations", "value", List.of("erp"))))));
        Map<String, Object> crmToo = Map.of(
                "team",
                TEAM,
                "customProperties",
                List.of(Map.of("property", "syncDestinations", "value", List.of("crm", "erp"))));

        assertThat(refusals("owner@example", erpOnly))
                .containsExactly(
                        "the contract of gold.shop.profile.v1 allows erp and not crm: its owner adds \"crm\" to the custom property syncDestinations in profile.odcs.yaml");
        assertThat(refusals("owner@example", crmToo)).isEmpty();
    }

    @Test
    void shouldNameEveryFieldThatIsNotInTheContract() {
        Sync sync = sync("owner@example", Sync.Mode.UPSERT, Map.of("id", "id"), Map.of("ordres", "orders"));

        assertThat(SyncApproval.refusals(sync, Optional.of(Fixture.product("shop", Map.of("team", TEAM)))))
                .containsExactly(
                        "key names (id); the primary key of gold.shop.profile.v1 is (customer_id), all of it and nothing else",
                        "field ordres is not in the contract of gold.shop.profile.v1, which has customer_id, country, orders, spend, last_order_at, email");
    }

    private static List<String> refusals(String approvedBy, Map<String, Object> contract) {
        return SyncApproval.refusals(
                sync(approvedBy, Sync.Mode.UPSERT, Map.of("customer_id", "id"), Map.of("orders", "orders")),
                Optional.of(Fixture.product("shop", contract)));
    }

    private static Sync sync(String approvedBy, Sync.Mode mode, Map<String, String> key, Map<String, String> fields) {
        return new Sync(
                "shop",
                "crm",
                Fixture.product("shop", Map.of()).name(),
                new Connection(URI.create("postgresql://localhost/crm"), "weir_sync", Optional.empty()),
                "public.profile",
                mode,
                key,
                fields,
                approvedBy,
                Path.of("syncs/crm.yaml"));
    }
}
