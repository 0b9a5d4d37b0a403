package dev.flamepool;

/**
 * Work that runs on a runner and returns nothing. What the lambda captures is copied there.
 *
 * <p>It counts as work that leaves the {@link RunnerContext} aside. So a method reference that
 * could mean either means this one.
 */
@FunctionalInterface
public interface RemoteRunnable extends RemoteConsumer<RunnerContext> {
  /**
   * Does the work, on the runner.
   *
   * @throws Exception whatever the work throws; the caller sees it as the cause of a {@link
   *     RemoteCallException}
   */
  void run() throws Exception;

  /** Does the work, without the context. */
  @Override
  default void accept(RunnerContext context) throws Exception {
    run();
  }
}
