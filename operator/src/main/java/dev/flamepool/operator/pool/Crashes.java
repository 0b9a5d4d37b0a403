package dev.flamepool.operator.pool;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * How often runners were lost as soon as they were ready, though nobody's demand had them made
 * again. The first is replaced at once, the others after ever longer pauses. They did boot: callers
 * are not held back. Pure.
 *
 * @param times in a row
 * @param last when the last one was lost
 * @param until none is replaced before
 */
record Crashes(int times, Instant last, Instant until) {
  static final Crashes NONE = new Crashes(0, Instant.EPOCH, Instant.EPOCH);

  /** A runner that has been ready for so long does not crash by itself. */
  static final Duration STABLE = Duration.ofSeconds(10);

  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /**
   * Goes on.
   *
   * @param lost runners that were lost since, as soon as they were ready
   * @param readySince since when the runners that are ready are it
   * @param random 0 to 1
   */
  Crashes next(int lost, List<Instant> readySince, Instant now, DoubleSupplier random) {
    if (lost > 0) {
      Duration pause =
          times == 0 ? Duration.ZERO : Pauses.after(times, FIRST, LONGEST, random.getAsDouble());
      return new Crashes(times + 1, now, now.plus(pause));
    }
    boolean stable =
        readySince.stream()
            .anyMatch(since -> since.isAfter(last) && !now.isBefore(since.plus(STABLE)));
    return stable ? NONE : this;
  }

  /** Whether a runner that only {@code min} asks for may be made. */
  boolean mayReplace(Instant now) {
    return !now.isBefore(until);
  }
}
