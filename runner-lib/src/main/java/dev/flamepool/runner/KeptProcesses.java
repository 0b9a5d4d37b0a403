package dev.flamepool.runner;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Processes that outlive the calls that have started them. Thread-safe. */
public final class KeptProcesses {
  private static final Set<ProcessHandle> KEPT = ConcurrentHashMap.newKeySet();

  private KeptProcesses() {}

  /** It, and what is below it, ends with this process and no call. */
  public static void add(ProcessHandle process) {
    KEPT.removeIf(kept -> !kept.isAlive());
    KEPT.add(process);
  }

  /** Whether it or what has started it was added. */
  static boolean contains(ProcessHandle process) {
    return !KEPT.isEmpty()
        && (KEPT.contains(process) || process.parent().filter(KeptProcesses::contains).isPresent());
  }
}
