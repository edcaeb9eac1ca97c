package io.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell script at the top, run in a checkout, with a search path and among JDKs that the test has made up. */
class FrontDoorTest {

    private static final List<String> TOOLS = List.of(
            "awk",
            "bash",
            "cat",
            "dirname",
            "env",
            "find",
            "grep",
            "head",
            "mkdir",
            "mv",
            "readlink",
            "sed",
            "tee",
            "touch");

    @TempDir
    Path folder;

    private Path home;
    private Path bin;
    private final Map<String, String> environment = new HashMap<>();

    private record Answer(int exitCode, String said) {}

    @BeforeEach
    void makeACheckout() throws IOException {
        home = Files.createDirectories(folder.resolve("weir home"));
        bin = Files.createDirectories(folder.resolve("bin"));
        for (String tool : TOOLS) {
            for (String place : List.of("/usr/bin", "/bin", "/opt/homebrew/bin", "/usr/local/bin")) {
                if (Files.isExecutable(Path.of(place, tool))) {
                    Files.createSymbolicLink(bin.resolve(tool), Path.of(place, tool));
                    break;
                }
            }
        }
        Files.copy(Path.of("..", "weir"), home.resolve("weir"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.createDirectories(home.resolve("cli/target"));
        Files.writeString(home.resolve("cli/target/weir-cli.jar"), "");
        environment.put("PATH", bin.toString());
        environment.put("HOME", folder.toString());
        environment.put("WEIR_JDK_DIRS", folder.resolve("jdks").toString());
    }

    @Test
    void shouldSayHowToGetAJdkWhereThereIsNone() throws Exception {
        Answer answer = weir("status");

        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.said())
                .contains("needs a JDK 25")
                .contains("sdk install java 25")
                .contains("JAVA_HOME");
    }

    @Test
    void shouldSayWhichJdkIsTooOld() throws Exception {
        environment.put("JAVA_HOME", jdk("jdks/seventeen", "17.0.15").toString());

        Answer answer = weir("status");

        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.said()).contains("found JDK 17 in").contains("seventeen");
    }

    @Test
    void shouldSayThatJavaHomeHoldsNoJdk() throws Exception {
        environment.put("JAVA_HOME", folder.resolve("nothing").toString());

        Answer answer = weir("status");

        assertThat(answer.said()).contains("JAVA_HOME is").contains("which holds no JDK");
    }

    @Test
    void shouldTakeJavaHomeFirst() throws Exception {
        environment.put("JAVA_HOME", jdk("mine", "25.0.1").toString());
        jdk("jdks/other", "25");

        Answer answer = weir("status");

        assertThat(answer.exitCode()).isZero();
        assertThat(answer.said()).contains("java of mine").contains("weir-cli.jar status");
    }

    @Test
    void shouldPassOverAnOldJavaHomeForAJdkInTheUsualPlaces() throws Exception {
        environment.put("JAVA_HOME", jdk("old", "21.0.2").toString());
        jdk("jdks/a", "24");
        jdk("jdks/b", "26-ea");

        Answer answer = weir("status");

        assertThat(answer.said()).contains("java of b");
    }

    @Test
    void shouldFollowTheCompilerOnThePathToItsHome() throws Exception {
        Path jdk = jdk("somewhere", "25.0.1");
        Files.createSymbolicLink(bin.resolve("javac"), jdk.resolve("bin/javac"));

        Answer answer = weir("status");

        assertThat(answer.said()).contains("java of somewhere");
    }

    @Test
    void shouldPassArgumentsAndTheExitCodeOn() throws Exception {
        environment.put("JAVA_HOME", jdk("mine", "25").toString());
        environment.put("FAKE_EXIT", "7");

        Answer answer = weir("sql", "shop", "SELECT 'two words'");

        assertThat(answer.exitCode()).isEqualTo(7);
        assertThat(answer.said()).contains("SELECT 'two words'").contains("WEIR_HOME=" + home.toRealPath());
    }

    @Test
    void shouldSayHowToGetMaven() throws Exception {
        environment.put("JAVA_HOME", jdk("mine", "25").toString());

        Answer answer = weir("build");

        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.said()).contains("Maven (mvn) is not on the PATH").contains("brew install maven");
    }

    @Test
    void shouldBuildWhatIsStaleBeforeUpAndOnlyOnce() throws Exception {
        environment.put("JAVA_HOME", jdk("mine", "25").toString());
        maven("""
                [INFO] Building Weir kit: contracts 0.1.0-SNAPSHOT    [1/2]
                [INFO] Weir kit: contracts ................................ SUCCESS [ 22.345 s]
                [INFO] BUILD SUCCESS
                """, 0);

        Answer first = weir("up");
        Answer second = weir("up");

        assertThat(first.exitCode()).isZero();
        assertThat(first.said())
                .contains("..  [1/2] Weir kit: contracts\n")
                .containsPattern("ok +Weir kit: contracts +22.345 s\n")
                .contains("weir-cli.jar up");
        assertThat(second.said()).doesNotContain("Building").contains("weir-cli.jar up");
    }

    @Test
    void shouldBuildTheBenchmarksWithFlinkAndHandOver() throws Exception {
        environment.put("JAVA_HOME", jdk("mine", "25").toString());
        program(
                bin.resolve("mvn"),
                "mkdir -p benchmarks/target; : >benchmarks/target/weir-benchmarks.jar; echo \"$@\" >mvn.said");

        Answer answer = weir("bench", "--only", "keyed");

        assertThat(answer.exitCode()).isZero();
        assertThat(home.resolve("mvn.said")).content().contains("-Pflink").contains("benchmarks/flink");
        assertThat(answer.said()).contains("Bench --only keyed");
    }

    @Test
    void shouldNotBuildUnderAMeshThatRuns() throws Exception {
        environment.put("JAVA_HOME", jdk("mine", "25").toString());
        Files.createDirectories(home.resolve(".weir"));
        Files.writeString(
                home.resolve(".weir/supervisor.pid"), ProcessHandle.current().pid() + "\n");

        Answer answer = weir("up");

        assertThat(answer.said()).doesNotContain("Maven").contains("weir-cli.jar up");
    }

    @Test
    void shouldPrintWhatWentWrongInABuildAndNotMavensAdvice() throws Exception {
        environment.put("JAVA_HOME", jdk("mine", "25").toString());
        maven("""
                [INFO] Building Weir kit: contracts 0.1.0-SNAPSHOT    [1/2]
                [INFO] Weir kit: contracts ................................ FAILURE [01:02 min]
                [INFO] BUILD FAILURE
                [ERROR] %s/kit/A.java:[3,5] ';' expected
                [ERROR] Re-run Maven using the -X switch
                [ERROR] [Help 1] http://nowhere
                """.formatted(home.toRealPath()), 1);

        Answer answer = weir("build");

        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.said())
                .containsPattern("FAILED +Weir kit: contracts +01:02 min\n")
                .contains("\nkit/A.java:[3,5] ';' expected")
                .doesNotContain("Re-run")
                .doesNotContain("Help 1");
    }

    @Test
    void shouldTestTheWholeReactorAndTellHowItWent() throws Exception {
        environment.put("JAVA_HOME", jdk("mine", "25").toString());
        maven("""
                [INFO] Building Weir kit: contracts 0.1.0-SNAPSHOT    [1/2]
                [INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 1, Time elapsed: 0.1 s -- in ATest
                [INFO] Building Weir kit: streams 0.1.0-SNAPSHOT      [2/2]
                [INFO] Tests run: 9, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s -- in BTest
                [INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 1
                [INFO] BUILD SUCCESS
                """, 0);

        Answer good = weir("test");
        maven("""
                [ERROR] Tests run: 3, Failures: 1, Errors: 1, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE! -- in ATest
                [INFO] BUILD FAILURE
                [ERROR]   ATest.shouldX:7 expected
                """, 1);
        Answer bad = weir("test");

        assertThat(good.exitCode()).isZero();
        assertThat(good.said()).contains("11 passed, 0 failed, 1 skipped\n").contains("All tests pass");
        assertThat(bad.exitCode()).isEqualTo(1);
        assertThat(bad.said())
                .contains("1 passed, 2 failed, 0 skipped\n")
                .contains("ATest.shouldX:7 expected")
                .contains("Tests fail");
    }

    @Test
    void shouldHelpWithoutABuildAndNameTheSameCommands() throws Exception {
        Files.delete(home.resolve("cli/target/weir-cli.jar"));

        Answer answer = weir("--help");

        assertThat(answer.exitCode()).isZero();
        List<String> named = new ArrayList<>();
        Matcher line = Pattern.compile("(?m)^  ([a-z]+)  +[A-Z]").matcher(answer.said());
        while (line.find()) {
            named.add(line.group(1));
        }
        named.removeAll(List.of("bench", "build", "test"));
        assertThat(named)
                .containsExactlyInAnyOrderElementsOf(
                        Weir.commandLine().getSubcommands().keySet());
    }

    private Path jdk(String place, String version) throws IOException {
        Path jdk = Files.createDirectories(folder.resolve(place));
        Files.createDirectories(jdk.resolve("bin"));
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"%s\"\n".formatted(version));
        program(
                jdk.resolve("bin/java"),
                "echo java of %s \"$@\"; echo WEIR_HOME=$WEIR_HOME; exit ${FAKE_EXIT:-0}".formatted(jdk.getFileName()));
        program(jdk.resolve("bin/javac"), "exit 0");
        return jdk;
    }

    private void maven(String prints, int exitCode) throws IOException {
        Path output = Files.writeString(folder.resolve("mvn.out"), prints);
        program(bin.resolve("mvn"), "cat '%s'; exit %d".formatted(output, exitCode));
    }

    private static void program(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Answer weir(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("/bin/bash", home.resolve("weir").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(4, TimeUnit.MINUTES)).isTrue();
        return new Answer(process.exitValue(), said);
    }
}
