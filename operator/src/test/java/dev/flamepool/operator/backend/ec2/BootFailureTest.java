package dev.flamepool.operator.backend.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.flamepool.operator.backend.LaunchAttempt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever fails in an instance's boot: it says what it could not do, leaves that for the operator,
 * and powers off.
 */
class BootFailureTest {
  private static final String BUNDLE = "s3://releases/app.tar.gz";
  private static final String OFF = "systemctl --no-block poweroff";

  /** What the script takes from a machine beside what a test takes away. */
  private static final String[] COMMANDS = {
    "sh", "tee", "tail", "dd", "df", "grep", "sed", "mkdir", "rm", "cat", "python3"
  };

  @TempDir Path root;
  private BootMachine machine;

  @BeforeEach
  void prepare() throws Exception {
    machine = new BootMachine(root);
    machine.s3.archive("#!/bin/sh\n");
  }

  @AfterEach
  void close() {
    machine.close();
  }

  private void boots(String bundle) throws Exception {
    machine.boot(machine.s3.attempt(bundle, Map.of()), false, machine.s3.archiveUrl());
  }

  private void fails(String why) throws Exception {
    String console = Files.readString(root.resolve("said"));
    assertThat(machine.s3.why()).as("the report of %s", console).contains("could not " + why);
    assertThat(machine.s3.report()).doesNotContain("X-Amz");
    assertThat(console)
        .contains("flamepool: failed: could not " + why)
        .doesNotContain("the runner is started", "X-Amz");
    assertThat(machine.told()).last().isEqualTo(OFF);
  }

  @Test
  void theAmiHasNoCurl() throws Exception {
    machine.only(COMMANDS);
    machine.only("tar", "gzip", "sha256sum");
    assumeThat(machine.has("python3")).as("what reports without curl").isTrue();
    boots(BUNDLE);
    fails("find curl on this machine: the AMI must have it");
  }

  @Test
  void theAmiHasNeitherTarNorGzip() throws Exception {
    machine.only(COMMANDS);
    machine.only("curl", "sha256sum");
    boots(BUNDLE);
    fails("find tar gzip on this machine");
  }

  @Test
  void systemdIsTooOld() throws Exception {
    machine.tool("systemctl", "case $1 in --version) echo 'systemd 219';; esac");
    boots(BUNDLE);
    fails("use systemd 219: the AMI must have 240 or later");
  }

  @Test
  void theLifetimeCannotBeArmed() throws Exception {
    machine.tool("systemd-run", "echo 'no timers here' >&2; exit 1");
    boots(BUNDLE);
    fails("arm the maximum lifetime: no timers here");
  }

  @Test
  void theBootObjectIsGone() throws Exception {
    machine.boot("/nothing");
    fails("fetch the boot object: curl: (22) The requested URL returned error: 404");
  }

  @Test
  void nobodyListensWhereTheBootObjectIs() throws Exception {
    machine.boot("http://127.0.0.1:1/boot");
    fails("fetch the boot object: curl: (7)");
    assertThat(machine.told()).as("tried once more").contains("sleep 3");
  }

  @Test
  void theBootObjectIsGarbage() throws Exception {
    machine.s3.served.put("/garbage", "no tar".getBytes(UTF_8));
    machine.boot("/garbage");
    fails("unpack the boot object: tar: ");
  }

  @Test
  void theUserCannotBeMade() throws Exception {
    machine.tool("useradd", "echo 'useradd: cannot lock /etc/passwd' >&2; exit 1");
    boots(BUNDLE);
    fails("make the user flamepool: useradd: cannot lock /etc/passwd");
  }

  @Test
  void theBundleIsGone() throws Exception {
    machine.s3.served.remove("/app.tar.gz");
    boots(BUNDLE);
    fails("fetch the bundle: curl: (22) The requested URL returned error: 404");
  }

  @Test
  void theBundleIsNoArchive() throws Exception {
    machine.s3.served.put("/app.tar.gz", new byte[] {1});
    boots(BUNDLE);
    fails("unpack the bundle: ");
  }

  @Test
  void theBundleIsAnother() throws Exception {
    boots(BUNDLE + "#sha256=" + "0".repeat(64));
    fails("verify the digest of the bundle: .bundle.tar.gz: FAILED; sha256sum: ");
  }

  @Test
  void aFileOfTheBundleIsAnother() throws Exception {
    byte[] sums = "%s  bin/thumbs\n".formatted("0".repeat(64)).getBytes(UTF_8);
    machine.s3.served.putAll(Map.of("/1", new byte[] {1}, "/2", sums));
    Map<String, String> files =
        new TreeMap<>(
            Map.of("bin/thumbs", machine.s3.url("/1"), Bundle.SUMS, machine.s3.url("/2")));
    machine.boot(machine.s3.attempt("s3://releases/app", Map.of()), false, files);
    fails("verify the files of the bundle: ");
  }

  @Test
  void theBundleHasNoStartCommand() throws Exception {
    Path empty = Files.createDirectories(root.resolve("empty"));
    Path file = root.resolve("empty.tar.gz");
    BootMachine.run(List.of("tar", "-czf", file.toString(), "-C", empty.toString(), "."));
    machine.s3.served.put("/app.tar.gz", Files.readAllBytes(file));
    boots(BUNDLE);
    fails("find bin/thumbs in the bundle");
  }

  @Test
  void theServiceCannotBeStarted() throws Exception {
    machine.tool(
        "systemctl",
        "case $1 in --version) echo 'systemd 252';; start) echo 'Job failed' >&2; exit 1;; esac");
    boots(BUNDLE);
    fails("start the service: Job failed");
  }

  @Test
  void theScriptIsEnded() throws Exception {
    machine.tool("useradd", "kill -TERM $PPID; exit 0");
    boots(BUNDLE);
    fails("make the user flamepool");
  }

  @Test
  void aStartCommandThatEndsAtOnceIsNotTalkedOver() throws Exception {
    machine.variable("EXIT_CODE", "exited");
    machine.variable("EXIT_STATUS", "126");
    machine.tool(
        "systemctl",
        """
        case $1 in
          --version) echo 'systemd 252' ;;
          start) /bin/sh "$FLAMEPOOL_ROOT/run/flamepool/ended"; kill -TERM $PPID ;;
        esac
        """);
    boots(BUNDLE);
    assertThat(machine.s3.why()).startsWith("could not run bin/thumbs");
    assertThat(Files.readString(root.resolve("said")))
        .doesNotContain("could not start the service");
    assertThat(machine.told()).last().isEqualTo(OFF);
  }

  @Test
  void whereNothingCanBeReportedItStillPowersOff() throws Exception {
    LaunchAttempt attempt = machine.s3.attempt(BUNDLE, Map.of());
    machine.s3.served.put(
        "/boot", BootObject.of(attempt, false, "http://127.0.0.1:1/said", machine.s3.archiveUrl()));
    machine.script(UserData.script(machine.s3.url("/gone"), "http://127.0.0.1:1/said", 90));
    assertThat(machine.s3.report()).isEmpty();
    assertThat(machine.told()).last().isEqualTo(OFF);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "exited|126|could not run bin/thumbs, or what it runs: it is for another architecture than",
        "exited|127|could not run bin/thumbs: a command of it is not there; Java must be on the",
        "exited|1|could not keep bin/thumbs running: it ended with exit code 1",
        "exited|0|exit code 0 of bin/thumbs",
        "killed|KILL|could not keep bin/thumbs running: it was ended by signal KILL",
        "||could not run bin/thumbs: systemd says resources"
      })
  void theStartCommandEnds(String code, String status, String why) throws Exception {
    end(code, status);
    assertThat(machine.s3.why()).startsWith(why == null ? "could not run bin/thumbs" : why);
    assertThat(machine.s3.report()).contains("the application says");
    assertThat(machine.told()).last().isEqualTo(OFF);
  }

  @ParameterizedTest
  @CsvSource({"exited, 143", "exited, 10", "exited, 13", "killed, TERM"})
  void anEndInOrderIsNoFailure(String code, String status) throws Exception {
    end(code, status);
    assertThat(machine.s3.report()).isEmpty();
    assertThat(machine.told()).last().isEqualTo(OFF);
  }

  @Test
  void whatEndsWithItsSystemReportsNothing() throws Exception {
    machine.tool("systemctl", "case $1 in --version) echo 252;; is-*) echo stopping;; esac");
    end("exited", "1");
    assertThat(machine.s3.report()).isEmpty();
    assertThat(machine.told()).last().isEqualTo(OFF);
  }

  private void end(String code, String status) throws Exception {
    boots(BUNDLE);
    if (code != null) {
      machine.variable("EXIT_CODE", code);
      machine.variable("EXIT_STATUS", status);
    }
    machine.variable("SERVICE_RESULT", code == null ? "resources" : "exit-code");
    machine.script(root.resolve("run/flamepool/ended"));
  }
}
