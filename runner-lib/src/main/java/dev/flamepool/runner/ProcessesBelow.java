package dev.flamepool.runner;

import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** All processes below this one, whoever has started them: they end with it. */
final class ProcessesBelow {
  private static final long GRACE_NANOS = 2_000_000_000L;
  private static final long LOOK_NANOS = 10_000_000;

  private ProcessesBelow() {}

  /** Politely; forcibly what is still there after two seconds. Never throws. */
  static void end() {
    try {
      List<ProcessHandle> all = ProcessHandle.current().descendants().toList();
      all.forEach(ProcessHandle::destroy);
      long until = System.nanoTime() + GRACE_NANOS;
      while (all.stream().anyMatch(LeftProcesses::runs) && System.nanoTime() - until < 0) {
        LockSupport.parkNanos(LOOK_NANOS);
      }
      all.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
    } catch (Throwable e) {
      Say.warn("could not end the processes below this one: " + e);
    } finally {
      kill();
    }
  }

  /** Forcibly and at once. Never throws. */
  static void kill() {
    try {
      ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    } catch (Throwable e) {
      // no memory, or no right: this process ends all the same
    }
  }
}
