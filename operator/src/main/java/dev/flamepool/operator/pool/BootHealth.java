package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePoolStatus.BootBackoff;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether boots succeed (DESIGN section 3, "Boot failures"): after three failures in a row one
 * probe at a time, with full jitter from 1 s to 5 min between them. Pure.
 *
 * @param failures in a row
 * @param until no probe before; in the past when one may be made now
 * @param failing whether boots are held back
 */
record BootHealth(int failures, Instant until, boolean failing) {
  /** Failures in a row after which boots are held back. */
  static final int LIMIT = 3;

  /** A runner that stayed ready for so long has proved that boots succeed. */
  static final Duration STABLE = Duration.ofSeconds(10);

  static final Duration MIN_DELAY = Duration.ofSeconds(1);
  static final Duration MAX_DELAY = Duration.ofMinutes(5);

  static final BootHealth HEALTHY = new BootHealth(0, Instant.EPOCH, false);

  /**
   * A failed boot.
   *
   * @param at when
   * @param definite whether the backend refused for sure, so that at once trying again is no use
   */
  record Failure(Instant at, boolean definite) {}

  /**
   * Goes on from what was stored.
   *
   * @param stored null when there was nothing to store
   * @param failed the boots that failed since
   * @param lastFailure when a boot failed last, if one did
   * @param readySince since when the runners that are ready are it
   * @param random 0 to 1
   */
  static BootHealth next(
      @Nullable BootBackoff stored,
      List<Failure> failed,
      Optional<Instant> lastFailure,
      List<Instant> readySince,
      Instant now,
      DoubleSupplier random) {
    int failures = stored == null || stored.failures() == null ? 0 : stored.failures();
    Instant until =
        stored == null || stored.until() == null ? Instant.EPOCH : Instant.parse(stored.until());
    for (Failure failure : failed) {
      failures = failure.definite() ? Math.max(failures + 1, LIMIT) : failures + 1;
    }
    if (!failed.isEmpty()) {
      until = failures < LIMIT ? now : now.plus(delay(failures, random.getAsDouble()));
    }
    Instant last = lastFailure.orElse(Instant.EPOCH);
    Optional<Instant> proof =
        readySince.stream().filter(since -> since.isAfter(last)).min(Instant::compareTo);
    if (failures == 0
        || (proof.isPresent() && failed.isEmpty() && !now.isBefore(proof.get().plus(STABLE)))) {
      return HEALTHY;
    }
    return new BootHealth(failures, until, failures >= LIMIT && proof.isEmpty());
  }

  private static Duration delay(int failures, double random) {
    int doublings = Math.min(failures - LIMIT + 1, 20);
    long most = Math.min(MAX_DELAY.toMillis(), MIN_DELAY.toMillis() << doublings);
    return MIN_DELAY.plusMillis((long) ((most - MIN_DELAY.toMillis()) * random));
  }

  /** What is stored of it; null when healthy. */
  @Nullable BootBackoff stored() {
    return failures == 0 ? null : new BootBackoff(failures, until.toString());
  }
}
