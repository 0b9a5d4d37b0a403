package dev.flamepool.operator.pool;

import dev.flamepool.operator.pool.Allocation.Missing;
import dev.flamepool.operator.pool.PoolPlan.Creation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PrimitiveIterator;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Which of the missing runners are made now, and which have to wait: while boots fail, while the
 * backends refuse, while the API server lets it have none. Pure.
 *
 * @param wakes takes the times at which more may be possible
 */
record Gate(PoolObservation seen, Setbacks setbacks, Consumer<Instant> wakes) {
  /** A pause after a failed boot of any revision, for runners of older ones. */
  private static final Duration OLDER = Duration.ofSeconds(10);

  /**
   * The runners to make.
   *
   * @param missing those that go first first
   * @param live the runners that count
   * @param ordinals that are free
   */
  List<Creation> open(
      List<Missing> missing, List<RunnerView> live, PrimitiveIterator.OfInt ordinals) {
    if (missing.isEmpty()) {
      return List.of();
    }
    if (isWithheld()) {
      return List.of();
    }
    List<Creation> made = new ArrayList<>();
    int newest = newest(live);
    int refused = refused(live);
    boolean older = older();
    for (Missing one : missing) {
      boolean isNewest = seen.isCurrent(one.from().name());
      boolean isRefused = isRefused(one.from());
      if (seen.unusable().contains(one.from().name())
          || (isNewest ? newest <= 0 : !older)
          || (isRefused && refused <= 0)
          || !ordinals.hasNext()) {
        continue;
      }
      newest -= isNewest ? 1 : 0;
      refused -= isRefused ? 1 : 0;
      made.add(
          new Creation(ordinals.nextInt(), one.from(), one.wanted() ? one.versions() : Set.of()));
    }
    return List.copyOf(made);
  }

  /** Whether a runner of a revision may be made if there is a place for it. */
  boolean isOpen(Revision revision) {
    return !isWithheld()
        && !seen.unusable().contains(revision.name())
        && !(seen.isCurrent(revision.name()) && setbacks.health().failing())
        && !isRefused(revision);
  }

  private boolean isWithheld() {
    return seen.withheld().filter(one -> one.holds(seen.now())).isPresent();
  }

  /** Whether machines of a revision were refused, and there is no other place to ask. */
  private boolean isRefused(Revision revision) {
    return setbacks.retries().rounds() > 0
        && (seen.blocked().contains(revision.name()) || seen.revisions().size() == 1);
  }

  /** How many runners of the newest: while boots fail, one probe at a time. */
  private int newest(List<RunnerView> live) {
    if (!setbacks.health().failing()) {
      return Integer.MAX_VALUE;
    }
    if (!setbacks.health().isDue(seen.now())) {
      wakes.accept(setbacks.health().until());
      return 0;
    }
    return live.stream().filter(seen::current).anyMatch(RunnerView::booting) ? 0 : 1;
  }

  /** How many runners of revisions that were refused. */
  private int refused(List<RunnerView> live) {
    if (setbacks.retries().isOpen(seen.demand().queued())) {
      return Integer.MAX_VALUE;
    }
    if (!setbacks.retries().isDue(seen.now())) {
      wakes.accept(setbacks.retries().until());
      return 0;
    }
    return live.stream().anyMatch(RunnerView::booting) ? 0 : 1;
  }

  /**
   * Whether runners of older revisions may be made. The health of boots is that of the newest,
   * which must not hold back what is known to work; so only a pause after a failure.
   */
  private boolean older() {
    Optional<Instant> again = setbacks.lastBoot().map(at -> at.plus(OLDER));
    again.filter(at -> at.isAfter(seen.now())).ifPresent(wakes);
    return again.isEmpty() || !again.get().isAfter(seen.now());
  }
}
