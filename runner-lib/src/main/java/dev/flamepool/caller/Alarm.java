package dev.flamepool.caller;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs one piece of work at the earliest of the times it was asked for, then forgets them. */
final class Alarm {
  private final ScheduledExecutorService timer;
  private final Runnable work;
  private volatile long due = Ticks.NEVER;
  private @Nullable ScheduledFuture<?> scheduled;

  Alarm(ScheduledExecutorService timer, Runnable work) {
    this.timer = timer;
    this.work = work;
  }

  /** No later than then. Cheap if it is due earlier anyway. */
  void at(long time) {
    if (time < due) {
      schedule(time);
    }
  }

  private synchronized void schedule(long time) {
    if (time >= due) {
      return;
    }
    due = time;
    if (scheduled != null) {
      scheduled.cancel(false);
    }
    try {
      scheduled = timer.schedule(this::ring, Math.max(0, time - Ticks.now()), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      scheduled = null; // closed: nothing is left to do
    }
  }

  private void ring() {
    synchronized (this) {
      due = Ticks.NEVER;
      scheduled = null;
    }
    work.run();
  }
}
