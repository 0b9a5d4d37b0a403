package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.api.FlamePoolStatus;
import dev.flamepool.operator.backend.Offerings.Refused;
import dev.flamepool.operator.runner.EndReason;
import dev.flamepool.operator.scaling.Demand;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a decision on a pool is made from.
 *
 * @param pool as seen
 * @param invalid what is wrong with its spec
 * @param values the values in force; null while the spec is invalid
 * @param revisions what runners would be made from now, in order of preference; empty when that is
 *     not known
 * @param known those and the older ones that the pool remembers, newest first
 * @param undecided names of runners' revisions whose backend entry cannot be resolved at present:
 *     nobody knows whether they are out of date
 * @param unusable names of known revisions that no machine can be asked for at present
 * @param blocked names of known revisions all of whose offerings refused a machine of late
 * @param refused the offerings that did, of the revisions that runners would be made from
 * @param withheld why the API server lets it have no further runners
 * @param backendProblem what is wrong with its backends
 * @param runners its own runners, by ordinal
 * @param taken ordinals whose name somebody else has
 * @param demand of its live callers
 * @param heard whether all callers have had the time to be heard
 * @param idledAt when a runner of a code version last ended as idle, as far as this process knows
 * @param spentAt when runners of a code version ended after their only call, as far as it knows
 * @param keptBefore uids of the runners that were kept so far, as far as this process knows
 * @param lessons of the last plan
 * @param authority which one it has; empty if that is not known now
 * @param cutOff how many of its runners are out of reach because the operator has lost its way
 * @param now the operator's clock
 */
record PoolObservation(
    FlamePool pool,
    Optional<String> invalid,
    @Nullable EffectiveValues values,
    List<Revision> revisions,
    List<KnownRevision> known,
    Set<String> undecided,
    Set<String> unusable,
    Set<String> blocked,
    List<Refused> refused,
    Optional<Withheld> withheld,
    Optional<Problem> backendProblem,
    List<RunnerView> runners,
    Set<Integer> taken,
    Demand demand,
    boolean heard,
    Map<String, Instant> idledAt,
    Map<String, List<Instant>> spentAt,
    Set<String> keptBefore,
    Lessons lessons,
    Optional<String> authority,
    int cutOff,
    Instant now) {

  FlamePoolSpec spec() {
    return pool.getSpec();
  }

  /** The status as stored, never null. */
  FlamePoolStatus status() {
    return pool.getStatus() == null ? PoolStatuses.EMPTY : pool.getStatus();
  }

  boolean deleting() {
    return pool.getMetadata().getDeletionTimestamp() != null;
  }

  /** Whether the spec has changed since its status was written. */
  boolean specChanged() {
    return !pool.getMetadata().getGeneration().equals(status().observedGeneration());
  }

  /** Whether a runner is as runners would be made now, as far as anybody can tell. */
  boolean current(RunnerView runner) {
    return isCurrent(runner.revision());
  }

  /** Whether a revision is one that runners are made from now, as far as anybody can tell. */
  boolean isCurrent(String revision) {
    return undecided.contains(revision)
        || revisions.stream().anyMatch(one -> one.name().equals(revision));
  }

  /** Whether a machine of a revision may be had without asking a place that refused of late. */
  boolean isOpen(String revision) {
    return !unusable.contains(revision) && !blocked.contains(revision);
  }

  /** The places of {@code max} that nobody holds, not even a runner that is about to be gone. */
  IntStream freeOrdinals() {
    Set<Integer> used = new HashSet<>(taken);
    runners.forEach(runner -> used.add(runner.ordinal()));
    return IntStream.range(0, spec().maxOrDefault()).filter(ordinal -> !used.contains(ordinal));
  }

  /** Whether anything can be made of what the pool's spec names now. */
  boolean isServed() {
    return revisions.stream().anyMatch(one -> !unusable.contains(one.name()));
  }

  /**
   * Whether a runner's end is a failed boot. One that idled before this process had reached it may
   * have booted under another leader.
   */
  boolean failedToBoot(RunnerView runner) {
    boolean unheard = !heard && runner.reason().equals(Optional.of(EndReason.Idle));
    return runner.failedToBoot() && !unheard;
  }
}
