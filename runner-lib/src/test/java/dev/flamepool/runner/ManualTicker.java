package dev.flamepool.runner;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Time that moves when told. Tasks run on the thread that moves it. */
final class ManualTicker implements Ticker {
  private record Due(long at, Runnable task) {}

  private final List<Due> due = new ArrayList<>();
  private long now = 1_000_000_000_000L;

  @Override
  public synchronized long nanos() {
    return now;
  }

  @Override
  public synchronized void after(long delayNanos, Runnable task) {
    due.add(new Due(now + Math.max(0, delayNanos), task));
  }

  private synchronized Runnable next(long until) {
    Due first = due.stream().min(Comparator.comparingLong(Due::at)).orElse(null);
    if (first == null || first.at > until) {
      now = Math.max(now, until);
      return null;
    }
    due.remove(first);
    now = Math.max(now, first.at);
    return first.task;
  }

  void advance(Duration by) {
    long until = nanos() + by.toNanos();
    for (Runnable task = next(until); task != null; task = next(until)) {
      task.run();
    }
  }
}
