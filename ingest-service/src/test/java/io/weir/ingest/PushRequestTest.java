package io.weir.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.ingest.PushRequest.Change;
import io.weir.ingest.PushRequest.Changes;
import io.weir.ingest.PushRequest.Malformed;
import io.weir.ingest.PushRequest.Reading;
import io.weir.ingest.PushRequest.TooMany;
import io.weir.ingest.PushRequest.Violation;
import io.weir.ingest.PushRequest.Violations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PushRequestTest {

    @Test
    void shouldReadChangesInTheirOrder() {
        Reading reading = read("""
                {"changes": [
                  {"operationId": "1", "op": "upsert", "row": {"sku": "a", "name": "tea"}},
                  {"operationId": "2", "op": "delete", "row": {"sku": "b"}}]}""");

        assertThat(reading).isInstanceOfSatisfying(Changes.class, changes -> {
            Change first = changes.changes().get(0);
            assertThat(first.operationId()).isEqualTo("1");
            assertThat(first.key()).containsExactly("a");
            assertThat(first.row()).containsExactly("a", "tea", null);
            Change second = changes.changes().get(1);
            assertThat(second.key()).containsExactly("b");
            assertThat(second.row()).isNull();
        });
    }

    @Test
    void shouldTakeNoChangesAtAll() {
        assertThat(read("{\"changes\": []}")).isInstanceOf(Changes.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"op": "upsert", "row": {"sku": "a"}}                                        | operationId | required
            {"operationId": "", "op": "upsert", "row": {"sku": "a"}}                     | operationId | required
            {"operationId": 7, "op": "upsert", "row": {"sku": "a"}}                      | operationId | required
            {"operationId": "1", "op": "merge", "row": {"sku": "a"}}                     | op          | type
            {"operationId": "1", "op": "upsert"}                                         | row         | type
            {"operationId": "1", "op": "upsert", "row": [1]}                             | row         | type
            {"operationId": "1", "op": "upsert", "row": {"name": "tea"}}                 | sku         | required
            {"operationId": "1", "op": "upsert", "row": {"sku": "a", "nmae": "tea"}}     | nmae        | unknown
            {"operationId": "1", "op": "upsert", "row": {"sku": "a", "name": 7}}         | name        | type
            {"operationId": "1", "op": "delete", "row": {}}                              | sku         | required
            {"operationId": "1", "op": "delete", "row": {"sku": "a", "name": "tea"}}     | name        | unknown
            {"operationId": "1", "op": "upsert", "row": {"sku": "a"}, "when": "now"}     | when        | unknown
            7                                                                            | operationId | required
            """)
    void shouldNameRowFieldAndRuleOfAMistake(String change, String field, String rule) {
        Reading reading = read("""
                {"changes": [{"operationId": "0", "op": "upsert", "row": {"sku": "fine"}}, %s]}""".formatted(change));

        assertThat(reading).isInstanceOfSatisfying(Violations.class, violations -> assertThat(violations.violations())
                .first()
                .satisfies(violation -> {
                    assertThat(violation.row()).isEqualTo(1);
                    assertThat(violation.field()).isEqualTo(field);
                    assertThat(violation.rule()).isEqualTo(rule);
                }));
    }

    @Test
    void shouldTellEveryMistakeOfARequest() {
        Reading reading = read("""
                {"changes": [
                  {"operationId": "1", "op": "upsert", "row": {}},
                  {"operationId": "2", "op": "upsert", "row": {"sku": "a"}},
                  {"operationId": "3", "op": "upsert", "row": {}}]}""");

        assertThat(reading).isInstanceOfSatisfying(Violations.class, violations -> assertThat(violations.violations())
                .extracting(Violation::row)
                .containsExactly(0, 2));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"changes": {}}
            {}
            []
            {"changes": [], "more": 1}
            ``
            """)
    void shouldSayHowARequestLooks(String body) {
        assertThat(read(body))
                .isInstanceOfSatisfying(Violations.class, violations -> assertThat(violations.violations())
                        .first()
                        .satisfies(violation -> assertThat(violation.field()).isEqualTo("changes")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"changes": [
            {"changes": []} more
            """)
    void shouldTellABodyThatIsNoJson(String body) {
        assertThat(read(body)).isInstanceOf(Malformed.class);
    }

    @Test
    void shouldCountBeforeItReads() {
        assertThat(PushRequest.read("{\"changes\": [1, 2, 3]}".getBytes(UTF_8), Fixtures.PRODUCT, 2))
                .isEqualTo(new TooMany(3));
    }

    private static Reading read(String body) {
        return PushRequest.read(body.getBytes(UTF_8), Fixtures.PRODUCT, 100);
    }
}
