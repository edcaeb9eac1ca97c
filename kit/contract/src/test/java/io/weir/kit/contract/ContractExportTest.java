package io.weir.kit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.ContractExport.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A contract with something of everything, in every form; written anew with {@code -Dweir.golden.write=true}. */
class ContractExportTest {

    private static final Path SUITE = Path.of("src/test/resources/contracts");

    @ParameterizedTest
    @EnumSource
    void shouldBeWrittenAsOtherToolsWantIt(Format format) throws IOException {
        Path golden = SUITE.resolve("exports").resolve(format.name().toLowerCase(Locale.ROOT) + ".golden");
        DataProduct product =
                ContractFile.read(SUITE.resolve("good/everything.odcs.yaml")).product();

        String text = ContractExport.to(format, product);

        if (Boolean.getBoolean("weir.golden.write")) {
            Files.createDirectories(golden.getParent());
            Files.writeString(golden, text);
        }
        assertThat(text).isEqualTo(Files.readString(golden));
    }
}
