package dev.flamepool.bench;

import dev.flamepool.FlameParent;
import dev.flamepool.caller.PoolView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A real runner in a JVM of its own, started as the local backend starts one. */
final class RunnerJvm implements AutoCloseable {
  static final String NAMESPACE = "bench";
  static final String POOL = "bench";
  static final String CODE = "bench";

  private static final long MINUTES_10 = Duration.ofMinutes(10).toMillis();

  private final Process process;
  private final Path folder;
  private final String uid;

  private RunnerJvm(Process process, Path folder, String uid) {
    this.process = process;
    this.folder = folder;
    this.uid = uid;
  }

  /**
   * Starts one.
   *
   * @param parent of its folder
   * @param uid must be new
   * @param flags of its JVM
   */
  static RunnerJvm start(
      Authority authority, Path parent, String uid, String classPath, List<String> flags)
      throws Exception {
    return start(
        authority,
        parent,
        uid,
        Jvm.command(classPath, flags, "dev.flamepool.RunnerMain"),
        Map.of("FLAME_CODE_VERSION", CODE));
  }

  /** Starts one by any command. */
  static RunnerJvm start(
      Authority authority,
      Path parent,
      String uid,
      List<String> command,
      Map<String, String> environment)
      throws Exception {
    Path folder = Files.createDirectories(parent.resolve(uid));
    authority.writeRunner(folder.resolve("boot"), uid);
    FlameParent told =
        new FlameParent(
            1,
            POOL,
            NAMESPACE,
            POOL + "-0",
            uid,
            256,
            false,
            false,
            0,
            folder.resolve("boot"),
            folder,
            Duration.ofSeconds(10).toMillis(),
            MINUTES_10,
            -1,
            MINUTES_10,
            -1,
            "info");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put(FlameParent.VARIABLE, told.encode());
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(folder.resolve("output.log").toFile());
    return new RunnerJvm(builder.start(), folder, uid);
  }

  long pid() {
    return process.pid();
  }

  /** Waits until it listens. */
  PoolView.Endpoint endpoint() throws IOException, InterruptedException {
    Path address = folder.resolve("address");
    while (!Files.exists(address)) {
      if (!process.isAlive()) {
        throw new IOException(
            "the runner ended with "
                + process.exitValue()
                + ": "
                + Files.readString(folder.resolve("output.log")));
      }
      Thread.sleep(1);
    }
    return endpoint(Files.readString(address).trim());
  }

  /** The same runner behind another address. */
  PoolView.Endpoint endpoint(String address) {
    return new PoolView.Endpoint(POOL + "-0", uid, address, CODE, 256);
  }

  /** Lets it end in order, which also writes an archive if it was told to. */
  void stop() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
