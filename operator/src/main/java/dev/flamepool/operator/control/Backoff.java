package dev.flamepool.operator.control;

import dev.flamepool.operator.backend.Growing;
import java.time.Duration;

/** How long to wait before the next try: quick at first, because a runner is about to listen. */
final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(20);
  private static final Duration LAST = Duration.ofSeconds(5);

  private Backoff() {}

  /** The wait after so many failures in a row, from 1: 20 ms, doubled up to 5 s. */
  static Duration after(int failures) {
    return Growing.pause(failures, FIRST, LAST);
  }
}
