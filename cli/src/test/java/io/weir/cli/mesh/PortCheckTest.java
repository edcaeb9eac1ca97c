package io.weir.cli.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortCheckTest {

    @Test
    void shouldSayWhoNeedsATakenPortAndHowToChooseAnother() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();

            List<String> problems = PortCheck.problems(List.of(new PortCheck.Need(port, "kafka", "--kafka-port")));

            assertThat(problems).hasSize(1);
            assertThat(problems.getFirst())
                    .startsWith("port %d on 127.0.0.1 is in use".formatted(port))
                    .contains("kafka needs it")
                    .contains("--kafka-port N")
                    .contains("--port-base N");
        }
    }

    @Test
    void shouldFindNothingWrongWithAFreePort() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }

        assertThat(PortCheck.problems(List.of(new PortCheck.Need(port, "kafka", "--kafka-port"))))
                .isEmpty();
    }

    @Test
    void shouldSayThatAPortIsGivenTwice() {
        List<String> problems = PortCheck.problems(List.of(
                new PortCheck.Need(1, "kafka", "--kafka-port"), new PortCheck.Need(1, "ingest", "--ingest-port")));

        assertThat(problems).anySatisfy(problem -> assertThat(problem).contains("given to two parts"));
    }
}
