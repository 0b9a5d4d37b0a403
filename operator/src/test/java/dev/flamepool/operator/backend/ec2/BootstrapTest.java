package dev.flamepool.operator.backend.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.wire.ParentLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bootstrap script, where it succeeds. */
class BootstrapTest {
  private static final String ARCHIVE = "s3://releases/app.tar.gz";

  private static final Map<String, String> ENV =
      Map.of(
          "QUOTES", "it's \"so\"",
          "DOLLAR", "pa$HOME $(id) `id`",
          "LINES", "one\ntwo\nEOF\n",
          "BACKSLASH", "a\\b\\",
          "SPACES", "  a  b  ",
          "EMPTY", "",
          "UMLAUT", "äöü#=;%h");

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

  private LaunchAttempt attempt(String bundle) {
    return machine.s3.attempt(bundle, ENV);
  }

  @Test
  void aRunnerIsStarted() throws Exception {
    String said = machine.boot(attempt(ARCHIVE), false, machine.s3.archiveUrl());
    assertThat(said).contains("the runner is started").doesNotContain("X-Amz");
    assertThat(machine.told())
        .containsSubsequence(
            "systemd-run --unit=flamepool-life --on-active=90min systemctl --no-block poweroff",
            "systemctl enable flamepool.service",
            "systemctl start flamepool.service")
        .doesNotContain("systemctl --no-block poweroff", "systemctl start flamepool-spot.service");
    Path run = root.resolve("run/flamepool");
    assertThat(root.resolve("srv/thumbs/bin/thumbs")).isExecutable();
    assertThat(run.resolve("boot/key.pk8")).hasContent("key.pk8 of uid-0");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(run.resolve("env"))))
        .isEqualTo("r--------");
    assertThat(root.resolve("etc/systemd/system/flamepool.service"))
        .content()
        .contains("exec bin/thumbs start'", "TimeoutStopSec=35");
    assertThat(run.resolve("boot.tar")).doesNotExist();
    assertThat(run.resolve("bundle.curl")).doesNotExist();
    Map<String, String> read = systemd(Files.readString(run.resolve("env")));
    assertThat(read).containsAllEntriesOf(ENV).containsKey(ParentLines.VARIABLE);
  }

  @Test
  void aFolderIsFetchedAndItsFilesVerified() throws Exception {
    byte[] start = "#!/bin/sh\n".getBytes(UTF_8);
    byte[] jar = {1, 2, 3};
    byte[] sums =
        "%s  bin/thumbs\n%s  lib/a b.jar\n"
            .formatted(BootServer.sha256(start), BootServer.sha256(jar))
            .getBytes(UTF_8);
    machine.s3.served.putAll(Map.of("/1", start, "/2", jar, "/3", sums));
    Map<String, String> files =
        new TreeMap<>(
            Map.of(
                "bin/thumbs",
                machine.s3.url("/1"),
                "lib/a b.jar",
                machine.s3.url("/2"),
                Bundle.SUMS,
                machine.s3.url("/3")));
    String bundle = "s3://releases/app#sha256=" + BootServer.sha256(sums);
    assertThat(machine.boot(attempt(bundle), true, files)).contains("the runner is started");
    assertThat(root.resolve("srv/thumbs/lib/a b.jar")).hasBinaryContent(jar);
    assertThat(machine.told()).contains("systemctl start flamepool-spot.service");

    machine.s3.served.put("/2", new byte[] {9});
    assertThat(machine.boot(attempt(bundle), true, files)).contains("could not verify the files");
    assertThat(machine.s3.why()).contains("lib/a b.jar");
  }

  @Test
  void theRuntimeOfABundleGoesBeforeTheMachinesJava() throws Exception {
    byte[] java = "#!/bin/sh\necho the bundle has $JAVA_HOME\n".getBytes(UTF_8);
    machine.tool("java", "echo the machine has a Java");
    machine.s3.served.putAll(
        Map.of("/1", "#!/bin/sh\nexec java\n".getBytes(UTF_8), "/2", java, "/3", java));
    Map<String, String> files = new TreeMap<>(Map.of("bin/thumbs", machine.s3.url("/1")));
    assertThat(machine.boot(attempt("s3://releases/app"), false, files)).contains("is started");
    assertThat(start()).isEqualTo("the machine has a Java\n");

    files.put("runtime/bin/java", machine.s3.url("/2"));
    files.put("runtime/lib/jspawnhelper", machine.s3.url("/3"));
    assertThat(machine.boot(attempt("s3://releases/app"), false, files)).contains("is started");
    assertThat(start()).isEqualTo("the bundle has " + root.resolve("srv/thumbs/runtime") + "\n");
    assertThat(root.resolve("srv/thumbs/runtime/lib/jspawnhelper")).isExecutable();
  }

  /** Starts the bundle as the unit does; gives what it said. */
  private String start() throws Exception {
    String line =
        Files.readAllLines(root.resolve("etc/systemd/system/flamepool.service")).stream()
            .filter(one -> one.startsWith("ExecStart="))
            .findFirst()
            .orElseThrow();
    String command = line.substring(line.indexOf('\'') + 1, line.lastIndexOf('\''));
    return machine.script(
        "cd '%s'\n%s\n".formatted(root.resolve("srv/thumbs"), command.replace("$$", "$")));
  }

  @Test
  void theDigestOfAnArchiveIsChecked() throws Exception {
    String digest = "#sha256=" + BootServer.sha256(machine.s3.served.get("/app.tar.gz"));
    assertThat(machine.boot(attempt(ARCHIVE + digest), false, machine.s3.archiveUrl()))
        .contains("the runner is started");
  }

  @Test
  void theEndOfASpotInstanceIsToldToItsRunner() throws Exception {
    Path notice = Files.createDirectories(root.resolve("boot")).resolve("spot-interrupted");
    machine.s3.served.put("/latest/api/token", "T".getBytes(UTF_8));
    machine.tool("sleep", "exit 1");
    machine.script(UserData.resource("spot-watch.sh"));
    assertThat(machine.told()).as("without a notice it waits").containsExactly("sleep 5");
    assertThat(notice).doesNotExist();

    machine.s3.served.put("/latest/meta-data/spot/instance-action", "{}".getBytes(UTF_8));
    machine.script(UserData.resource("spot-watch.sh"));
    assertThat(machine.told()).last().isEqualTo("systemctl --no-block stop flamepool.service");
    assertThat(notice).exists();
  }

  @Test
  void shellcheckFindsNothing() throws Exception {
    BootMachine.needs("shellcheck");
    List<String> command = new ArrayList<>(List.of("shellcheck"));
    for (Map.Entry<String, String> script :
        Map.of(
                "user-data", UserData.script(machine.s3.url("/boot"), machine.s3.url("/said"), 90),
                "ended", UserData.shared("ended.sh"),
                "spot-watch", UserData.resource("spot-watch.sh"))
            .entrySet()) {
      command.add(Files.writeString(root.resolve(script.getKey()), script.getValue()).toString());
    }
    assertThat(BootMachine.output(command)).isEmpty();
  }

  @Test
  void systemdUnderstandsTheUnits() throws Exception {
    BootMachine.needs("systemd-analyze");
    machine.boot(attempt(ARCHIVE), true, machine.s3.archiveUrl());
    List<String> command =
        new ArrayList<>(List.of("systemd-analyze", "verify", "--man=no", "--recursive-errors=no"));
    for (String name : List.of("flamepool.service", "flamepool-spot.service")) {
      Path unit = root.resolve("etc/systemd/system").resolve(name);
      Files.writeString(
          unit,
          Files.readString(unit)
              .replace("/srv/", root + "/srv/")
              .replace("=/run/", "=" + root + "/run/"));
      command.add(unit.toString());
    }
    assertThat(BootMachine.output(command)).isEmpty();
  }

  /** As systemd.exec(5) says of EnvironmentFile, as far as it is used: values in double quotes. */
  private static Map<String, String> systemd(String file) {
    Map<String, String> env = new TreeMap<>();
    int at = 0;
    while (at < file.length()) {
      int equals = file.indexOf('=', at);
      String name = file.substring(at, equals);
      assertThat(file.charAt(equals + 1)).isEqualTo('"');
      StringBuilder value = new StringBuilder();
      for (at = equals + 2; file.charAt(at) != '"'; at++) {
        if (file.charAt(at) == '\\' && "\"\\`$".indexOf(file.charAt(at + 1)) >= 0) {
          at++;
        }
        value.append(file.charAt(at));
      }
      env.put(name, value.toString());
      at += 2;
    }
    return env;
  }
}
