package dev.flamepool.operator.pool;

import dev.flamepool.operator.scaling.CallerLiveness;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What this process remembers of a pool and need not survive it. Used by one reconcile at a time.
 */
final class PoolMemory {
  /** How long a name that somebody else has is not tried again. */
  private static final Duration CONFLICT = Duration.ofMinutes(1);

  /** How long nothing is created after a ResourceQuota refused. */
  private static final Duration QUOTA = Duration.ofSeconds(30);

  /** A ResourceQuota's refusal in the server's words, and how long it counts. */
  record OverQuota(String words, Instant until) {}

  private @Nullable OverQuota overQuota;

  /** Since when this process hears the pool's callers. */
  final Instant since;

  final CallerLiveness callers = new CallerLiveness();
  final Set<String> kept = new HashSet<>();
  private final Map<Integer, Instant> conflicts = new HashMap<>();

  /** By code version. */
  final Map<String, Instant> idledAt = new HashMap<>();

  /** The templates in store; null until they are read. */
  @Nullable List<StoredRevision> revisions;

  Instant statusWritten = Instant.EPOCH;

  /** The newest spec that was seen; a cache may have an older one for a while. */
  long generation;

  PoolMemory(Instant since) {
    this.since = since;
  }

  /** Whether every live caller has had the time to be heard since the start of this process. */
  boolean heard(Instant now) {
    return !now.isBefore(since.plus(CallerLiveness.EXPIRY));
  }

  void idled(String codeVersion, Instant at) {
    idledAt.merge(codeVersion, at, (a, b) -> a.isAfter(b) ? a : b);
  }

  void overQuota(String words, Instant now) {
    overQuota = new OverQuota(words, now.plus(QUOTA));
  }

  Optional<OverQuota> overQuota(Instant now) {
    return Optional.ofNullable(overQuota).filter(refusal -> now.isBefore(refusal.until()));
  }

  void conflict(int ordinal, Instant now) {
    conflicts.put(ordinal, now.plus(CONFLICT));
  }

  Set<Integer> conflicts(Instant now) {
    conflicts.values().removeIf(until -> !until.isAfter(now));
    return Set.copyOf(conflicts.keySet());
  }
}
