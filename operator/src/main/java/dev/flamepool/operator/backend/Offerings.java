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

  /**
   * An offering that is left alone.
   *
   * @param name of the entry, with the offering's own
   * @param until when it may be asked again
   * @param words in which the backend refused
   */
  public record Refused(String name, Instant until, String words) {}

  private final Clock clock;
  private final Map<Key, Refused> blocked = new ConcurrentHashMap<>();

  /** Everything has room at first. */
  public Offerings(Clock clock) {
    this.clock = clock;
  }

  /** An offering refused for lack of capacity, in these words. */
  public void block(BackendEntry entry, String offering, String words) {
    String name = offering.isEmpty() ? entry.name() : entry.name() + " (" + offering + ")";
    blocked.put(new Key(entry, offering), new Refused(name, clock.instant().plus(BLOCKED), words));
  }

  /** Those of an entry's offerings that are left alone now. */
  public List<Refused> refused(RunnerBackend backend, BackendEntry entry) {
    expire();
    return backend.offerings(entry).stream()
        .flatMap(offering -> Optional.ofNullable(blocked.get(new Key(entry, offering))).stream())
        .toList();
  }

  private void expire() {
    Instant now = clock.instant();
    blocked.values().removeIf(refused -> !refused.until().isAfter(now));
  }

  /** The preferred offering with room; empty when all are blocked. */
  public Optional<String> choose(RunnerBackend backend, BackendEntry entry) {
    expire();
    return backend.offerings(entry).stream()
        .filter(offering -> !blocked.containsKey(new Key(entry, offering)))
        .findFirst();
  }

  /** When the first of an entry's offerings may be asked again; empty when one may be now. */
  public Optional<Instant> blockedUntil(RunnerBackend backend, BackendEntry entry) {
    if (choose(backend, entry).isPresent()) {
      return Optional.empty();
    }
    return refused(backend, entry).stream().map(Refused::until).min(Instant::compareTo);
  }
}
