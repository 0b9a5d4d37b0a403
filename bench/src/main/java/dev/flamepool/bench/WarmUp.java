package dev.flamepool.bench;

/**
 * Bursts of calls with pauses, until nothing burns CPU in a pause and calls get no faster: then
 * both JVMs have compiled what there is to compile. Without pauses, busy cores starve the
 * compilers.
 */
final class WarmUp {
  private static final int PAUSE_MS = 250;
  private static final long QUIET_NANOS = 20_000_000;
  private static final int QUIET_PAUSES = 4;
  private static final double FASTER = 1.1;

  private WarmUp() {}

  /**
   * Warms both ends up.
   *
   * @param maxMs gives up after that
   */
  static void run(Subject subject, Options options, int maxMs) throws Exception {
    int burst = Math.max(50, Math.min(500, maxMs / 16));
    long until = System.nanoTime() + maxMs * 1_000_000L;
    double best = 0;
    for (int quiet = 0; quiet < QUIET_PAUSES && System.nanoTime() < until; ) {
      double rate = rate(subject, options.callers(), burst, Subject.Caller::small);
      rate += rate(subject, 1, burst, Subject.Caller::small);
      rate += rate(subject, 1, burst, Subject.Caller::large);
      long before = Load.cpu(subject);
      Thread.sleep(PAUSE_MS);
      boolean calm = Load.cpu(subject) - before <= QUIET_NANOS && rate <= best * FASTER;
      quiet = calm ? quiet + 1 : 0;
      best = Math.max(best, rate);
    }
  }

  private static double rate(Subject subject, int callers, int millis, Load.Act act)
      throws Exception {
    return Load.run(subject, callers, millis, act).perSecond();
  }
}
