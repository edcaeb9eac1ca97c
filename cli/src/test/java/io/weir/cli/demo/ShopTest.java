package io.weir.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShopTest {

    @Test
    void shouldTellTheSameStoryForTheSameSeed() {
        assertThat(story(7, 2_000)).isEqualTo(story(7, 2_000)).isNotEqualTo(story(8, 2_000));
    }

    @Test
    void shouldOpenWithEverythingThatIsSoldAndNoOrphans() {
        List<ShopEvent> opening = new ArrayList<>();
        new Shop(new ShopState(), new SplittableRandom(1), 200).opening(1).forEachRemaining(opening::add);

        assertThat(opening).allMatch(event -> event.kind() == ShopEventKind.OPENED);
        assertThat(count(opening, ShopStatement.INSERT_CUSTOMER)).isEqualTo(200);
        assertThat(count(opening, ShopStatement.INSERT_ORDER)).isEqualTo(500);
        assertThat(count(opening, ShopStatement.INSERT_PRODUCT)).isEqualTo(30);
        assertThat(count(opening, ShopStatement.INSERT_STORE)).isEqualTo(5);
        Set<Object> customers = parameters(opening, ShopStatement.INSERT_CUSTOMER, 0);
        Set<Object> ordering = parameters(opening, ShopStatement.INSERT_ORDER, 1);
        ordering.remove(null);
        assertThat(customers).containsAll(ordering);
    }

    @ParameterizedTest
    @EnumSource(ShopEventKind.class)
    void shouldHappenNowAndThen(ShopEventKind kind) {
        assertThat(story(3, 8_000)).extracting(ShopEvent::kind).contains(kind);
    }

    @Test
    void shouldSpellThingsInManyWaysAndLeaveALittleThatNobodyCanClean() {
        List<ShopEvent> story = story(5, 20_000);

        assertThat(parameters(story, ShopStatement.INSERT_CUSTOMER, 3))
                .contains("usa", "Deutschland", " fra", null, "Atlantis");
        assertThat(parameters(story, ShopStatement.INSERT_CUSTOMER, 1)).contains(null, "  ");
        assertThat(parameters(story, ShopStatement.INSERT_CUSTOMER, 2))
                .anyMatch(email -> email != null && email.toString().contains(" at "))
                .anyMatch(email -> email != null && email.toString().contains("@MAIL.EXAMPLE"));
        assertThat(parameters(story, ShopStatement.INSERT_ITEM, 3)).contains(0, 1, 4);
    }

    @Test
    void shouldKeepTheFirstCustomersForWhoFollowsTheDocuments() {
        List<ShopEvent> story = story(11, 20_000);

        Set<Object> gone = parameters(story, ShopStatement.DELETE_CUSTOMER, 0);
        gone.addAll(parameters(story, ShopStatement.UPDATE_CUSTOMER_ID, 1));
        assertThat(gone).isNotEmpty().doesNotContain(1L, 2L, 3L);
    }

    @Test
    void shouldRefuseSettingsThatCannotBeMeant() {
        SimulatorOptions options = SimulatorOptions.of("jdbc:postgresql://localhost/shop", null);

        assertThatThrownBy(() -> options.withRate(0)).hasMessageContaining("has to be above 0");
        assertThatThrownBy(() -> options.withScale(0)).hasMessageContaining("between 1 and 1000");
        assertThatThrownBy(() -> options.withChanges(-1)).hasMessageContaining("cannot be negative");
        assertThatThrownBy(() -> SimulatorOptions.of("postgresql://localhost/shop", null))
                .hasMessageContaining("jdbc:postgresql://host:port/shop");
    }

    private static List<ShopEvent> story(long seed, int events) {
        Shop shop = new Shop(new ShopState(), new SplittableRandom(seed), 200);
        List<ShopEvent> story = new ArrayList<>();
        shop.opening(1).forEachRemaining(story::add);
        Stream.generate(shop::next).limit(events).forEach(story::add);
        return story;
    }

    private static long count(List<ShopEvent> events, ShopStatement statement) {
        return events.stream()
                .flatMap(event -> event.changes().stream())
                .filter(change -> change.statement() == statement)
                .count();
    }

    private static Set<Object> parameters(List<ShopEvent> events, ShopStatement statement, int position) {
        Set<Object> values = new java.util.HashSet<>();
        events.stream()
                .flatMap(event -> event.changes().stream())
                .filter(change -> change.statement() == statement)
                .forEach(change -> values.add(change.parameters().get(position)));
        return values;
    }
}
