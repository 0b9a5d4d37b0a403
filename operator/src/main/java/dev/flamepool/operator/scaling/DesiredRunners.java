package dev.flamepool.operator.scaling;

import java.time.Instant;
import java.util.Optional;

/** How many runners a pool should have: a pure function. */
public final class DesiredRunners {
  private DesiredRunners() {}

  /**
   * The size that the demand asks for.
   *
   * @param needed for all code versions together
   * @param floor runners wanted without any demand: {@code min}, or less while the kept runners
   *     have ended as idle
   * @param max of the whole pool; wins over everything else
   * @param held the size so far, below which nothing falls while the callers have not been heard
   *     (after a restart); empty once they have
   */
  public static int desired(int needed, int floor, int max, Optional<Integer> held) {
    return Math.min(max, Math.max(Math.max(floor, needed), held.orElse(0)));
  }

  /**
   * The size up to which runners of one code version may be created now. One that just ended as
   * idle has proved that what its callers needed before was out of date, so such demand holds the
   * runners that there are and creates none, until its caller has calls again.
   *
   * @param demand of that version
   * @param live runners that there are
   * @param idledAt when a runner of the version last ended as idle
   */
  public static int growTo(Demand demand, int maxConcurrency, int live, Optional<Instant> idledAt) {
    int all = demand.runners(maxConcurrency);
    if (idledAt.isEmpty()) {
      return all;
    }
    int stale = demand.calledUntil(idledAt.get()).runners(maxConcurrency);
    int fresh = demand.calledAfter(idledAt.get()).runners(maxConcurrency);
    return (int) Math.min(all, (long) Math.min(stale, live) + fresh);
  }
}
