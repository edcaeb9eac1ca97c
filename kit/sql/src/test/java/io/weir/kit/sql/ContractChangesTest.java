package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.ContractDiff.Impact;
import io.weir.kit.contract.ContractFile;
import io.weir.kit.contract.ContractPlan;
import io.weir.kit.contract.ContractPlan.Affected;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What a change of a contract does, and to whom: the cases are {@code contract-changes/changes.yaml}. */
class ContractChangesTest {

    static final Path CASES = Path.of("src/test/resources/contract-changes");

    record Case(String name, String contract, List<String[]> edits, String verdict, List<String> tells) {
        @Override
        public String toString() {
            return name;
        }

        ContractPlan plan() {
            Path file = CASES.resolve("shop/contracts/%s.odcs.yaml".formatted(contract));
            return ContractPlanner.plan(ContractFile.read(file).product(), changed(file), domains());
        }

        DataProduct changed(Path file) {
            try {
                String text = Files.readString(file);
                for (String[] edit : edits) {
                    assertThat(text).as(name).containsOnlyOnce(edit[0]);
                    text = text.replace(edit[0], edit[1]);
                }
                return ContractFile.of(text, contract + ".odcs.yaml").product();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    static List<Domain> domains() {
        return Stream.of("shop", "marketing")
                .map(name -> DomainFolder.load(CASES.resolve(name), _ -> null))
                .toList();
    }

    static Stream<Case> cases() throws IOException {
        Object list = new Load(LoadSettings.builder().build())
                .loadFromString(Files.readString(CASES.resolve("changes.yaml")));
        return ((List<?>) list).stream().map(one -> {
            Map<?, ?> found = (Map<?, ?>) one;
            return new Case(
                    text(found, "name"),
                    text(found, "contract"),
                    ((List<?>) found.get("change"))
                            .stream()
                                    .map(edit ->
                                            new String[] {text((Map<?, ?>) edit, "from"), text((Map<?, ?>) edit, "to")})
                                    .toList(),
                    text(found, "verdict"),
                    ((List<?>) found.get("tells"))
                            .stream().map(Object::toString).toList());
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldTellWhomItBreaks(Case change) {
        ContractPlan plan = change.plan();

        assertThat(plan.verdict().text()).isEqualTo(change.verdict);
        assertThat(plan.changes()).extracting(ContractChangesTest::told).containsExactlyElementsOf(change.tells);
    }

    @Test
    void shouldFindNoDifferenceBetweenAContractAndItself() {
        DataProduct product = ContractFile.read(CASES.resolve("shop/contracts/orders.odcs.yaml"))
                .product();

        ContractPlan plan = ContractPlanner.plan(product, product, domains());

        assertThat(plan.changes()).isEmpty();
        assertThat(plan.notes()).isEmpty();
        assertThat(plan.verdict()).isEqualTo(Impact.COMPATIBLE);
        assertThat(plan.readers())
                .containsExactly(
                        "model silver.shop.open_order.v1", "model gold.shop.payment.v1", "subscription mailer");
    }

    @Test
    void shouldSayWhatTheRegistryWouldRefuseAndThatTheVersionStayed() throws IOException {
        Case change = named("a required column comes");

        assertThat(change.plan().notes())
                .containsExactly(
                        "The registry refuses it within v1, as compatibility is full_transitive: new readers could not read "
                                + "old rows (reader field missing default value at /fields/7).",
                        "The version is still 1.0.0: raise it, or what is published stays in force.");
    }

    @Test
    void shouldLetANewMajorStandBesideTheOld() throws IOException {
        ContractPlan plan = named("a breaking change in a new major").plan();

        assertThat(plan.newMajor()).isTrue();
        assertThat(plan.breaks()).isFalse();
        assertThat(plan.notes()).isEmpty();
    }

    static Case named(String name) throws IOException {
        return cases().filter(one -> one.name.equals(name)).findFirst().orElseThrow();
    }

    static String told(ContractPlan.Change change) {
        return "%s %s %s%s"
                .formatted(
                        change.code(),
                        change.column() == null ? "product" : change.column(),
                        change.impact().text(),
                        change.consumers().isEmpty()
                                ? ""
                                : change.consumers().stream()
                                        .map(ContractChangesTest::told)
                                        .collect(Collectors.joining("; ", ": ", "")));
    }

    private static String told(Affected affected) {
        return "%s %s %s".formatted(affected.kind(), affected.name(), affected.why());
    }

    private static String text(Map<?, ?> map, String name) {
        return String.valueOf(map.get(name));
    }
}
