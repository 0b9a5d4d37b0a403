package dev.flamepool.operator.backend;

import dev.flamepool.api.BackendEntry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which offerings have room: one that refused for lack of capacity is left alone for three minutes
 * (DESIGN section 3). In memory only: after a restart one more request finds out. Thread-safe.
 */
public final class Offerings {
  /** How long a refused offering is left alone. */
  public static final Duration BLOCKED = Duration.ofMinutes(3);

  private record Key(BackendEntry entry, String offering) {}

  private final Clock clock;
  private final Map<Key, Instant> blocked = new ConcurrentHashMap<>();

  /** Everything has room at first. */
  public Offerings(Clock clock) {
    this.clock = clock;
  }

  /** An offering refused for lack of capacity. */
  public void block(BackendEntry entry, String offering) {
    blocked.put(new Key(entry, offering), clock.instant().plus(BLOCKED));
  }

  /** The preferred offering with room; empty when all are blocked. */
  public Optional<String> choose(RunnerBackend backend, BackendEntry entry) {
    Instant now = clock.instant();
    blocked.values().removeIf(until -> !until.isAfter(now));
    return backend.offerings(entry).stream()
        .filter(offering -> !blocked.containsKey(new Key(entry, offering)))
        .findFirst();
  }

  /** When the first of an entry's offerings may be asked again; empty when one may be now. */
  public Optional<Instant> blockedUntil(RunnerBackend backend, BackendEntry entry) {
    if (choose(backend, entry).isPresent()) {
      return Optional.empty();
    }
    List<String> offerings = backend.offerings(entry);
    return offerings.stream()
        .map(offering -> blocked.getOrDefault(new Key(entry, offering), clock.instant()))
        .min(Instant::compareTo);
  }
}
