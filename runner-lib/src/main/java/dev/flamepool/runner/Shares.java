package dev.flamepool.runner;

/**
 * How many slot connections a runner keeps for its callers. A caller may use more than its share
 * for calls that run, as long as the runner as a whole has not too many. Pure.
 */
final class Shares {
  private Shares() {}

  /** Slots that each caller may keep open: all together two for each place, each at least one. */
  static int share(int maxConcurrency, int callers) {
    return (int) Math.max(1, 2L * maxConcurrency / Math.max(1, callers));
  }

  /**
   * Whether one more slot of a caller is refused. Its first never is; beyond its share it is when
   * the runner has four for each place and one for each caller, or the caller alone two for each
   * place, which is more than it can use.
   *
   * @param own slots that the caller has
   * @param all slots that all callers have
   */
  static boolean refuses(int own, int all, int maxConcurrency, int callers) {
    if (own < share(maxConcurrency, callers)) {
      return false;
    }
    return own >= 2L * maxConcurrency + 2 || all >= 4L * maxConcurrency + callers;
  }
}
