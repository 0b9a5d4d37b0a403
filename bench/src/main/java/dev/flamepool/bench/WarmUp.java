package dev.flamepool.bench;

/**
 * Bursts of calls with pauses, until nothing burns CPU in a pause: then both JVMs have compiled
 * what there is to compile. Without pauses, busy cores starve the compilers.
 */
final class WarmUp {
  private static final int PAUSE_MS = 250;
  private static final long QUIET_NANOS = 20_000_000;
  private static final int QUIET_PAUSES = 3;

  private WarmUp() {}

  /**
   * Warms both ends up.
   *
   * @param maxMs gives up after that
   */
  static void run(Subject subject, Options options, int maxMs) throws Exception {
    int burst = Math.max(50, Math.min(600, maxMs / 16));
    long until = System.nanoTime() + maxMs * 1_000_000L;
    for (int quiet = 0; quiet < QUIET_PAUSES && System.nanoTime() < until; ) {
      Load.run(subject, options.callers(), burst, Subject.Caller::small);
      Load.run(subject, 1, burst / 2, Subject.Caller::small);
      Load.run(subject, 1, burst / 2, Subject.Caller::large);
      long before = Load.cpu(subject);
      Thread.sleep(PAUSE_MS);
      quiet = Load.cpu(subject) - before <= QUIET_NANOS ? quiet + 1 : 0;
    }
  }
}
