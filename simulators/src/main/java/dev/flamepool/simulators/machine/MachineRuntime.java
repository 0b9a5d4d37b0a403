package dev.flamepool.simulators.machine;

import java.io.IOException;
import java.util.Set;

/**
 * Runs the processes of a cloud's machines. The cloud decides when; it keeps the deadlines of stops
 * and calls {@link #kill}. Thread-safe.
 */
public interface MachineRuntime extends AutoCloseable {
  /** Hears of ends, on any thread, without locks held; at most once for each start. */
  @FunctionalInterface
  interface Exits {
    /** A machine's process has ended. */
    void ended(String id, Exit exit);
  }

  /** Whom to tell of ends from now on; called once, before anything else. */
  void onExit(Exits exits);

  /**
   * Starts the machine's process; a machine that has run before starts afresh.
   *
   * @throws IOException if there is no process for sure
   */
  void start(Launch launch) throws IOException;

  /** Whether the machine's process lives, also one that an earlier simulator started. */
  boolean isRunning(String id);

  /** The machines whose processes live, also those of an earlier simulator. */
  Set<String> running();

  /**
   * Sends a signal to the machine's process, if it lives.
   *
   * @param signal such as {@code SIGTERM}
   */
  void signal(String id, String signal);

  /** Ends the machine's process, and what it started, at once. */
  default void kill(String id) {
    signal(id, "SIGKILL");
  }

  /** Forgets a machine whose process has ended, and removes its files. */
  void remove(String id);

  /** Does what is due by the clock; called often. */
  default void settle() {}

  /** Ends every process. */
  @Override
  void close();
}
