package dev.flamepool.operator.runner;

import dev.flamepool.api.FlameRunner;
import java.time.Duration;
import java.util.Optional;

/**
 * How far a step came.
 *
 * @param runner as it is now; empty when the object is gone for good
 * @param again when to go on at the latest; zero for at once
 */
record Progress(Optional<FlameRunner> runner, Duration again) {
  static final Progress OVER = new Progress(Optional.empty(), Duration.ofDays(1));

  static Progress now(FlameRunner runner) {
    return new Progress(Optional.of(runner), Duration.ZERO);
  }

  static Progress in(FlameRunner runner, Duration again) {
    return new Progress(Optional.of(runner), again);
  }
}
