package dev.flamepool.runner;

import dev.flamepool.RunnerApplication;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.EndCause;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How a runner goes down once its state drains: everyone is told, running calls get their grace,
 * then an interrupt, then two seconds; then the application may stop; then the process ends
 * whatever is left. Nothing that fails or hangs on the way keeps it from that.
 */
final class Ending {
  /**
   * After goaway a slot is read to its end for so long; after their interrupt calls get as much.
   */
  static final long LINGER_NANOS = 2_000_000_000L;

  /** After all that the application has so long at least to stop: a few seconds, and some more. */
  static final long STOP_NANOS = 10_000_000_000L;

  private final Runner runner;
  private final Connections connections;
  private final Runner.Exit exit;
  private final AtomicBoolean started = new AtomicBoolean();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile boolean graceIsOver;
  private volatile boolean forced;
  private volatile EndCause result = EndCause.FAILED;
  private volatile String why = "";
  private volatile @Nullable RunnerApplication application;
  private volatile @Nullable Thread stopping;

  /** Its thread is there from now on: no end, and no call's grace, depends on one. */
  Ending(Runner runner, Connections connections, Threads threads, Runner.Exit exit) {
    this.runner = runner;
    this.connections = connections;
    this.exit = exit;
    threads.start(this::run, "flame-end");
  }

  void application(@Nullable RunnerApplication app) {
    application = app;
  }

  /** Begins the end; again, only shortens the grace. */
  void start(EndCause cause, long graceMs, String message) {
    long grace = Ticker.nanos(Math.max(0, graceMs));
    try {
      runner.ticker().after(grace, this::interruptAll);
      runner.ticker().after(grace + LINGER_NANOS, this::force);
      runner.ticker().after(grace + LINGER_NANOS + STOP_NANOS, () -> overdue(cause, message));
      if (!started.compareAndSet(false, true)) {
        return;
      }
      result = cause;
      why = message;
      begun.countDown();
    } catch (Throwable e) {
      exit.halt(cause, message + " (its end could not begin: " + e + ")");
    }
  }

  private void overdue(EndCause cause, String message) {
    if (done.getCount() > 0) {
      done.countDown();
      exit.halt(cause, message + " (the application's stop() did not return)");
    }
  }

  private void interruptAll() {
    connections.interruptAll();
    graceIsOver = true;
    connections.wake();
  }

  private void force() {
    forced = true;
    connections.wake();
  }

  private void run() {
    try {
      begun.await();
      goDown(result);
    } catch (Throwable e) {
      exit.halt(result, why + " (its end failed: " + e + ")");
    }
  }

  private void goDown(EndCause cause) throws InterruptedException {
    Say.info("ending (" + cause + "): " + why);
    connections.tellAll(new ControlMessage.Draining(cause.name()));
    connections.goawayAll();
    connections.awaitNoSlots(() -> graceIsOver || forced);
    connections.endResidents();
    connections.awaitNoSlots(() -> forced);
    stopApplication();
    stopped();
  }

  /**
   * That thread is in {@code System.exit}. False if it is not in the application's {@code stop()}:
   * else this goes on in its place.
   */
  boolean exited(Thread thread) throws InterruptedException {
    if (thread != stopping) {
      return false;
    }
    stopped();
    return true;
  }

  private void stopped() throws InterruptedException {
    EndCause cause = result;
    boolean stuck = runner.runnerState().now().inFlight() > 0;
    runner.runnerState().gone(runner.ticker().nanos());
    connections.close();
    done.countDown();
    runner.ticker().close();
    if (stuck) {
      exit.halt(cause, why + " (a call ignored its interrupt)");
    } else {
      exit.exit(cause, why);
    }
  }

  private void stopApplication() {
    RunnerApplication app = application;
    if (app == null) {
      return;
    }
    stopping = Thread.currentThread();
    try {
      app.stop();
    } catch (Throwable e) {
      Say.warn("the application's stop() failed: " + e);
    } finally {
      stopping = null;
    }
  }

  EndCause await() throws InterruptedException {
    done.await();
    return result;
  }
}
