package dev.flamepool.operator.scaling;

import java.time.Instant;
import java.util.Optional;

/** How many runners a pool should have (DESIGN section 4): a pure function. */
public final class DesiredRunners {
  private DesiredRunners() {}

  /**
   * The limits in force.
   *
   * @param floor runners wanted without any demand: {@code min}, or less while the kept runners
   *     have ended as idle
   * @param max of the whole pool
   * @param maxConcurrency calls at once on one runner
   */
  public record Limits(int floor, int max, int maxConcurrency) {
    /** Brings a number of runners within the limits; {@code max} wins. */
    int clamp(int runners) {
      return Math.min(max, Math.max(floor, runners));
    }
  }

  /**
   * The size that the demand asks for.
   *
   * @param held the size so far, below which nothing falls while the callers have not been heard
   *     (after a restart); empty once they have
   */
  public static int desired(Demand demand, Limits limits, Optional<Integer> held) {
    int needed = limits.clamp(demand.runners(limits.maxConcurrency()));
    return held.map(size -> limits.clamp(Math.max(size, needed))).orElse(needed);
  }

  /**
   * The size up to which runners may be created now. A runner that just ended as idle has proved
   * that what its callers said before was out of date, so such demand holds the runners that there
   * are and creates none, until the caller is heard again.
   *
   * @param live runners that there are
   * @param idledAt when a runner last ended as idle
   */
  public static int growTo(Demand demand, Limits limits, int live, Optional<Instant> idledAt) {
    int all = demand.runners(limits.maxConcurrency());
    if (idledAt.isEmpty()) {
      return limits.clamp(all);
    }
    int stale = demand.until(idledAt.get()).runners(limits.maxConcurrency());
    int fresh = demand.after(idledAt.get()).runners(limits.maxConcurrency());
    return limits.clamp(Math.min(all, Math.min(stale, live) + fresh));
  }
}
