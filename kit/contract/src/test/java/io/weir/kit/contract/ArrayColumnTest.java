package io.weir.kit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Columns of arrays: {@code logicalType: array} with {@code items}, as the standard says. */
class ArrayColumnTest {

    @TempDir
    Path folder;

    @Test
    void shouldReadTheTypeOfTheItems() throws IOException {
        assertThat(type("{name: v, logicalType: array, items: {logicalType: string}}"))
                .isEqualTo(new DataType.Array(new DataType.Varchar()));
        assertThat(type("{name: v, logicalType: array, items: {logicalType: number, physicalType: 'decimal(6,2)'}}"))
                .isEqualTo(new DataType.Array(new DataType.Decimal(6, 2)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "{name: v, logicalType: array} ~ column \"v\" is an array: say of what with items: {logicalType: ...}",
                "{name: v, logicalType: array, items: {logicalType: array, items: {logicalType: string}}} ~ an array of arrays or of binaries is no column type",
                "{name: v, logicalType: array, items: {logicalType: string}, primaryKey: true, primaryKeyPosition: 2} ~ an array is no primary key: name a column that tells rows apart",
            })
    void shouldSayWhatIsNoColumn(String property, String message) {
        assertThatThrownBy(() -> type(property))
                .isInstanceOf(ProblemsException.class)
                .hasMessageContaining(message);
    }

    @Test
    void shouldReadArraysOfAnotherWriter() {
        var schema = SchemaBuilder.record("Order")
                .fields()
                .name("tags")
                .type()
                .array()
                .items()
                .stringType()
                .noDefault()
                .endRecord();

        assertThat(AvroMapping.rowType(schema).columns().getFirst().type())
                .isEqualTo(new DataType.Array(new DataType.Varchar()));
    }

    @Test
    void shouldDraftAnArray() {
        var schema = SchemaBuilder.record("Order")
                .fields()
                .name("tags")
                .type()
                .array()
                .items()
                .longType()
                .noDefault()
                .endRecord();

        assertThat(ContractDraft.of(
                        ProductName.ofTopic("bronze.test.thing.v1"),
                        "a test",
                        "",
                        ContractDraft.columns(schema, List.of())))
                .contains(
                        "        logicalType: array\n        items:\n          logicalType: integer\n          physicalType: bigint\n");
    }

    private DataType type(String property) throws IOException {
        return product(folder, property).rowType().columns().get(1).type();
    }

    /** A product with a key and the column that the property describes. */
    static DataProduct product(Path folder, String property) throws IOException {
        Files.writeString(folder.resolve("domain.yaml"), """
                apiVersion: weir/v1
                kind: Domain
                name: test
                team: {name: team, contact: team@example.org}
                """);
        Path contracts = Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(contracts.resolve("thing.odcs.yaml"), """
                apiVersion: v3.1.0
                kind: DataContract
                id: thing
                version: 1.0.0
                status: active
                schema:
                  - name: thing
                    physicalName: bronze.test.thing.v1
                    properties:
                      - {name: id, logicalType: integer, primaryKey: true, primaryKeyPosition: 1}
                      - %s
                """.formatted(property));
        return DomainFolder.load(folder, Map.<String, String>of()::get)
                .find("bronze.thing")
                .orElseThrow();
    }
}
