package dev.flamepool.operator.backend.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.LaunchAttempt;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.ParentLines;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The bootstrap script, run for real in a folder that stands for the root: curl, tar and sha256sum
 * are the machine's own, only what would change the machine is a stand-in that writes down what it
 * was told.
 */
class BootstrapTest {
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
  private final MachineKey key = Ec2Fixtures.key(0);
  private final Map<String, byte[]> served = new ConcurrentHashMap<>();
  private final HttpServer server;
  private Path tools;
  private String digest = "";

  BootstrapTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = served.get(exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(body == null ? 404 : 200, body == null ? -1 : body.length);
          if (body != null) {
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    server.start();
  }

  @BeforeEach
  void prepare() throws Exception {
    tools = Files.createDirectory(root.resolve("tools"));
    for (String name : List.of("systemctl", "shutdown", "useradd", "chown", "sleep", "poweroff")) {
      tool(name, "exit 0");
    }
    tool("id", "exit 1");
    served.put("/app.tar.gz", archive());
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private void tool(String name, String does) throws IOException {
    Path file = tools.resolve(name);
    Files.writeString(
        file, "#!/bin/sh\necho \"%s $*\" >>'%s'\n%s\n".formatted(name, root.resolve("told"), does));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  private byte[] archive() throws Exception {
    Path app = Files.createDirectories(root.resolve("made/bin")).getParent();
    Files.writeString(app.resolve("bin/thumbs"), "#!/bin/sh\n");
    Path file = root.resolve("made.tar.gz");
    run(List.of("tar", "-czf", file.toString(), "-C", app.toString(), "bin"));
    return Files.readAllBytes(file);
  }

  private static int run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor();
  }

  private LaunchAttempt attempt(String bundle) {
    BackendEntry entry = Ec2Fixtures.entry("s3BundleUrl", "\"" + bundle + "\"");
    return new LaunchAttempt(key, "t", "", entry, Ec2Fixtures.boot(key, ENV));
  }

  /** Runs it to its end; gives what it said. */
  private String boot(LaunchAttempt attempt, boolean spot, Map<String, String> bundle)
      throws Exception {
    served.put("/boot", BootObject.of(attempt, spot, bundle));
    return script(UserData.script(url("/boot?X-Amz-Signature=1&y=%2F"), 90));
  }

  private String script(String text) throws Exception {
    Path file = Files.writeString(root.resolve("user-data"), text);
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", file.toString());
    builder.environment().put("FLAMEPOOL_ROOT", root.toString());
    builder.environment().put("FLAMEPOOL_METADATA", url("/latest"));
    builder.environment().put("PATH", tools + ":" + System.getenv("PATH"));
    builder.environment().remove("http_proxy");
    builder.redirectErrorStream(true).redirectOutput(root.resolve("said").toFile());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(root.resolve("said"));
  }

  private List<String> told() throws IOException {
    Path file = root.resolve("told");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private Map<String, String> archiveUrl() {
    return Map.of(Bundle.ARCHIVE, url("/app.tar.gz?X-Amz-Signature=2"));
  }

  private String archiveBundle() {
    return "s3://releases/app.tar.gz" + digest;
  }

  @Test
  void aRunnerIsStarted() throws Exception {
    String said = boot(attempt(archiveBundle()), false, archiveUrl());
    assertThat(said).contains("the runner is started").doesNotContain("X-Amz");
    assertThat(told()).first().isEqualTo("shutdown -P +90");
    assertThat(told())
        .contains("systemctl enable flamepool.service", "systemctl start flamepool.service")
        .doesNotContain("systemctl --no-block poweroff", "systemctl start flamepool-spot.service");
    Path run = root.resolve("run/flamepool");
    assertThat(root.resolve("srv/thumbs/bin/thumbs")).isExecutable();
    assertThat(run.resolve("boot/key.pk8")).hasContent("key.pk8 of uid-0");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(run.resolve("env"))))
        .isEqualTo("r--------");
    assertThat(root.resolve("etc/systemd/system/flamepool.service"))
        .content()
        .contains("ExecStart=/srv/thumbs/bin/thumbs start", "TimeoutStopSec=35");
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
        "%s  bin/thumbs\n%s  lib/a b.jar\n".formatted(sha256(start), sha256(jar)).getBytes(UTF_8);
    served.putAll(Map.of("/1", start, "/2", jar, "/3", sums));
    Map<String, String> files =
        new TreeMap<>(
            Map.of("bin/thumbs", url("/1"), "lib/a b.jar", url("/2"), Bundle.SUMS, url("/3")));
    String bundle = "s3://releases/app#sha256=" + sha256(sums);
    assertThat(boot(attempt(bundle), true, files)).contains("the runner is started");
    assertThat(root.resolve("srv/thumbs/lib/a b.jar")).hasBinaryContent(jar);
    assertThat(told()).contains("systemctl start flamepool-spot.service");

    served.put("/2", new byte[] {9});
    assertThat(boot(attempt(bundle), true, files)).contains("could not verify the files");
    assertThat(told()).last().isEqualTo("systemctl --no-block poweroff");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no boot object",
        "garbage for a boot object",
        "no bundle",
        "garbage for a bundle",
        "another digest",
        "no start command",
        "shutdown",
        "useradd",
        "chown",
        "systemctl"
      })
  void whateverFailsTheInstancePowersOff(String failure) throws Exception {
    LaunchAttempt attempt = attempt(archiveBundle());
    String said;
    switch (failure) {
      case "no boot object" -> said = script(UserData.script(url("/nothing"), 90));
      case "garbage for a boot object" -> {
        served.put("/garbage", "no tar".getBytes(UTF_8));
        said = script(UserData.script(url("/garbage"), 90));
      }
      case "no bundle" -> {
        served.remove("/app.tar.gz");
        said = boot(attempt, false, archiveUrl());
      }
      case "garbage for a bundle" -> {
        served.put("/app.tar.gz", new byte[] {1});
        said = boot(attempt, false, archiveUrl());
      }
      case "another digest" -> {
        digest = "#sha256=" + "0".repeat(64);
        said = boot(attempt(archiveBundle()), false, archiveUrl());
      }
      case "no start command" -> {
        Path empty = Files.createDirectories(root.resolve("empty"));
        Path file = root.resolve("empty.tar.gz");
        run(List.of("tar", "-czf", file.toString(), "-C", empty.toString(), "."));
        served.put("/app.tar.gz", Files.readAllBytes(file));
        said = boot(attempt, false, archiveUrl());
      }
      case "systemctl" -> {
        tool("systemctl", "case \"$1\" in start) exit 1;; esac");
        said = boot(attempt, false, archiveUrl());
      }
      default -> {
        tool(failure, "exit 1");
        said = boot(attempt, false, archiveUrl());
      }
    }
    assertThat(said).contains("powering off").doesNotContain("the runner is started");
    assertThat(told()).last().isEqualTo("systemctl --no-block poweroff");
  }

  @Test
  void aSignalPowersOffAsWell() throws Exception {
    tool("useradd", "kill -TERM $PPID; exit 0");
    assertThat(boot(attempt(archiveBundle()), false, archiveUrl())).contains("powering off");
    assertThat(told()).last().isEqualTo("systemctl --no-block poweroff");
  }

  @Test
  void theDigestOfAnArchiveIsChecked() throws Exception {
    digest = "#sha256=" + sha256(served.get("/app.tar.gz"));
    assertThat(boot(attempt(archiveBundle()), false, archiveUrl()))
        .contains("the runner is started");
  }

  @Test
  void theEndOfASpotInstanceIsToldToItsRunner() throws Exception {
    Path notice = Files.createDirectories(root.resolve("boot")).resolve("spot-interrupted");
    served.put("/latest/api/token", "T".getBytes(UTF_8));
    tool("sleep", "exit 1");
    script(UserData.resource("spot-watch.sh"));
    assertThat(told()).as("without a notice it waits").containsExactly("sleep 5");
    assertThat(notice).doesNotExist();

    served.put("/latest/meta-data/spot/instance-action", "{}".getBytes(UTF_8));
    script(UserData.resource("spot-watch.sh"));
    assertThat(told()).last().isEqualTo("systemctl --no-block stop flamepool.service");
    assertThat(notice).exists();
  }

  @Test
  void shellcheckFindsNothing() throws Exception {
    needs("shellcheck");
    Path script = Files.writeString(root.resolve("user-data"), UserData.script(url("/boot"), 90));
    Path watch = Files.writeString(root.resolve("spot-watch"), UserData.resource("spot-watch.sh"));
    assertThat(said(List.of("shellcheck", script.toString(), watch.toString()))).isEmpty();
  }

  @Test
  void systemdUnderstandsTheUnits() throws Exception {
    needs("systemd-analyze");
    boot(attempt(archiveBundle()), true, archiveUrl());
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
    assertThat(said(command)).isEmpty();
  }

  /** A run that must be complete has the tool; elsewhere the test needs it to run. */
  private static void needs(String tool) throws Exception {
    boolean there = run(List.of("/bin/sh", "-c", "command -v " + tool)) == 0;
    if (System.getenv("CI") != null) {
      assertThat(there).as("%s is installed", tool).isTrue();
    }
    assumeTrue(there, tool + " is not installed");
  }

  /** What a tool says that has nothing to say, unless something is wrong. */
  private static String said(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    int status = process.waitFor();
    return status == 0 ? said : said + "status " + status;
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
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
