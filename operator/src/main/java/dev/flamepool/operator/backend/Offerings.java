package dev.flamepool.operator.backend;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.operator.backend.BackendException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which offerings refused a machine of late. Such a one is left alone for three minutes, as long as
 * there is another; whoever has no other may ask it again. In memory only: after a restart one more
 * request finds out. Thread-safe.
 */
public final class Offerings {
  /** How long a refusal counts. */
  public static final Duration REFUSED = Duration.ofMinutes(3);

  private record Key(BackendEntry entry, String offering) {}

  /**
   * An offering that refused.
   *
   * @param name of the entry, with the offering's own
   * @param at when it refused last
   * @param kind of the refusal
   * @param words in which the backend refused
   */
  public record Refused(String name, Instant at, Kind kind, String words) {
    /** When the refusal ceases to count. */
    public Instant until() {
      return at.plus(REFUSED);
    }
  }

  private final Clock clock;
  private final Map<Key, Refused> refused = new ConcurrentHashMap<>();

  /** Nothing has refused at first. */
  public Offerings(Clock clock) {
    this.clock = clock;
  }

  /**
   * A backend refused a machine. Lack of room is the offering's, everything else the whole entry's.
   */
  public void refuse(
      RunnerBackend backend, BackendEntry entry, String offering, Kind kind, String words) {
    if (kind == Kind.CAPACITY || kind == Kind.QUOTA) {
      refuse(entry, offering, kind, words);
    } else {
      backend.offerings(entry).forEach(one -> refuse(entry, one, kind, words));
    }
  }

  private void refuse(BackendEntry entry, String offering, Kind kind, String words) {
    String name = offering.isEmpty() ? entry.name() : entry.name() + " (" + offering + ")";
    refused.put(new Key(entry, offering), new Refused(name, clock.instant(), kind, words));
  }

  /** An offering has proved that it serves: what it refused before counts no more. */
  public void served(BackendEntry entry, String offering) {
    refused.remove(new Key(entry, offering));
  }

  /** Those of an entry's offerings that refused of late. */
  public List<Refused> refused(RunnerBackend backend, BackendEntry entry) {
    expire();
    return backend.offerings(entry).stream()
        .flatMap(offering -> find(entry, offering).stream())
        .toList();
  }

  private Optional<Refused> find(BackendEntry entry, String offering) {
    return Optional.ofNullable(refused.get(new Key(entry, offering)));
  }

  private void expire() {
    Instant now = clock.instant();
    refused.values().removeIf(refusal -> !refusal.until().isAfter(now));
  }

  /**
   * The offering to ask next: the preferred one of those that have not refused, else the one whose
   * refusal is the oldest; empty where there is none at all.
   */
  public Optional<String> choose(RunnerBackend backend, BackendEntry entry) {
    expire();
    return backend.offerings(entry).stream()
        .min(
            Comparator.comparing(
                offering -> find(entry, offering).map(Refused::at).orElse(Instant.MIN)));
  }

  /** Whether an offering of the entry has not refused. */
  public boolean isOpen(RunnerBackend backend, BackendEntry entry) {
    expire();
    return backend.offerings(entry).stream().anyMatch(one -> find(entry, one).isEmpty());
  }
}
