package dev.flamepool.operator.runner;

import dev.flamepool.api.FlameRunner;
import java.time.Duration;
import java.util.Optional;

/**
 * How far a step came.
 *
 * @param runner as it is now; empty when the object is gone for good
 * @param again when to go on at the latest; zero for at once
 * @param needsPlace whether it can go on only where the backend may be called
 */
record Progress(Optional<FlameRunner> runner, Duration again, boolean needsPlace) {
  static final Progress OVER = new Progress(Optional.empty(), Duration.ofDays(1), false);

  static Progress now(FlameRunner runner) {
    return new Progress(Optional.of(runner), Duration.ZERO, false);
  }

  static Progress in(FlameRunner runner, Duration again) {
    return new Progress(Optional.of(runner), again, false);
  }

  /** The next thing to do is to call the backend, and here that must not be waited for. */
  static Progress needsPlace(FlameRunner runner) {
    return new Progress(Optional.of(runner), Duration.ZERO, true);
  }
}
