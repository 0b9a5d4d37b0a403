package dev.flamepool.operator.backend;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Token buckets that keep requests below a cloud's own limits (DESIGN section 3). Never waits:
 * whoever gets no token comes back later. Thread-safe.
 */
public final class RateTokens {
  private static final int REMEMBERED = 10_000;

  /**
   * What a bucket gives.
   *
   * @param perSecond tokens that come back each second
   * @param burst tokens of a full bucket
   */
  public record Limit(int perSecond, int burst) {
    private Duration each() {
      return Duration.ofSeconds(1).dividedBy(perSecond);
    }
  }

  private final Clock clock;

  /** By bucket, when it will be full again. */
  private final Map<Object, Instant> buckets = new LinkedHashMap<>(16, 0.75f, true);

  /** All buckets are full. */
  public RateTokens(Clock clock) {
    this.clock = clock;
  }

  /**
   * Takes a token.
   *
   * @param bucket which, by equality
   * @return zero with a token, else the time until there is one
   */
  public synchronized Duration take(Object bucket, Limit limit) {
    Instant now = clock.instant();
    Instant full = buckets.getOrDefault(bucket, now);
    Instant after = (full.isAfter(now) ? full : now).plus(limit.each());
    Duration wait = Duration.between(now.plus(limit.each().multipliedBy(limit.burst())), after);
    if (wait.isNegative() || wait.isZero()) {
      buckets.put(bucket, after);
      forgetOldest();
      return Duration.ZERO;
    }
    return wait;
  }

  /** The cloud itself said that it is too much: nothing more for this long, then one by one. */
  public synchronized void empty(Object bucket, Limit limit, Duration pause) {
    buckets.put(
        bucket, clock.instant().plus(pause).plus(limit.each().multipliedBy(limit.burst() - 1L)));
  }

  private void forgetOldest() {
    Iterator<Object> oldest = buckets.keySet().iterator();
    while (buckets.size() > REMEMBERED) {
      oldest.next();
      oldest.remove();
    }
  }
}
