package dev.flamepool.operator.sweep;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets each sweep tick when it wants to, until its executor is shut down. */
public final class SweepLoop {
  private static final Logger LOG = LoggerFactory.getLogger(SweepLoop.class);

  private final ScheduledExecutorService timer;

  /** Ticks run on this executor. */
  public SweepLoop(ScheduledExecutorService timer) {
    this.timer = timer;
  }

  /** Begins; call it when this process leads. */
  public void start(List<OrphanSweep> sweeps) {
    sweeps.forEach(sweep -> next(sweep, OrphanSweep.ALERT));
  }

  private void next(OrphanSweep sweep, Duration in) {
    Future<?> unused = timer.schedule(() -> tick(sweep), in.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void tick(OrphanSweep sweep) {
    Duration again = OrphanSweep.CALM;
    try {
      again = sweep.tick();
    } catch (Throwable e) {
      LOG.warn("orphan sweep failed, it ticks on", e); // nobody else would start it again
    }
    if (!timer.isShutdown()) {
      next(sweep, again);
    }
  }
}
