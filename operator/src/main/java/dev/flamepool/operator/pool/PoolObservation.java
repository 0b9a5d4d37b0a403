package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.api.FlamePoolStatus;
import dev.flamepool.operator.backend.Offerings.Refused;
import dev.flamepool.operator.scaling.Demand;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
 * @param blocked names of those of them that cannot be booted now, and until when
 * @param refused what is left alone for lack of capacity, of the backends in preference
 * @param withheld why the API server lets it have no further runners
 * @param backendProblem what is wrong with its backends
 * @param runners its own runners, by ordinal
 * @param taken ordinals whose name somebody else has
 * @param demand of its live callers
 * @param heard whether all callers have had the time to be heard
 * @param idledAt when a runner of a code version last ended as idle, as far as this process knows
 * @param keptBefore uids of the runners that were kept so far, as far as this process knows
 * @param now the operator's clock
 */
record PoolObservation(
    FlamePool pool,
    Optional<String> invalid,
    @Nullable EffectiveValues values,
    List<Revision> revisions,
    List<KnownRevision> known,
    Map<String, Instant> blocked,
    List<Refused> refused,
    Optional<Withheld> withheld,
    Optional<Problem> backendProblem,
    List<RunnerView> runners,
    Set<Integer> taken,
    Demand demand,
    boolean heard,
    Map<String, Instant> idledAt,
    Set<String> keptBefore,
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

  boolean current(RunnerView runner) {
    return revisions.stream().anyMatch(revision -> revision.name().equals(runner.revision()));
  }
}
