package dev.flamepool.operator.runner;

import java.time.Duration;

/**
 * The pool's times that rule a runner without being part of its revision.
 *
 * @param boot from the accepted create to the first hello
 * @param drain how long a withdrawn runner may finish its calls
 */
record RunnerTimes(Duration boot, Duration drain) {
  /** When there is no pool to ask any more: its runner only has to end. */
  static final RunnerTimes WITHOUT_POOL =
      new RunnerTimes(Duration.ofSeconds(30), Duration.ofSeconds(60));
}
