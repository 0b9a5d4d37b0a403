package dev.flamepool.simulators.machine;

import java.util.concurrent.ThreadFactory;

/** Threads with a name that do not keep a process alive. */
public final class DaemonThreads {
  private DaemonThreads() {}

  /** Makes threads that all have this name. */
  public static ThreadFactory named(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
