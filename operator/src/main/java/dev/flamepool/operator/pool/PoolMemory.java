package dev.flamepool.operator.pool;

import dev.flamepool.operator.backend.Growing;
import dev.flamepool.operator.scaling.LiveCallers;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What this process remembers of a pool and need not survive it. Used by one reconcile at a time;
 * what creates of runners leave here comes from other threads.
 */
final class PoolMemory {
  /** How long a name that somebody else has is not tried again. */
  private static final Duration CONFLICT = Duration.ofMinutes(1);

  /** How long nothing is created after a ResourceQuota refused. */
  private static final Duration QUOTA = Duration.ofSeconds(30);

  /** How long nothing is created after a conflict that says nothing. */
  private static final Duration PAUSE = Duration.ofMillis(200);

  private record Spent(String codeVersion, Instant at) {}

  /** Pauses after refusals in a row: doubled from the first up to the last. */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private static final Duration LAST_PAUSE = Duration.ofSeconds(30);

  /** A server that is not well for a moment is not worth a condition. */
  private static final int WORTH_TELLING = 3;

  /** An API server that works answers sooner, and a reason is to be read within 10 s. */
  private static final Duration SLOW = Duration.ofSeconds(5);

  /** Runners that caches do not show yet. */
  final UnseenRunners unseen = new UnseenRunners();

  private @Nullable Withheld withheld;
  private int refusals;

  /** Since when this process hears the pool's callers. */
  final Instant since;

  final Set<String> kept = new HashSet<>();
  private final Map<Integer, Instant> conflicts = new ConcurrentHashMap<>();

  /** By code version. */
  final Map<String, Instant> idledAt = new HashMap<>();

  /** When runners ended after their only call, by their uid. */
  private final Map<String, Spent> spent = new HashMap<>();

  /** What the last plan that was carried out has learnt. */
  Lessons lessons = Lessons.NONE;

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
    return !now.isBefore(since.plus(LiveCallers.EXPIRY));
  }

  void idled(String codeVersion, Instant at) {
    idledAt.merge(codeVersion, at, (a, b) -> a.isAfter(b) ? a : b);
  }

  void spent(String runnerUid, String codeVersion, Instant at) {
    spent.putIfAbsent(runnerUid, new Spent(codeVersion, at));
  }

  /** When runners of each code version ended after their only call, as long as that matters. */
  Map<String, List<Instant>> spentAt(Instant now) {
    spent.values().removeIf(one -> one.at().plus(LiveCallers.EXPIRY).isBefore(now));
    return spent.values().stream()
        .collect(
            Collectors.groupingBy(
                Spent::codeVersion, Collectors.mapping(Spent::at, Collectors.toList())));
  }

  /** A ResourceQuota refused to let the pool have more runners. */
  synchronized void overQuota(String words, Instant now) {
    withheld = new Withheld(Withheld.QUOTA, words, now.plus(QUOTA));
  }

  /**
   * A create was refused, or not answered.
   *
   * @param definite whether it was refused in so many words
   */
  synchronized void refused(String words, boolean definite, Instant now) {
    if (withheld != null && withheld.holds(now)) {
      return; // begun before that was known
    }
    refusals++;
    withheld =
        new Withheld(
            definite || refusals >= WORTH_TELLING ? Withheld.REFUSED : "",
            words,
            now.plus(Growing.pause(refusals, FIRST_PAUSE, LAST_PAUSE)));
  }

  /** A create came to nothing, and says nothing about the next. */
  synchronized void pause(Instant now) {
    if (withheld == null || !withheld.holds(now)) {
      withheld = new Withheld("", "", now.plus(PAUSE));
    }
  }

  /** A runner was created. */
  synchronized void accepted() {
    withheld = null;
    refusals = 0;
  }

  /** Whether the next create shows whether creates are refused still. */
  synchronized boolean isRefused() {
    return refusals > 0;
  }

  /** Why there are no further runners, as long as that is worth knowing. */
  synchronized Optional<Withheld> withheld(Instant now) {
    return Optional.ofNullable(withheld)
        .filter(one -> now.isBefore(one.forgotten()))
        .or(() -> unanswered(now));
  }

  private Optional<Withheld> unanswered(Instant now) {
    return slowAt()
        .filter(at -> !now.isBefore(at))
        .map(
            at ->
                new Withheld(
                    Withheld.UNANSWERED,
                    "the API server has not answered the create of a FlameRunner for 5 s",
                    now));
  }

  /** From when on it is worth a word that a create is under way. */
  Optional<Instant> slowAt() {
    return unseen.oldest().map(since -> since.plus(SLOW));
  }

  void conflict(int ordinal, Instant now) {
    conflicts.put(ordinal, now.plus(CONFLICT));
  }

  Set<Integer> conflicts(Instant now) {
    conflicts.values().removeIf(until -> !until.isAfter(now));
    return Set.copyOf(conflicts.keySet());
  }
}
