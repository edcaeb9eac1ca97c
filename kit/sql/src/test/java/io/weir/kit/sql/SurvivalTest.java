package io.weir.kit.sql;

import static io.weir.kit.testkit.Patience.LIMIT;
import static io.weir.kit.testkit.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.stream.StageRuntime;
import io.weir.kit.stream.StageStatus;
import io.weir.kit.stream.StageStatus.State;
import io.weir.kit.testkit.TestKafka;
import io.weir.kit.testkit.WithMesh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * On real Kafka, while changes flow: lost disks, instances that come and go, processes that die in the middle of a transaction. In the end a model with windows of
 * event time, a join and a window function equals what DuckDB says of the final tables, and a model that copies has written one record for each that it read.
 */
@WithMesh
class SurvivalTest {

    @TempDir
    Path folder;

    @Test
    void shouldRestoreItsStateFromTheChangelogs(TestKafka kafka) throws Exception {
        Shop shop = new Shop(kafka, "restore");
        shop.sell(300);
        Path state = folder.resolve("state");
        try (StageRuntime _ = start(kafka, shop, state)) {
            shop.awaitCopies(LIMIT);
        }
        shop.sell(100);
        try (Stream<Path> all = Files.walk(state)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }

        try (StageRuntime _ = start(kafka, shop, state)) {
            shop.sell(100);

            shop.assertEqualsItsQuery(LIMIT);
        }
    }

    @Test
    void shouldShareItsWorkWithAnotherInstanceAndTakeItBack(TestKafka kafka) throws Exception {
        Shop shop = new Shop(kafka, "share");
        try (StageRuntime first = start(kafka, shop, folder.resolve("first"));
                Shop.Selling selling = shop.keepSelling(Duration.ofMillis(4))) {
            shop.awaitCopies(LIMIT);
            try (StageRuntime second = start(kafka, shop, folder.resolve("second"))) {
                await().until(() -> second.statuses().stream().allMatch(stage -> stage.rowsOut() > 50));
                assertThat(first.statuses()).extracting(StageStatus::state).containsOnly(State.RUNNING);
            }
            selling.more(200);
        }

        try (StageRuntime _ = start(kafka, shop, folder.resolve("first"))) {
            shop.assertEqualsItsQuery(LIMIT);
        }
    }

    @Test
    void shouldSurviveDeathInTheMiddleOfATransaction(TestKafka kafka) throws Exception {
        Shop shop = new Shop(kafka, "death");
        shop.expectDeaths();
        Random random = new Random(7);
        List<Integer> exits = new ArrayList<>();
        try (Shop.Selling _ = shop.keepSelling(Duration.ofMillis(4))) {
            for (int death = 0; death < 2; death++) {
                // dies by itself: records of the transaction are written, and it is not committed
                Process process = process(kafka, shop, 100 + random.nextInt(100));
                assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
                exits.add(process.exitValue());
            }
            for (int death = 0; death < 2; death++) {
                long before = shop.copies();
                Process process = process(kafka, shop, Integer.MAX_VALUE);
                await().until(() -> shop.copies() > before);
                Thread.sleep(random.nextInt(300)); // any moment will do
                process.destroyForcibly().waitFor();
                exits.add(process.exitValue());
            }
        }
        assertThat(exits).containsExactly(StageProcess.DIED, StageProcess.DIED, 137, 137);

        try (StageRuntime _ = start(kafka, shop, folder.resolve("state"))) {
            shop.assertEqualsItsQuery(LIMIT);
        }
    }

    private static StageRuntime start(TestKafka kafka, Shop shop, Path state) {
        return StageProcess.start(kafka.bootstrapServers(), shop.name(), state, Map.of());
    }

    private Process process(TestKafka kafka, Shop shop, int diesAfter) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        StageProcess.class.getName(),
                        kafka.bootstrapServers(),
                        shop.name(),
                        folder.resolve("state").toString(),
                        Integer.toString(diesAfter))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("process.log").toFile())
                .start();
    }
}
