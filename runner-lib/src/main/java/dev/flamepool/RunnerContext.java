package dev.flamepool;

/**
 * What a function of one parameter receives on the runner: the way to the application that runs
 * there.
 */
public interface RunnerContext {
  /**
   * A bean of the runner's application, found by {@link RunnerApplication#lookup}.
   *
   * @throws IllegalStateException if there is no application or it has none of this type
   */
  <T> T get(Class<T> type);

  /** Where this runs: empty in process. */
  java.util.Optional<FlameParent> parent();
}
