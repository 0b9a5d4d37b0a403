package dev.flamepool.operator.runner;

import dev.flamepool.api.FlameRunner;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A circuit breaker for launches that get no answer, for each pool and backend entry. After the
 * first failures all of the pool's runners pause for a second; after {@link #FEW} in a row one
 * runner at a time tries, after ever longer pauses with jitter. Any answer closes it. Thread-safe.
 */
final class Unanswered {
  /** Tries in a row that are no reason for a word yet. */
  static final int FEW = 3;

  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /** Whoever has not tried for so long has gone. */
  private static final Duration FORGOTTEN = Duration.ofMinutes(10);

  private record Key(String poolUid, String entry) {
    static Key of(FlameRunner runner) {
      return new Key(runner.getSpec().poolUid(), String.valueOf(runner.getSpec().backend().name()));
    }
  }

  private record Breaker(int failures, Instant until, String words) {}

  private final Clock clock;
  private final Map<Key, Breaker> breakers = new HashMap<>();

  Unanswered(Clock clock) {
    this.clock = clock;
  }

  /** How long a runner must wait before it tries; with zero it is the one that may try now. */
  synchronized Duration left(FlameRunner runner) {
    Instant now = clock.instant();
    Breaker breaker = breakers.get(Key.of(runner));
    if (breaker == null) {
      return Duration.ZERO;
    }
    if (now.isBefore(breaker.until())) {
      return Duration.between(now, breaker.until());
    }
    if (breaker.failures() >= FEW) {
      Instant others = now.plus(pause(breaker.failures()));
      breakers.put(Key.of(runner), new Breaker(breaker.failures(), others, breaker.words()));
    }
    return Duration.ZERO;
  }

  /** What is to be said of a runner that waits; empty for nothing yet. */
  synchronized String words(FlameRunner runner) {
    Breaker breaker = breakers.get(Key.of(runner));
    return breaker == null || breaker.failures() < FEW ? "" : breaker.words();
  }

  /**
   * A try got no answer, or one that says nothing.
   *
   * @return how long to wait before the next
   */
  synchronized Duration failed(FlameRunner runner, String words) {
    Instant now = clock.instant();
    breakers.values().removeIf(one -> one.until().plus(FORGOTTEN).isBefore(now));
    Breaker before = breakers.getOrDefault(Key.of(runner), new Breaker(0, now, words));
    boolean sameRound = before.failures() < FEW && now.isBefore(before.until());
    Breaker next =
        sameRound
            ? before
            : new Breaker(
                before.failures() + 1,
                now.plus(pause(before.failures() + 1)),
                before.failures() < FEW ? words : before.words());
    breakers.put(Key.of(runner), next);
    return Duration.between(now, next.until());
  }

  /** There was an answer, be it a refusal. */
  synchronized void answered(FlameRunner runner) {
    breakers.remove(Key.of(runner));
  }

  /** A second at first; then up to twice as long each time, half of it at random. */
  private static Duration pause(int failures) {
    if (failures < FEW) {
      return FIRST;
    }
    long most = Math.min(LONGEST.toMillis(), FIRST.toMillis() << Math.min(failures - FEW + 1, 16));
    return Duration.ofMillis(most / 2 + ThreadLocalRandom.current().nextLong(most / 2 + 1));
  }
}
