package dev.flamepool.wire;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection that does not get through its handshake in time. Not a read time-out: one such
 * read and the JDK leaves the socket non-blocking for good, which costs every later read two more
 * system calls.
 */
final class Watchdog {
  private static final class Timer {
    static final ScheduledThreadPoolExecutor SHARED = create();

    private static ScheduledThreadPoolExecutor create() {
      ScheduledThreadPoolExecutor timer =
          new ScheduledThreadPoolExecutor(
              1,
              task -> {
                Thread thread = new Thread(task, "flame-handshakes");
                thread.setDaemon(true);
                return thread;
              });
      timer.setRemoveOnCancelPolicy(true);
      timer.setKeepAliveTime(1, TimeUnit.SECONDS);
      timer.allowCoreThreadTimeOut(true);
      return timer;
    }
  }

  private final Socket raw;
  private final Future<?> alarm;
  private volatile boolean bitten;

  /** Closes the socket after that many milliseconds unless called off. */
  Watchdog(Socket raw, int ms) {
    this.raw = raw;
    alarm = Timer.SHARED.schedule(this::bite, ms, TimeUnit.MILLISECONDS);
  }

  private void bite() {
    bitten = true;
    try {
      raw.close();
    } catch (IOException e) {
      // closed all the same
    }
  }

  boolean hasBitten() {
    return bitten;
  }

  void callOff() {
    alarm.cancel(false);
  }
}
