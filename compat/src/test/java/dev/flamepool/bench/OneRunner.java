package dev.flamepool.bench;

import dev.flamepool.Pool;
import dev.flamepool.caller.Engines;
import dev.flamepool.closure.CodeVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A pool of one real runner over TLS, as the bench has it. */
public final class OneRunner implements AutoCloseable {
  private final RunnerJvm runner;
  private final Engines engines;

  /** Starts it, with that class path, in that folder. */
  public OneRunner(Path folder, String classPath, ClassLoader application) throws Exception {
    Authority authority = new Authority();
    List<String> flags = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m");
    runner = RunnerJvm.start(authority, folder, "shapes", classPath, flags);
    HandFedPool source = new HandFedPool(authority.caller());
    engines =
        Engines.remote(
            RunnerJvm.NAMESPACE,
            pool -> source,
            application,
            () -> new CodeVersion(RunnerJvm.CODE, List.of()),
            () -> {},
            Engines.Additions.NONE);
    source.ready(List.of(runner.endpoint()));
  }

  /** Its pool. */
  public Pool pool() {
    return engines.pool(RunnerJvm.POOL);
  }

  @Override
  public void close() {
    engines.close(Duration.ZERO);
    runner.close();
  }
}
