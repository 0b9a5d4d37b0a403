package dev.flamepool.runner;

import dev.flamepool.FlameParent;
import dev.flamepool.wire.Identity;

/** Runners for whom a second is 20 ms, so that no test waits for what they wait for. */
public final class FastRunner {
  private static final int TIMES = 50;

  private FastRunner() {}

  /** A runner that has not listened yet. */
  public static Runner of(FlameParent parent, Identity identity, Runner.Exit exit) {
    Ticker real = Ticker.system();
    long born = real.nanos();
    Ticker fast =
        new Ticker() {
          @Override
          public long nanos() {
            return (real.nanos() - born) * TIMES;
          }

          @Override
          public void after(long delayNanos, Runnable task) {
            real.after(delayNanos / TIMES, task);
          }

          @Override
          public void close() {
            real.close();
          }
        };
    return new Runner(parent, identity, exit, fast, new Threads(false), 0);
  }
}
