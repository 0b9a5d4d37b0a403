package dev.flamepool.operator.world;

import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.ManualClock;
import dev.flamepool.operator.backend.SimulatedCrash;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Which objects an operator looks at in a round, as JOSDK has it: whatever has news, and whatever
 * is due; what failed is tried again. An operator that forgets to come back waits for ever here.
 */
final class Turns {
  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration MAX_RETRY = Duration.ofMinutes(1);
  private static final Duration LEAST = Duration.ofMillis(10);

  /**
   * What an object is looked at for next.
   *
   * @param failures in a row
   */
  private record Turn(String news, Instant due, int failures) {}

  private final ManualClock clock;
  private final Map<String, Turn> turns = new HashMap<>();

  Turns(ManualClock clock) {
    this.clock = clock;
  }

  /**
   * One object's.
   *
   * @param news what is new of it
   * @param pass looks at it, and says when to look again
   * @return when it is to be looked at again
   */
  Duration of(
      HasMetadata object, Supplier<String> news, Supplier<Duration> pass, CrashPoints points) {
    Instant now = clock.instant();
    String uid = object.getMetadata().getUid();
    String latest = news.get();
    Turn last = turns.get(uid);
    if (last == null || !last.news().equals(latest) || !now.isBefore(last.due())) {
      last = next(latest, now, pass, points, last == null ? 0 : last.failures());
      turns.put(uid, last);
    }
    return Duration.between(now, last.due());
  }

  private static Turn next(
      String news, Instant now, Supplier<Duration> pass, CrashPoints points, int failures) {
    try {
      Duration again = pass.get();
      return new Turn(news, now.plus(again.compareTo(LEAST) < 0 ? LEAST : again), 0);
    } catch (SimulatedCrash crash) {
      throw crash;
    } catch (RuntimeException e) {
      if (points.dead()) {
        throw e;
      }
      return new Turn(news, now.plus(retry(failures)), failures + 1);
    }
  }

  /** Half as long again each time, as JOSDK does it by default. */
  private static Duration retry(int failures) {
    long millis = (long) (FIRST_RETRY.toMillis() * Math.pow(1.5, failures));
    return Duration.ofMillis(Math.min(millis, MAX_RETRY.toMillis()));
  }
}
