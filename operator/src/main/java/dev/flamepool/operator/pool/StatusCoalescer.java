package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePoolStatus;
import dev.flamepool.api.FlamePoolStatus.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * When a changed status is written: every write sends the whole object to every watcher. What takes
 * something from callers or tells people why goes at once, as do the first endpoints; further
 * endpoints soon, counters less often. Pure.
 */
final class StatusCoalescer {
  /** With the pass that it takes, a ready runner is published within a second. */
  static final Duration ADDITIONS = Duration.ofMillis(500);

  static final Duration COUNTERS = Duration.ofSeconds(2);
  static final Duration COUNTERS_OF_LARGE_POOLS = Duration.ofSeconds(10);

  /** That no call waits any more is read within a second. */
  static final Duration NONE_WAITS = Duration.ofMillis(500);

  static final int LARGE = 100;

  private StatusCoalescer() {}

  /**
   * When to write.
   *
   * @param last when the status was last written
   * @return empty when there is nothing to write; {@code now} or earlier for at once
   */
  static Optional<Instant> due(
      FlamePoolStatus stored, FlamePoolStatus wanted, Instant last, Instant now) {
    if (stored.equals(wanted)) {
      return Optional.empty();
    }
    if (urgent(stored, wanted)) {
      return Optional.of(now);
    }
    if (queued(stored) > 0 && queued(wanted) == 0) {
      return Optional.of(last.plus(NONE_WAITS));
    }
    if (!endpoints(stored).equals(endpoints(wanted))
        || !Objects.equals(stored.desired(), wanted.desired())) {
      return Optional.of(last.plus(ADDITIONS));
    }
    return Optional.of(
        last.plus(endpoints(wanted).size() > LARGE ? COUNTERS_OF_LARGE_POOLS : COUNTERS));
  }

  private static boolean urgent(FlamePoolStatus stored, FlamePoolStatus wanted) {
    Set<Endpoint> removed = new HashSet<>(endpoints(stored));
    endpoints(wanted).forEach(removed::remove);
    boolean first = endpoints(stored).isEmpty() && !endpoints(wanted).isEmpty();
    return !removed.isEmpty() || first || !rest(stored).equals(rest(wanted));
  }

  private static int queued(FlamePoolStatus status) {
    return status.queued() == null ? 0 : status.queued();
  }

  private static List<Endpoint> endpoints(FlamePoolStatus status) {
    return status.endpoints() == null ? List.of() : status.endpoints();
  }

  /**
   * What is neither an endpoint nor a counter; of a true condition its message is a counter too.
   */
  private static FlamePoolStatus rest(FlamePoolStatus status) {
    return new FlamePoolStatus(
        status.observedGeneration(),
        status.backend(),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        status.selector(),
        status.effective(),
        status.minIdledAt(),
        status.bootBackoff(),
        status.revisions() == null
            ? null
            : status.revisions().stream()
                .map(
                    revision ->
                        new FlamePoolStatus.Revision(revision.name(), revision.codeVersion(), null))
                .toList(),
        status.refusals(),
        null,
        status.recentFailures(),
        status.conditions() == null
            ? null
            : status.conditions().stream()
                .map(
                    condition ->
                        "True".equals(condition.getStatus())
                            ? condition.edit().withMessage("").build()
                            : condition)
                .toList());
  }
}
