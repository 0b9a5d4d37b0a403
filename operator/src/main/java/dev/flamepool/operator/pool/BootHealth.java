package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePoolStatus.BootBackoff;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether boots succeed: after three failures in a row one probe at a time, with full jitter from 1
 * s to 5 min between them. A machine that was refused is no failed boot, and a runner that was
 * ready once has booted, however it ended. Pure.
 *
 * @param failures in a row
 * @param until no probe before; in the past when one may be made now
 */
record BootHealth(int failures, Instant until) {
  /** Failures in a row after which boots are held back. */
  static final int LIMIT = 3;

  static final Duration MIN_DELAY = Duration.ofSeconds(1);
  static final Duration MAX_DELAY = Duration.ofMinutes(5);

  static final BootHealth HEALTHY = new BootHealth(0, Instant.EPOCH);

  /**
   * Goes on from what was stored.
   *
   * @param stored null when there was nothing to store
   * @param failed boots that failed since
   * @param last when a boot failed last, if one did
   * @param booted when runners booted, as far as is known
   * @param random 0 to 1
   */
  static BootHealth next(
      @Nullable BootBackoff stored,
      int failed,
      Optional<Instant> last,
      List<Instant> booted,
      Instant now,
      DoubleSupplier random) {
    int failures = failed + (stored == null || stored.failures() == null ? 0 : stored.failures());
    if (failures == 0 || booted.stream().anyMatch(at -> at.isAfter(last.orElse(Instant.EPOCH)))) {
      return HEALTHY;
    }
    Instant until =
        stored == null || stored.until() == null ? Instant.EPOCH : Instant.parse(stored.until());
    if (failed > 0) {
      until =
          failures < LIMIT
              ? now
              : now.plus(
                  Pauses.after(failures - LIMIT + 1, MIN_DELAY, MAX_DELAY, random.getAsDouble()));
    }
    return new BootHealth(failures, until);
  }

  /** Whether boots are held back. */
  boolean failing() {
    return failures >= LIMIT;
  }

  /** Whether a probe may be made. */
  boolean isDue(Instant now) {
    return !now.isBefore(until);
  }

  /** What is stored of it; null when healthy. */
  @Nullable BootBackoff stored() {
    return failures == 0 ? null : new BootBackoff(failures, until.toString());
  }
}
