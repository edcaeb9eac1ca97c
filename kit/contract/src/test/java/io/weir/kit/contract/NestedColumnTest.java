package io.weir.kit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Columns of records, {@code logicalType: object} with {@code properties}, and of maps, {@code physicalType: map<text,...>}. */
class NestedColumnTest {

    private static final String ADDRESS =
            "{name: v, logicalType: object, properties: [{name: city, logicalType: string, required: true}, {name: geo, logicalType: object, properties: [{name: x, logicalType: number, physicalType: 'decimal(6,2)'}]}, {name: tags, logicalType: object, physicalType: 'map<text, bigint>'}]}";
    private static final DataType TYPE = new DataType.Struct(List.of(
            new Column("city", new DataType.Varchar(), false),
            new Column("geo", new DataType.Struct(List.of(new Column("x", new DataType.Decimal(6, 2), true))), true),
            new Column("tags", new DataType.Mapping(new DataType.BigInt()), true)));

    @TempDir
    Path folder;

    @Test
    void shouldReadTheFields() throws IOException {
        assertThat(type(ADDRESS)).isEqualTo(TYPE);
        assertThat(type("{name: v, logicalType: array, items: %s}".formatted(ADDRESS.replace("name: v, ", ""))))
                .isEqualTo(new DataType.Array(TYPE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "{name: v, logicalType: object} ~ column \"v\" is an object: name its fields with properties, or say physicalType: map<text,integer>",
                "{name: v, logicalType: object, properties: [{name: City, logicalType: string}]} ~ field \"City\": write lower-case letters, digits and _, each name once",
                "{name: v, logicalType: object, physicalType: 'map<text,bytea>'} ~ a map of arrays or of binaries is no column type",
                "{name: v, logicalType: object, physicalType: 'map<text,text>', primaryKey: true, primaryKeyPosition: 2} ~ a record or a map is no primary key: name a column that tells rows apart",
            })
    void shouldSayWhatIsNoColumn(String property, String message) {
        assertThatThrownBy(() -> type(property))
                .isInstanceOf(ProblemsException.class)
                .hasMessageContaining(message);
    }

    @Test
    void shouldKeepValuesThroughAvroAndJson() throws IOException {
        RowType rows = new RowType(List.of(
                new Column("id", new DataType.BigInt(), false),
                new Column("v", TYPE, true),
                new Column("list", new DataType.Array(TYPE), true)));
        List<Object> full = Arrays.asList("Ulm", List.of(new BigDecimal("1.50")), map("a", 1L, "b", null));
        List<Object> bare = Arrays.asList("Bonn", null, null);
        RowCodec codec = RowCodec.of(rows);

        for (Object[] row :
                List.of(new Object[] {1L, full, Arrays.asList(full, null, bare)}, new Object[] {2L, null, null})) {
            assertThat(codec.decode(codec.encode(row))).containsExactly(row);
            assertThat(JsonRows.read(
                            new ObjectMapper()
                                    .readTree(JsonRows.write(row, rows).toString()),
                            rows))
                    .containsExactly(row);
        }
        assertThat(new Schema.Parser().parse(codec.schema().toString())).isEqualTo(codec.schema());
        assertThat(AvroMapping.rowType(codec.schema())).isEqualTo(rows);
    }

    @Test
    void shouldReadARecordOfAnotherWriter() {
        RowCodec old = RowCodec.of(new RowType(List.of(new Column(
                "v",
                new DataType.Struct(List.of(
                        new Column("gone", new DataType.Varchar(), true), new Column("n", new DataType.Int(), false))),
                true))));
        RowCodec now = RowCodec.of(new RowType(List.of(new Column(
                "v",
                new DataType.Struct(List.of(
                        new Column("n", new DataType.BigInt(), false), new Column("more", new DataType.Int(), true))),
                true))));

        assertThat(now.decode(old.encode(new Object[] {List.of("x", 7)}), old.schema()))
                .containsExactly(Arrays.asList(7L, null));
    }

    @Test
    void shouldTellTheFieldThatDoesNotFit() {
        RowType rows = new RowType(List.of(new Column("v", TYPE, true)));

        assertThatThrownBy(
                        () -> JsonRows.read(new ObjectMapper().readTree("{\"v\": {\"city\": 1, \"town\": 2}}"), rows))
                .isInstanceOf(JsonRowException.class)
                .hasMessageContaining("v.city: not of type varchar")
                .hasMessageContaining("v.town: no such column");
    }

    @Test
    void shouldHoldRowsAgainstRequiredFields() throws IOException {
        RowRules rules = RowRules.of(product(ADDRESS));

        assertThat(rules.firstBroken(new Object[] {1L, Arrays.asList("Ulm", null, null)}))
                .isEmpty();
        assertThat(rules.firstBroken(new Object[] {1L, Arrays.asList(null, null, null)}))
                .hasValueSatisfying(
                        rule -> assertThat(rule.name() + " of " + rule.field()).isEqualTo("required of v"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "metric: nullValues, mustBe: 0 ~ nullValues of v.city ~ Ulm ~",
                "metric: missingValues, arguments: {missingValues: ['n/a']}, mustBe: 0 ~ missingValues of v.city ~ Ulm ~ n/a",
                "metric: invalidValues, arguments: {validValues: [Ulm, Bonn]}, mustBeLessThan: 1 ~ validValues of v.city ~ Ulm ~ Paris",
                "metric: invalidValues, arguments: {pattern: '^[A-Z]'}, mustBe: 0 ~ pattern of v.city ~ Ulm ~ ulm",
            })
    void shouldHoldRowsAgainstTheQualityOfAField(
            String quality, String rule, @Nullable String good, @Nullable String bad) throws IOException {
        RowRules rules = RowRules.of(product(
                "{name: v, logicalType: object, properties: [{name: city, logicalType: string, quality: [{%s}]}]}"
                        .formatted(quality)));

        assertThat(rules.firstBroken(new Object[] {1L, Arrays.asList(good)})).isEmpty();
        assertThat(rules.firstBroken(new Object[] {1L, Arrays.asList(bad)}))
                .map(broken -> broken.name() + " of " + broken.field())
                .hasValue(rule);
        assertThat(rules.firstBroken(new @Nullable Object[] {1L, null})).isEmpty();
    }

    @Test
    void shouldHoldRowsAgainstTheQualityOfWhatIsDeepInside() throws IOException {
        RowRules rules = RowRules.of(product("""
                {name: v, logicalType: array, items: {logicalType: object, properties: [{name: tags, logicalType: array, items: {logicalType: string, \
                customProperties: [{property: onViolation, value: halt}], quality: [{metric: invalidValues, arguments: {validValues: [a, b]}, mustBe: 0}]}}]}}"""));

        assertThat(rules.firstBroken(new Object[] {1L, List.of(List.of(List.of("a")), List.of(List.of("b", "a")))}))
                .isEmpty();
        RowRule broken = rules.firstBroken(
                        new Object[] {1L, List.of(List.of(List.of("a")), List.of(List.of("b", "c")))})
                .orElseThrow();
        assertThat(broken.field()).isEqualTo("v[].tags[]");
        assertThat(rules.onViolation(broken)).isEqualTo(DataProduct.OnViolation.HALT);
    }

    @Test
    void shouldPromiseOfAFieldWhatARowMayBreak() throws IOException {
        List<Promise> promises = product("""
                {name: v, logicalType: object, properties: [{name: city, logicalType: string, quality: [\
                {metric: nullValues, mustBeLessThan: 10, unit: percent}, {metric: invalidValues, arguments: {validValues: [Ulm]}, mustBeLessThan: 5}]}]}""").settings().promises();

        assertThat(promises)
                .extracting(Promise::demand)
                .containsExactly(
                        "nullValues of \"v.city\": less than 10 percent",
                        "invalidValues of \"v.city\": less than 5 rows");
        RowRule ofRows = promises.getFirst().bad().orElseThrow();
        assertThat(ofRows.holds(new Object[] {1L, Arrays.asList("Ulm")})).isTrue();
        assertThat(ofRows.holds(new Object[] {1L, Arrays.asList((Object) null)}))
                .isFalse();
    }

    @Test
    void shouldDraftAndExportThem() throws IOException {
        DataProduct product = product(ADDRESS);

        String draft = ContractDraft.of(
                product.name(), "a test", "", ContractDraft.columns(AvroMapping.valueSchema(product), List.of("id")));
        Files.writeString(
                folder.resolve("contracts/thing.odcs.yaml"),
                draft.replace("required: true\n        primaryKey", "primaryKey"));

        assertThat(draft)
                .contains(
                        "      - name: v\n        logicalType: object\n        properties:\n          - name: city\n");
        assertThat(DomainFolder.load(folder, Map.<String, String>of()::get)
                        .find("bronze.thing")
                        .orElseThrow()
                        .rowType()
                        .columns()
                        .get(1)
                        .type())
                .isEqualTo(TYPE);
        assertThat(ContractExport.to(ContractExport.Format.JSONSCHEMA, product))
                .contains("\"additionalProperties\" : {")
                .contains("\"city\" : {");
    }

    private static Map<String, Object> map(String key, Object value, String other, Object otherValue) {
        Map<String, Object> map = new java.util.TreeMap<>();
        map.put(key, value);
        map.put(other, otherValue);
        return map;
    }

    private DataType type(String property) throws IOException {
        return product(property).rowType().columns().get(1).type();
    }

    private DataProduct product(String property) throws IOException {
        return ArrayColumnTest.product(folder, property);
    }
}
