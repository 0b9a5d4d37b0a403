package dev.flamepool;

/**
 * The application as a runner starts it. Found by {@link java.util.ServiceLoader}; without one a
 * runner only has the class path.
 */
public interface RunnerApplication {
  /**
   * Starts the application; calls are admitted when it returns. An exception ends the runner as a
   * failed boot.
   */
  void start(FlameParent parent) throws Exception;

  /**
   * A bean for {@link RunnerContext#get}.
   *
   * @throws IllegalStateException if there is none of this type
   */
  default <T> T lookup(Class<T> type) {
    throw new IllegalStateException(
        "no " + type.getName() + ": " + getClass().getName() + " does not override lookup(Class)");
  }

  /**
   * Loads the classes of everything that arrives. The code version covers what it loads, so it is
   * asked before {@link #start} too; callers whose own loader is another say so with {@link
   * FlameBuilder#applicationClassLoader}.
   */
  default ClassLoader classLoader() {
    return getClass().getClassLoader();
  }

  /** May veto ending as idle. */
  default IdleCheck idleCheck() {
    return IdleCheck.ALWAYS;
  }

  /**
   * Stops the application, after the last call; at most a few seconds. The process is halted 12 s
   * after its shutdown time-out, whether this has returned or not.
   */
  default void stop() throws Exception {}
}
