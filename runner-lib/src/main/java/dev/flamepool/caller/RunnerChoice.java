package dev.flamepool.caller;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which runner gets a call: the one with the fewest calls among the preferred ones with room, ties
 * at random; the others only when those are full, so that a pool can shrink after a spike although
 * calls go on.
 */
final class RunnerChoice {
  private RunnerChoice() {}

  /** What is known of a runner. */
  interface Candidate {
    /** Whether it would take a call now, as far as is known. */
    boolean hasRoom();

    /** The calls it is busy with, as far as is known. */
    int calls();
  }

  /**
   * Chooses.
   *
   * @param runners in the order of their ordinals
   * @param preferred how many of the first are preferred; one at least, else a pool that needs none
   *     would spread what comes now and then over all it has, and none would end
   * @param random settles ties
   * @return null if none has room
   */
  static <C extends Candidate> @Nullable C choose(
      List<C> runners, int preferred, RandomGenerator random) {
    int split = Math.min(Math.max(preferred, 1), runners.size());
    C best = fewest(runners, 0, split, random);
    return best != null ? best : fewest(runners, split, runners.size(), random);
  }

  private static <C extends Candidate> @Nullable C fewest(
      List<C> runners, int from, int to, RandomGenerator random) {
    C best = null;
    int fewest = Integer.MAX_VALUE;
    int ties = 0;
    for (int i = from; i < to; i++) {
      C runner = runners.get(i);
      if (!runner.hasRoom()) {
        continue;
      }
      int calls = runner.calls();
      if (best == null || calls < fewest) {
        best = runner;
        fewest = calls;
        ties = 1;
      } else if (calls == fewest && random.nextInt(++ties) == 0) {
        best = runner;
      }
    }
    return best;
  }
}
