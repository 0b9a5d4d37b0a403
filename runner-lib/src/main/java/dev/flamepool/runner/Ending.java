package dev.flamepool.runner;

import dev.flamepool.RunnerApplication;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.EndCause;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How a runner goes down once its state drains: everyone is told, running calls get their grace,
 * then an interrupt, then two seconds; then the process ends whatever is left.
 */
final class Ending {
  /**
   * After goaway a slot is read to its end for so long; after their interrupt calls get as much.
   */
  static final long LINGER_NANOS = 2_000_000_000L;

  private final Runner runner;
  private final Connections connections;
  private final Runner.Exit exit;
  private final AtomicBoolean started = new AtomicBoolean();
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile boolean forced;
  private volatile EndCause result = EndCause.FAILED;
  private volatile @Nullable RunnerApplication application;

  Ending(Runner runner, Connections connections, Runner.Exit exit) {
    this.runner = runner;
    this.connections = connections;
    this.exit = exit;
  }

  void application(@Nullable RunnerApplication app) {
    application = app;
  }

  /** Begins the end; again, only shortens the grace. */
  void start(EndCause cause, long graceMs, String message) {
    long grace = Ticker.nanos(Math.max(0, graceMs));
    runner.ticker().after(grace, this::interruptAll);
    runner.ticker().after(grace + LINGER_NANOS, this::force);
    if (!started.compareAndSet(false, true)) {
      return;
    }
    result = cause;
    Threads.startPlatform(
        () -> {
          try {
            run(cause, message);
          } catch (InterruptedException e) {
            exit.halt(cause, message);
          }
        },
        "flame-end");
  }

  private void interruptAll() {
    connections.interruptAll();
  }

  private void force() {
    forced = true;
    connections.wake();
  }

  private void run(EndCause cause, String message) throws InterruptedException {
    Say.info("ending (" + cause + "): " + message);
    connections.tellAll(new ControlMessage.Draining(cause.name()));
    connections.goawayAll();
    connections.awaitNoSlots(() -> forced);
    boolean stuck = runner.runnerState().now().inFlight() > 0;
    stopApplication();
    runner.runnerState().gone(runner.ticker().nanos());
    connections.close();
    done.countDown();
    if (stuck) {
      exit.halt(cause, message + " (a call ignored its interrupt)");
    } else {
      exit.exit(cause, message);
    }
  }

  private void stopApplication() {
    RunnerApplication app = application;
    if (app == null) {
      return;
    }
    try {
      app.stop();
    } catch (Exception e) {
      Say.warn("the application's stop() failed: " + e);
    }
  }

  EndCause await() throws InterruptedException {
    done.await();
    return result;
  }
}
