package dev.flamepool.simulators.machine;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what is due in a simulated cloud, every 10 ms, until it is closed. */
public final class Ticker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Ticker.class);
  private static final int TICK_MS = 10;

  private final ScheduledExecutorService thread;

  /**
   * Starts.
   *
   * @param name of the thread
   * @param due what is done at each tick; if it fails, it is logged and tried again at the next
   */
  public Ticker(String name, Runnable due) {
    thread = Executors.newSingleThreadScheduledExecutor(DaemonThreads.named(name));
    var unused =
        thread.scheduleWithFixedDelay(() -> guarded(due), TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
  }

  private static void guarded(Runnable due) {
    try {
      due.run();
    } catch (RuntimeException e) {
      LOG.warn("what is due cannot be done now", e); // thrown on, it would be the last tick
    }
  }

  /** No tick begins after it. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
