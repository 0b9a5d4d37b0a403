package dev.flamepool;

import java.io.Serializable;

/** Work that runs on a runner and returns nothing. What the lambda captures is copied there. */
@FunctionalInterface
public interface RemoteRunnable extends Serializable {
  /**
   * Does the work, on the runner.
   *
   * @throws Exception whatever the work throws; the caller sees it as the cause of a {@link
   *     RemoteCallException}
   */
  void run() throws Exception;
}
