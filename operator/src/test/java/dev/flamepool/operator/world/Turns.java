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
  private static final Duration RETRY = Duration.ofMillis(500);
  private static final Duration LEAST = Duration.ofMillis(10);

  private record Turn(String news, Instant due) {}

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
      last = new Turn(latest, now.plus(pass(pass, points)));
      turns.put(uid, last);
    }
    return Duration.between(now, last.due());
  }

  private static Duration pass(Supplier<Duration> pass, CrashPoints points) {
    try {
      Duration again = pass.get();
      return again.compareTo(LEAST) < 0 ? LEAST : again;
    } catch (SimulatedCrash crash) {
      throw crash;
    } catch (RuntimeException e) {
      if (points.dead()) {
        throw e;
      }
      return RETRY;
    }
  }
}
