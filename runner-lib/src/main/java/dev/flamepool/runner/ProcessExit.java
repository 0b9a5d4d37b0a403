package dev.flamepool.runner;

import dev.flamepool.wire.EndCause;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Ends the process with the cause's code, after writing it to the folder. */
final class ProcessExit implements Runner.Exit {
  /** Shutdown hooks of the application may hang; the machine must go all the same. */
  private static final long HOOKS_NANOS = 10_000_000_000L;

  private final @Nullable RunnerFolder folder;
  private final TerminationLog log;
  private final AtomicBoolean written = new AtomicBoolean();
  private final CountDownLatch returns = new CountDownLatch(1);
  private volatile boolean over;
  private volatile boolean inShutdown;

  ProcessExit(@Nullable RunnerFolder folder, TerminationLog log) {
    this.folder = folder;
    this.log = log;
  }

  /** The JVM is shutting down already: only halt can set the code. */
  void inShutdown() {
    inShutdown = true;
  }

  private void write(EndCause cause, String message) {
    if (written.compareAndSet(false, true)) {
      log.ended(cause, message);
      if (folder != null) {
        folder.ended(cause, message);
      }
    }
  }

  @Override
  public void exit(EndCause cause, String message) {
    write(cause, message);
    over = true;
    ProcessesBelow.end();
    boolean keepsItsStatus = inShutdown && cause == EndCause.EXITED;
    if (inShutdown && !keepsItsStatus) {
      Runtime.getRuntime().halt(cause.exitCode());
    }
    try {
      Threads.startPlatform(
          () -> {
            LockSupport.parkNanos(HOOKS_NANOS);
            Runtime.getRuntime().halt(cause.exitCode());
          },
          "flame-halt");
    } catch (Throwable e) {
      Runtime.getRuntime().halt(cause.exitCode()); // rather than wait for hooks for ever
    }
    if (keepsItsStatus) {
      returns.countDown();
    } else {
      System.exit(cause.exitCode());
    }
  }

  @Override
  public void halt(EndCause cause, String message) {
    try {
      Say.error("halting (" + cause + "): " + message);
      write(cause, message);
      ProcessesBelow.kill();
    } finally {
      Runtime.getRuntime().halt(cause.exitCode());
    }
  }

  /**
   * Returns where the JVM may end with the status that the application gave to {@code System.exit},
   * after its other hooks; else the process is halted meanwhile.
   */
  void awaitHooks() {
    try {
      returns.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean isOver() {
    return over;
  }

  /**
   * Never returns: were main to, the JVM would end with code 0 before {@code System.exit} is heard.
   */
  void await() {
    while (true) {
      LockSupport.park(this);
    }
  }
}
