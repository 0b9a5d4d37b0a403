package dev.flamepool;

import dev.flamepool.wire.Pending;

/**
 * The command that is a runner: reads {@code FLAME_PARENT}, serves calls, ends itself (DESIGN
 * section 6).
 */
public final class RunnerMain {
  private RunnerMain() {}

  /** Runs until the runner's end and exits with its cause's code. */
  public static void main(String[] args) {
    Pending.yet();
  }

  /**
   * The second entry, for an application whose own main is the command: serves and returns only
   * when the process is about to exit.
   *
   * @param start starts the application; calls are admitted when it returns
   */
  public static void serve(FlameParent parent, Runnable start) {
    Pending.yet();
  }
}
