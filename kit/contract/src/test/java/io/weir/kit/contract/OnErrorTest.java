package io.weir.kit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a contract says for a column whose expression fails. */
class OnErrorTest {

    @TempDir
    Path folder;

    @Test
    void shouldQuarantineWhereNothingIsSaid() throws IOException {
        assertThat(column("logicalType: integer", "")).isEqualTo(OnError.UNSAID);
    }

    @Test
    void shouldReadThePolicies() throws IOException {
        assertThat(column("logicalType: integer", "{property: onError, value: quarantine}"))
                .isEqualTo(new OnError.Quarantine(true));
        assertThat(column("logicalType: integer", "{property: onError, value: fail}"))
                .isEqualTo(new OnError.Fail());
        assertThat(column("logicalType: integer", "{property: onError, value: null}"))
                .isEqualTo(new OnError.Null());
        assertThat(column("logicalType: integer", "{property: onError, value: 'null'}"))
                .isEqualTo(new OnError.Null());
    }

    @Test
    void shouldReadADefaultOfTheColumnsType() throws IOException {
        assertThat(byDefault("logicalType: integer", "7")).isEqualTo(7L);
        assertThat(byDefault("physicalType: 'decimal(6,2)'", "1.5")).isEqualTo(new BigDecimal("1.50"));
        assertThat(byDefault("logicalType: string", "none")).isEqualTo("none");
        assertThat(byDefault("logicalType: boolean", "true")).isEqualTo(true);
        assertThat(byDefault("logicalType: date", "'1970-01-02'")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "{property: onError, value: nul} ~ did you mean",
                "{property: onError, value: default} ~ onError: default needs a value: add {property: onErrorValue, value: ...}",
                "{property: onErrorValue, value: 1} ~ onErrorValue counts only beside {property: onError, value: default}",
                "{property: onError, value: default}, {property: onErrorValue, value: many} ~ onErrorValue \"many\" is no bigint",
            })
    void shouldTellWhatIsWrong(String properties, String message) {
        assertThatThrownBy(() -> column("logicalType: integer", properties))
                .isInstanceOf(ProblemsException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("contracts/thing.odcs.yaml:");
    }

    @Test
    void shouldNotGiveNullToARequiredColumn() {
        assertThatThrownBy(() -> column("logicalType: integer, required: true", "{property: onError, value: null}"))
                .hasMessageContaining("onError: null on a required column");
    }

    private Object byDefault(String type, String value) throws IOException {
        OnError read = column(
                type, "{property: onError, value: default}, {property: onErrorValue, value: %s}".formatted(value));
        return ((OnError.Default) read).value();
    }

    private OnError column(String type, String customProperties) throws IOException {
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
                      - {name: v, %s, customProperties: [%s]}
                """.formatted(type, customProperties));
        return DomainFolder.load(folder, Map.<String, String>of()::get)
                .find("bronze.thing")
                .orElseThrow()
                .rowType()
                .columns()
                .get(1)
                .onError();
    }
}
