package dev.flamepool.simulators.fly;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/**
 * Fly's rate limits: 1 request a second with a burst of 3 for each action and each machine, or app
 * where an action concerns no machine; 5 with 10 to get a machine. Thread-safe.
 */
final class Buckets {
  private static final class Bucket {
    double tokens;
    long atMs;
  }

  private record Key(String operation, String identifier) {}

  private final Clock clock;
  private final Map<Key, Bucket> buckets = new HashMap<>();

  Buckets(Clock clock) {
    this.clock = clock;
  }

  /** Takes a token, if there is one. */
  synchronized boolean take(String operation, String identifier) {
    boolean get = operation.equals("Machines_show");
    double burst = get ? 10 : 3;
    double perSecond = get ? 5 : 1;
    long now = clock.millis();
    Bucket bucket =
        buckets.computeIfAbsent(
            new Key(operation, identifier),
            key -> {
              Bucket full = new Bucket();
              full.tokens = burst;
              full.atMs = now;
              return full;
            });
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.atMs) / 1_000.0 * perSecond);
    bucket.atMs = now;
    if (bucket.tokens < 1) {
      return false;
    }
    bucket.tokens--;
    return true;
  }
}
