package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MaskingTest {

    private static final String PEOPLE = "bronze.people id bigint key, email varchar null, card varchar null";
    private static final String CARDS = "bronze.cards card varchar key, holder varchar null";

    @Test
    void shouldTellWhatIsShownOnlyAsADigest() {
        assertThat(masked("SELECT id, MD5(LOWER(email)) AS email, card FROM bronze.people WHERE id > 0"))
                .isEqualTo(Map.of("email", Set.of("bronze.test.people.v1.email")));
        assertThat(masked("""
                SELECT p.id, MD5(c.holder) AS email, MD5(p.card) AS card
                FROM bronze.people AS p LEFT JOIN bronze.cards AS c ON p.card = c.card
                """))
                .isEqualTo(Map.of(
                        "email", Set.of("bronze.test.cards.v1.holder"), "card", Set.of("bronze.test.people.v1.card")));
    }

    @Test
    void shouldNotCallMaskedWhatIsShownBesidesOrCannotBeTold() {
        assertThat(masked("SELECT id, MD5(email) || email AS email, card FROM bronze.people"))
                .isEmpty();
        assertThat(masked("SELECT id, MAX(MD5(email)) AS email, MAX(card) AS card FROM bronze.people GROUP BY id"))
                .isEmpty();
    }

    private static Map<String, Set<String>> masked(String sql) {
        return TestDomain.plan(sql, PEOPLE, CARDS, "silver.result id bigint key, email varchar null, card varchar null")
                .maskedColumns();
    }
}
