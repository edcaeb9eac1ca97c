package io.weir.cli.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HousekeepingTest {

    @TempDir
    Path folder;

    @Test
    void shouldKeepTheNewestOfALogThatAPartGoesOnAppendingTo() throws IOException {
        LogFiles logs = new LogFiles(folder, 4, 2);
        Path log = folder.resolve("kafka.log");

        try (OutputStream part = Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String text : List.of("first", "second", "third", "4")) {
                part.write(text.getBytes());
                logs.rotate();
            }
        }

        assertThat(log).hasContent("4");
        assertThat(folder.resolve("kafka.log.1")).hasContent("third");
        assertThat(folder.resolve("kafka.log.2")).hasContent("second");
        assertThat(folder.resolve("kafka.log.3")).doesNotExist();
    }

    @Test
    void shouldTellTheDisksTroubleOnceAndItsEnd() {
        AtomicReference<Optional<String>> disk = new AtomicReference<>(Optional.empty());
        List<String> said = new ArrayList<>();
        Housekeeping keeping = new Housekeeping(new LogFiles(folder, 4, 2), disk::get, said::add);

        keeping.look();
        disk.set(Optional.of("full, 99 MB"));
        keeping.look();
        disk.set(Optional.of("full, 1 MB"));
        keeping.look();
        disk.set(Optional.empty());
        keeping.look();
        keeping.look();

        assertThat(said).containsExactly("full, 99 MB", "There is room again: what stopped for it starts by itself.");
    }
}
