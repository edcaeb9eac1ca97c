package io.weir.infra.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Each part on its real program: starts, is killed, starts again, and still has what it was given. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
@Execution(ExecutionMode.CONCURRENT)
class LocalPartsTest {

    private static final Path HOME = WeirHome.find();

    @TempDir
    private Path folder;

    private PartProcess part;

    @AfterEach
    void stopPart() {
        if (part != null) {
            part.kill();
        }
    }

    @Test
    void shouldKeepTopicsWhenKafkaIsKilled() throws Exception {
        int port = Ports.free();
        PartSpec spec = LocalKafka.part(HOME, folder.resolve("kafka"), port, Ports.free());
        start(spec);
        try (Admin admin = admin(port)) {
            admin.createTopics(List.of(new NewTopic("bronze.shop.customers.v1", 2, (short) 1)))
                    .all()
                    .get();
        }

        part.kill();
        start(spec);

        try (Admin admin = admin(port)) {
            assertThat(admin.listTopics().names().get()).containsExactly("bronze.shop.customers.v1");
            assertThat(admin.describeFeatures().featureMetadata().get().finalizedFeatures())
                    .containsKey("streams.version");
        }
    }

    @Test
    void shouldStopKafkaInAnOrderlyWay() {
        start(LocalKafka.part(HOME, folder.resolve("kafka"), Ports.free(), Ports.free())
                .withTimeouts(Duration.ofMinutes(4), Duration.ofMinutes(4)));

        part.stop();

        assertThat(part.isAlive()).isFalse();
        assertThat(part.exitCode()).hasValue(143);
    }

    @Test
    void shouldKeepRowsWhenPostgresIsKilled() throws Exception {
        int port = Ports.free();
        PartSpec spec = LocalPostgres.part(HOME, folder.resolve("postgres"), port);
        start(spec);
        try (Connection connection = connect(port, LocalPostgres.PASSWORD)) {
            connection.createStatement().execute("CREATE TABLE kept (id int PRIMARY KEY)");
            connection.createStatement().execute("INSERT INTO kept VALUES (1)");
        }

        part.kill();
        start(spec);

        try (Connection connection = connect(port, LocalPostgres.PASSWORD)) {
            assertThat(single(connection, "SELECT count(*) FROM kept")).isEqualTo("1");
            assertThat(single(connection, "SHOW wal_level")).isEqualTo("logical");
            assertThat(single(connection, "SHOW fsync")).isEqualTo("on");
        }
    }

    @Test
    void shouldTakeOverFromPostgresThatWasLeftBehind() throws Exception {
        int port = Ports.free();
        PartSpec spec = LocalPostgres.part(HOME, folder.resolve("postgres"), port);
        start(spec);
        PartProcess leftBehind = part;
        try (Connection connection = connect(port, LocalPostgres.PASSWORD)) {
            connection.createStatement().execute("CREATE TABLE kept (id int PRIMARY KEY)");

            start(spec);
        }

        assertThat(leftBehind.isAlive()).isFalse();
        assertThat(part.pid()).isNotEqualTo(leftBehind.pid());
        try (Connection connection = connect(port, LocalPostgres.PASSWORD)) {
            assertThat(single(connection, "SELECT count(*) FROM kept")).isEqualTo("0");
        }
    }

    @Test
    void shouldRefuseAWrongPassword() {
        int port = Ports.free();
        start(LocalPostgres.part(HOME, folder.resolve("postgres"), port));

        assertThatThrownBy(() -> connect(port, "wrong"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("password authentication failed");
    }

    @Test
    void shouldKeepArtifactsWhenTheRegistryIsKilled() throws Exception {
        int port = Ports.free();
        PartSpec spec = LocalRegistry.part(HOME, folder.resolve("registry"), port, Ports.free());
        start(spec);
        HttpRequest create = HttpRequest.newBuilder(URI.create(LocalRegistry.url(port) + "/groups"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"groupId\":\"jaffle\"}"))
                .build();
        assertThat(send(create).statusCode()).isEqualTo(200);

        part.kill();
        start(spec);

        HttpResponse<String> answer =
                send(HttpRequest.newBuilder(URI.create(LocalRegistry.url(port) + "/groups/jaffle"))
                        .build());
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @Test
    void shouldFindAPartThatAnEarlierRunStarted() {
        PartSpec spec = LocalPostgres.part(HOME, folder.resolve("postgres"), Ports.free());
        start(spec);

        PartProcess found = PartProcess.running(spec, folder.resolve("log"), folder.resolve("pid"))
                .orElseThrow();

        assertThat(found.pid()).isEqualTo(part.pid());
        assertThat(found.isReady()).isTrue();
        found.stop();
        assertThat(part.isAlive()).isFalse();
        assertThat(PartProcess.running(spec, folder.resolve("log"), folder.resolve("pid")))
                .isEmpty();
    }

    @Test
    void shouldStartFromTheCacheThatAnEarlierRunHasWritten() {
        StartupCache caches = new StartupCache(folder.resolve("caches"));
        PartSpec spec = LocalRegistry.partInMemory(HOME, folder.resolve("registry"), Ports.free(), Ports.free());
        assertThat(caches.use(spec)).isEqualTo(spec);
        assertThat(caches.lacks(spec)).isTrue();

        start(caches.training(spec));
        part.stop();
        caches.keep(spec);

        assertThat(caches.lacks(spec)).isFalse();
        // A JVM that is told so does not start without its cache.
        List<String> strict = new ArrayList<>(caches.use(spec).command());
        strict.add(1, "-XX:AOTMode=on");
        start(spec.withCommand(strict));
        assertThat(strict).doesNotContain("-jar");
    }

    @RepeatedTest(10)
    void shouldSayWhyAPartDidNotStart() {
        PartSpec spec = PartSpec.of("kafka", List.of("sh", "-c", "echo no space left; exit 3"), folder, () -> false);

        assertThatThrownBy(() -> start(spec))
                .isInstanceOf(PartException.class)
                .hasMessageContaining("kafka ended with code 3")
                .hasMessageContaining("no space left");
    }

    @Test
    void shouldNameTheFolderThatCannotBeUsed() throws IOException {
        Path file = Files.writeString(folder.resolve("occupied"), "");
        PartSpec spec = LocalPostgres.part(HOME, file, Ports.free());

        assertThatThrownBy(() -> start(spec))
                .isInstanceOf(PartException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("writable");
    }

    private void start(PartSpec spec) {
        part = PartProcess.start(spec, folder.resolve("log"), folder.resolve("pid"));
        part.awaitReady();
    }

    private static Admin admin(int port) {
        return Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + port));
    }

    private static Connection connect(int port, String password) throws SQLException {
        return DriverManager.getConnection(LocalPostgres.jdbcUrl(port, "postgres"), LocalPostgres.USER, password);
    }

    private static String single(Connection connection, String query) throws SQLException {
        try (ResultSet rows = connection.createStatement().executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }
}
