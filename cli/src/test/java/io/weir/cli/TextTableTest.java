package io.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.PrintWriter;
import java.io.Writer;
import org.junit.jupiter.api.Test;

class TextTableTest {

    @Test
    void shouldLineUpTextToTheLeftAndNumbersToTheRight() {
        TextTable table = new TextTable("PART", ">ROWS", "");

        table.row("kafka", "5", "up").row("reverse-sync", "1,234", "");

        assertThat(table.lines())
                .containsExactly("PART           ROWS", "kafka             5  up", "reverse-sync  1,234");
    }

    @Test
    void shouldNotCountColoursAsWidth() {
        Terminal coloured = new Terminal(new PrintWriter(Writer.nullWriter()), true, true);
        TextTable table = new TextTable("A", "B");

        table.row(coloured.green("up"), "x").row("down", "y");

        assertThat(table.lines().get(1)).isEqualTo("\033[32mup\033[0m    x");
        assertThat(table.lines().get(2)).isEqualTo("down  y");
    }

    @Test
    void shouldRefuseARowOfAnotherWidth() {
        TextTable table = new TextTable("A", "B");

        assertThatIllegalArgumentException().isThrownBy(() -> table.row("only one"));
    }
}
