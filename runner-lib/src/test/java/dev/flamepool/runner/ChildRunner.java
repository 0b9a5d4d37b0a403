package dev.flamepool.runner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flamepool.FlameParent;
import dev.flamepool.RunnerMain;
import dev.flamepool.wire.Hello;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.SlotConnection;
import dev.flamepool.wire.Timeouts;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A runner as the local backend starts it: a real child JVM of 64 MiB with its own folder. */
final class ChildRunner implements AutoCloseable {
  private static final int PLACES = 32;
  private static final String MAIN = "main=";
  private static final String CLASS_PATH = "cp=";

  private final Path folder;
  private final Process process;

  /**
   * Starts it.
   *
   * @param graceMs for its calls when it ends
   * @param options of the JVM, later ones win; {@code virtual=true} for virtual threads, {@code
   *     main=} and a class for another main than the runner's own, {@code cp=} and a path for more
   *     of the class path
   */
  ChildRunner(Path folder, long graceMs, String... options) throws IOException {
    this(folder, parent(folder, graceMs, List.of(options)), List.of(), options);
  }

  /** The same, and what stands before the JVM's own command. */
  ChildRunner(Path folder, FlameParent parent, List<String> before, String... options)
      throws IOException {
    this.folder = folder;
    TestRunner.POOL.runner(TestRunner.UID).write(folder.resolve("boot"));
    List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx64m"));
    for (String option : options) {
      if (option.startsWith("-")) {
        command.add(option);
      }
    }
    command.addAll(
        List.of(
            "-cp",
            TestApplication.services(folder.resolve("services"))
                + File.pathSeparator
                + System.getProperty("java.class.path")
                + value(CLASS_PATH, options).map(more -> File.pathSeparator + more).orElse(""),
            value(MAIN, options).orElse(RunnerMain.class.getName())));
    ProcessBuilder b =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve("output.log").toFile()));
    b.environment().clear();
    b.environment().put(FlameParent.VARIABLE, withLastWords(parent.encode()));
    process = b.start();
  }

  private static Optional<String> value(String key, String... options) {
    return Arrays.stream(options)
        .filter(option -> option.startsWith(key))
        .map(option -> option.substring(key.length()))
        .findFirst();
  }

  static FlameParent parent(Path folder, long graceMs, List<String> options) {
    return parent(folder, graceMs, false, options.contains("virtual=true"));
  }

  static FlameParent parent(Path folder, long graceMs, boolean singleUse, boolean virtual) {
    return parent(folder, graceMs, singleUse, virtual, -1);
  }

  static FlameParent parent(
      Path folder, long graceMs, boolean singleUse, boolean virtual, long idleMs) {
    return parent(folder, graceMs, singleUse, virtual, idleMs, 0);
  }

  static FlameParent parent(
      Path folder, long graceMs, boolean singleUse, boolean virtual, long idleMs, int port) {
    FlameParent p = TestRunner.parent(PLACES, singleUse);
    return new FlameParent(
        p.protocol(),
        p.pool(),
        p.namespace(),
        p.runner(),
        p.uid(),
        singleUse ? 1 : PLACES,
        singleUse,
        virtual,
        port,
        folder.resolve("boot"),
        folder,
        graceMs,
        idleMs,
        -1,
        300_000,
        -1,
        "info");
  }

  private String withLastWords(String parent) {
    String lines = new String(Base64.getDecoder().decode(parent), UTF_8);
    String all = lines + "lastWords=" + folder.resolve("last-words") + "\n";
    return Base64.getEncoder().encodeToString(all.getBytes(UTF_8));
  }

  Process process() {
    return process;
  }

  /** Once it listens. */
  InetSocketAddress address() throws IOException {
    Path file = folder.resolve("address");
    if (Files.exists(file)) { // the first look of await takes 100 ms
      return read(file);
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(file) || !process.isAlive());
    assertThat(file).as(file("output.log")).exists();
    return read(file);
  }

  private static InetSocketAddress read(Path file) throws IOException {
    String line = Files.readString(file).trim();
    assertThat(line).startsWith("127.0.0.1:");
    return new InetSocketAddress(
        InetAddress.getLoopbackAddress(), Integer.parseInt(line.substring(line.indexOf(':') + 1)));
  }

  SlotConnection slot(int number) throws IOException {
    return slot("c", number);
  }

  SlotConnection slot(String caller, int number) throws IOException {
    return slot(number, TestRunner.hello(Role.CALLER, caller));
  }

  SlotConnection slot(int number, Hello hello) throws IOException {
    return SlotConnection.open(
        address(), TestRunner.UID, TestRunner.CALLER, hello, number, Timeouts.DEFAULT);
  }

  TestRunner.Control control(Role role, String id) throws IOException {
    return TestRunner.Control.open(address(), role, id);
  }

  /** Waits for its end. */
  int exitCode() throws Exception {
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(file("output.log")).isTrue();
    return process.exitValue();
  }

  /** What stands in a file of its folder; empty if there is none. */
  String file(String name) throws IOException {
    Path file = folder.resolve(name);
    return Files.exists(file) ? Files.readString(file) : "";
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
