package dev.flamepool.caller;

import static org.awaitility.Awaitility.await;

import dev.flamepool.FlameParent;
import dev.flamepool.wire.Certificates;
import dev.flamepool.wire.ControlConnection;
import dev.flamepool.wire.ControlListener;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.Hello;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.Timeouts;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real runner: a JVM of its own, started as the local backend starts one. */
final class RunnerProcess implements AutoCloseable {
  static final String NAMESPACE = "default";
  static final String POOL = "pool";
  static final String CODE = "code-1";

  private final Process process;
  private final Path folder;
  private final String name;
  private final String uid;
  private final int maxConcurrency;

  private RunnerProcess(Process process, Path folder, String name, String uid, int maxConcurrency) {
    this.process = process;
    this.folder = folder;
    this.name = name;
    this.uid = uid;
    this.maxConcurrency = maxConcurrency;
  }

  /** Starts one; {@link #endpoint} waits until it listens. */
  static RunnerProcess start(
      Certificates certificates, Path parent, int ordinal, String uid, int maxConcurrency)
      throws Exception {
    return start(certificates, parent, ordinal, uid, maxConcurrency, false);
  }

  static RunnerProcess start(
      Certificates certificates,
      Path parent,
      int ordinal,
      String uid,
      int maxConcurrency,
      boolean singleUse,
      String... jvmOptions)
      throws Exception {
    Path folder = Files.createDirectories(parent.resolve(uid));
    certificates.runner(uid).write(folder.resolve("boot"));
    String name = POOL + "-" + ordinal;
    FlameParent told =
        new FlameParent(
            1,
            POOL,
            NAMESPACE,
            name,
            uid,
            maxConcurrency,
            singleUse,
            false,
            0,
            folder.resolve("boot"),
            folder,
            Duration.ofSeconds(20).toMillis(),
            Duration.ofSeconds(120).toMillis(),
            -1,
            Duration.ofSeconds(120).toMillis(),
            -1,
            "info");
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx256m"));
    command.addAll(List.of(jvmOptions));
    command.addAll(List.of("-cp", classPath, "dev.flamepool.RunnerMain"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("FLAME_PARENT", told.encode());
    builder.environment().put("FLAME_CODE_VERSION", CODE);
    File log = folder.resolve("output.log").toFile();
    Process process = builder.redirectErrorStream(true).redirectOutput(log).start();
    return new RunnerProcess(process, folder, name, uid, maxConcurrency);
  }

  /** Where it listens, as the operator would put it into the status. */
  PoolView.Endpoint endpoint() {
    Path address = folder.resolve("address");
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(10))
        .failFast("the runner ended: " + log(), () -> !process.isAlive())
        .until(() -> Files.exists(address));
    try {
      return new PoolView.Endpoint(
          name, uid, Files.readString(address).trim(), CODE, maxConcurrency);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("output.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
  }

  /** SIGTERM: it drains. */
  void stop() {
    process.destroy();
  }

  /** Told to end by its operator, without grace: running calls are interrupted. */
  void endNow(Certificates certificates) throws Exception {
    String address = endpoint().address();
    int colon = address.lastIndexOf(':');
    ControlConnection operator =
        ControlConnection.open(
            new InetSocketAddress(
                address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
            uid,
            certificates.operator().identity(),
            new Hello(Role.OPERATOR, "operator", NAMESPACE + "/" + POOL, ""),
            Timeouts.DEFAULT,
            new ControlListener() {
              @Override
              public void received(ControlMessage message) {}

              @Override
              public void closed(IOException cause) {}
            });
    operator.send(new ControlMessage.Stop(0, "test"));
  }

  /** SIGSTOP: its machine goes silent, its connections stay. */
  void freeze() throws Exception {
    int code = new ProcessBuilder("kill", "-STOP", "" + process.pid()).start().waitFor();
    if (code != 0) {
      throw new IllegalStateException("kill ended with " + code);
    }
  }

  int awaitExit() {
    return process.onExit().join().exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
