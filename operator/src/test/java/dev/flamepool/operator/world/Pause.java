package dev.flamepool.operator.world;

import dev.flamepool.operator.backend.SimulatedCrash;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An operator process that is stopped in the middle of something and goes on later, as after a long
 * collection of garbage or in a frozen virtual machine. It and the one who waits for it never run
 * at the same time.
 */
final class Pause {
  private final Semaphore goOn = new Semaphore(0);
  private final Semaphore back = new Semaphore(0);
  private volatile boolean paused;
  private volatile @Nullable RuntimeException thrown;

  /** Stops whoever calls this, until {@link #resume}. */
  void here() {
    paused = true;
    back.release();
    goOn.acquireUninterruptibly();
  }

  /**
   * Runs something that may come to {@link #here}.
   *
   * @return whether it came to its end
   */
  boolean run(Runnable round) {
    Thread thread =
        new Thread(
            () -> {
              try {
                round.run();
              } catch (SimulatedCrash died) {
                // after its last request
              } catch (RuntimeException e) {
                thrown = e;
              } finally {
                back.release();
              }
            },
            "leader");
    thread.setDaemon(true);
    thread.start();
    await();
    RuntimeException failure = thrown;
    if (!paused && failure != null) {
      throw failure;
    }
    return !paused;
  }

  /** Lets it go on, to the end of what it was doing. */
  void resume() {
    goOn.release();
    await();
  }

  private void await() {
    try {
      if (!back.tryAcquire(5, TimeUnit.MINUTES)) {
        throw new IllegalStateException("the leader neither ends nor pauses");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
