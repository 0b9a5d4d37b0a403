package dev.flamepool.operator.backend.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.flamepool.operator.backend.LaunchAttempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What boots an instance, run for real in a folder that stands for the root: curl, tar and
 * sha256sum are the machine's own, only what would change the machine is a stand-in that writes
 * down what it was told.
 */
final class BootMachine implements AutoCloseable {
  final BootServer s3;

  /** Commands whose file on the path may be a version manager's, which needs more than itself. */
  private static final Map<String, String> WHERE =
      Map.of("python3", "python3 -c 'import sys; print(sys.executable)'");

  private final Path root;
  private final Path tools;
  private final Map<String, String> variables = new LinkedHashMap<>();
  private String path;

  BootMachine(Path root) throws IOException {
    this.root = root;
    this.s3 = new BootServer(root);
    tools = Files.createDirectory(root.resolve("tools"));
    path = tools + ":" + System.getenv("PATH");
    for (String name : List.of("systemd-run", "shutdown", "useradd", "chown", "sleep")) {
      tool(name, "exit 0");
    }
    tool("systemctl", "case $1 in --version) echo 'systemd 252 (252.1)';; esac");
    tool("journalctl", "echo 'the application says'");
    tool("id", "exit 1");
  }

  /** Puts a stand-in of the machine's own command in its place. */
  void tool(String name, String does) throws IOException {
    Path file = tools.resolve(name);
    Files.deleteIfExists(file);
    Files.writeString(
        file, "#!/bin/sh\necho \"%s $*\" >>'%s'\n%s\n".formatted(name, root.resolve("told"), does));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  /** From now on there are only the stand-ins and these of the machine's own commands. */
  void only(String... commands) throws Exception {
    for (String command : commands) {
      String where = WHERE.getOrDefault(command, "command -v " + command);
      Path own = Path.of(output(List.of("/bin/sh", "-c", where)).strip());
      if (own.isAbsolute()) {
        Files.createSymbolicLink(tools.resolve(command), own);
      }
    }
    path = tools.toString();
  }

  /** Whether the machine has one of the commands that {@link #only} took. */
  boolean has(String command) {
    return Files.exists(tools.resolve(command));
  }

  /** Sets a variable of the scripts' environment. */
  void variable(String name, String value) {
    variables.put(name, value);
  }

  /** Runs the script of an attempt to its end; gives what it said. */
  String boot(LaunchAttempt attempt, boolean spot, Map<String, String> bundle) throws Exception {
    s3.served.put("/boot", BootObject.of(attempt, spot, s3.reportUrl(), bundle));
    return boot("/boot?X-Amz-Signature=1&y=%2F");
  }

  /** The same with a boot object from elsewhere. */
  String boot(String object) throws Exception {
    return script(
        UserData.script(object.startsWith("/") ? s3.url(object) : object, s3.reportUrl(), 90));
  }

  /** Runs a script to its end; gives what it said. */
  String script(String text) throws Exception {
    return script(Files.writeString(root.resolve("user-data"), text));
  }

  /** The same with one that is there already. */
  String script(Path file) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", file.toString());
    builder.environment().putAll(variables);
    builder.environment().put("FLAMEPOOL_ROOT", root.toString());
    builder.environment().put("FLAMEPOOL_METADATA", s3.url("/latest"));
    builder.environment().put("PATH", path);
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

  /** What stand-ins were told. */
  List<String> told() throws IOException {
    Path file = root.resolve("told");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  /** Runs a command; gives its status. */
  static int run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor();
  }

  /** What a command says, and its status if that is none of success. */
  static String output(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    int status = process.waitFor();
    return status == 0 ? said : said + "status " + status;
  }

  /** A run that must be complete has the tool; elsewhere the test needs it to run. */
  static void needs(String tool) throws Exception {
    boolean there = run(List.of("/bin/sh", "-c", "command -v " + tool)) == 0;
    if (System.getenv("CI") != null) {
      assertThat(there).as("%s is installed", tool).isTrue();
    }
    assumeTrue(there, tool + " is not installed");
  }

  @Override
  public void close() {
    s3.close();
  }
}
