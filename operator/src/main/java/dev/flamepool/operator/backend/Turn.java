package dev.flamepool.operator.backend;

import java.time.Duration;

/**
 * A place in a queue of those who may do something only one after another. Two of the same one in
 * the same queue are equal. Thread-safe.
 */
public interface Turn {
  /**
   * How long to wait before asking again, at the latest; zero when it is one's turn. Who does not
   * ask for long has left.
   */
  Duration left();

  /** Waits no more. */
  void leave();
}
