package dev.flamepool;

import dev.flamepool.runner.RunnerProcess;

/** The command that is a runner: reads {@code FLAME_PARENT}, serves calls, ends itself. */
public final class RunnerMain {
  private RunnerMain() {}

  /** Runs until the runner's end and exits with its cause's code. */
  public static void main(String[] args) {
    if (args.length == 1 && args[0].equals("--help")) {
      System.out.println(
          "flame: this command is a runner of a FlamePool; its operator starts it, with FLAME_PARENT"
              + " in its environment, and it takes no arguments");
      return;
    }
    FlameParent parent;
    try {
      parent = FlameParent.current().orElse(null);
    } catch (IllegalArgumentException | ExceptionInInitializerError e) {
      System.err.println("flame: " + (e.getCause() == null ? e : e.getCause()).getMessage());
      System.exit(1);
      return;
    }
    if (parent == null) {
      System.err.println(
          "flame: FLAME_PARENT is not set; a FlamePool's operator starts this command, nobody else");
      System.exit(1);
      return;
    }
    RunnerProcess.run(parent, null, null);
  }

  /**
   * The second entry, for an application whose own main is the command: serves and never returns:
   * the process exits.
   *
   * @param start starts the application; calls are admitted when it returns. A {@link
   *     RunnerApplication} on the class path still gives beans and the class loader, its own {@code
   *     start} is not called
   */
  public static void serve(FlameParent parent, Runnable start) {
    RunnerProcess.run(parent, start, start.getClass());
  }
}
