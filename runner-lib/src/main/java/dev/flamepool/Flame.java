package dev.flamepool;

import dev.flamepool.caller.Engines;
import dev.flamepool.runner.KeptProcesses;
import dev.flamepool.runner.RunnerProcess;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The way to all pools of a namespace. One per process, for its whole life; thread-safe.
 *
 * <pre>{@code
 * try (Flame flame = Flame.connect()) {
 *   Pool thumbnails = flame.pool("thumbnails");
 *   byte[] png = thumbnails.call(() -> Thumbnails.render(pdf));
 * }
 * }</pre>
 */
public final class Flame implements AutoCloseable {
  /** How the application starts on a runner, for {@link #serveIfRunner}. */
  @FunctionalInterface
  public interface Start {
    /**
     * Starts the application; calls are admitted when it returns.
     *
     * @throws Exception if it cannot start: the boot has failed
     */
    void start() throws Exception;
  }

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?");

  private final Engines engines;
  private final Duration shutdownGrace;

  Flame(Engines engines, Duration shutdownGrace) {
    this.engines = engines;
    this.shutdownGrace = shutdownGrace;
  }

  /**
   * Connects with the user's kubeconfig, in a Pod without one with its service account. Returns at
   * once: a cluster that is down or refuses this process may come to itself, so it is warned of,
   * and calls wait for it. On a runner no Kubernetes is needed: calls to its own pool run in place.
   *
   * @return to be closed after the last call
   * @throws ClusterUnavailableException if there is no kubeconfig and this is no Pod, or the
   *     kubeconfig leads to no cluster
   */
  public static Flame connect() {
    return builder().connect();
  }

  /**
   * Runs all calls in this process, for development: any pool name will do, captures and results
   * are copied as they would be, errors and deadlines are the same.
   *
   * @return to be closed after the last call
   */
  public static Flame inProcess() {
    return builder().inProcess();
  }

  /**
   * Connects in another way than {@link #connect} does.
   *
   * @return a builder
   */
  public static FlameBuilder builder() {
    return new FlameBuilder();
  }

  /**
   * The first line of an application's main, where that is what the pool starts: {@code if
   * (Flame.serveIfRunner(App::start)) return;}. On a runner it serves calls until the runner's end.
   *
   * @param start starts what calls need, and no web server
   * @return false, at once, in the application itself; true on a runner, when it has ended
   */
  public static boolean serveIfRunner(Start start) {
    Objects.requireNonNull(start, "start");
    Optional<FlameParent> parent = FlameParent.current();
    parent.ifPresent(
        found ->
            RunnerProcess.run(
                found,
                () -> {
                  try {
                    start.start();
                  } catch (RuntimeException e) {
                    throw e;
                  } catch (Exception e) {
                    throw new IllegalStateException("the application did not start: " + e, e);
                  }
                },
                start.getClass()));
    return parent.isPresent();
  }

  /**
   * Lets a process that a call has started on a runner live on when that call ends: a helper that
   * serves later calls too. It ends with the runner. Elsewhere this changes nothing, as there the
   * end of a call ends no process.
   *
   * @param process to be named before the call ends; what it starts is kept with it
   */
  public static void keep(ProcessHandle process) {
    KeptProcesses.add(Objects.requireNonNull(process, "process"));
  }

  /**
   * A pool to call. Returns at once; that there is no such pool shows at the first call.
   *
   * @param name of the {@code FlamePool}
   * @return the same connections and queue each time
   * @throws IllegalArgumentException if no pool can have that name
   * @throws CallerClosedException if this is closed
   */
  public Pool pool(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "' is not a pool's name: give the metadata.name of a FlamePool, at most 40 lower"
              + " case letters, digits and '-'");
    }
    return engines.pool(name);
  }

  /**
   * Takes no more calls, waits for running and waiting calls and casts up to the shutdown grace (30
   * s unless built otherwise), then cancels those that are linked. What was made to depend on a
   * call's future, such as {@code thenRun} or {@code thenRunAsync}, has run by then too; what was
   * given an executor of its own is not waited for. Nothing is left behind: no thread, no
   * connection, no demand. An interrupt ends the wait.
   *
   * <p>May be called by what depends on a call: that is not waited for.
   */
  @Override
  public void close() {
    engines.close(shutdownGrace);
  }

  /** Closes without waiting: calls that wait fail, running ones that are linked are cancelled. */
  public void closeNow() {
    engines.close(Duration.ZERO);
  }
}
