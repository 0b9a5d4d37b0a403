package dev.flamepool.operator.control;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * The operator's control connections, one per reachable runner. They are in memory only: after a
 * restart the steps ask for them again and the runners say anew how they are.
 *
 * <p>Thread-safe; nothing here blocks on the network: connecting and sending happen in the
 * background and the listener is told when a report changes.
 */
public interface RunnerLinks extends AutoCloseable {
  /**
   * Keeps a connection to a runner from now on, reconnecting with back-off. Harmless when there is
   * one.
   */
  void keep(RunnerTarget target);

  /** The same, for a runner that callers wait for: its first connection is tried before others'. */
  default void keepFirst(RunnerTarget target) {
    keep(target);
  }

  /** What the runner said last; empty before its first hello. */
  Optional<RunnerReport> report(String runnerUid);

  /**
   * Whether the runner is one of those held for {@code min}, and how it idles; sent at once when it
   * changed.
   */
  void settings(String runnerUid, IdleSettings settings);

  /**
   * Tells the runner that it is no longer in the endpoints. It goes on with its calls; the operator
   * stops its machine once it has none.
   */
  void withdraw(String runnerUid);

  /** Ends the connection and forgets the runner. */
  void drop(String runnerUid);

  /** Calls back with a runner's uid whenever its report changed. */
  void onChange(Consumer<String> runnerUid);

  @Override
  void close();
}
