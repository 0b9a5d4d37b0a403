package dev.flamepool.caller;

import dev.flamepool.FlameParent;
import dev.flamepool.RunnerApplication;
import dev.flamepool.RunnerContext;
import java.util.Optional;
import java.util.ServiceLoader;

/** What a call is handed that runs in the process that made it. */
public final class LocalContext implements RunnerContext {
  private final Optional<FlameParent> parent;

  private LocalContext(Optional<FlameParent> parent) {
    this.parent = parent;
  }

  /**
   * Creates one.
   *
   * @param parent present on a runner
   */
  public static RunnerContext of(Optional<FlameParent> parent) {
    return new LocalContext(parent);
  }

  @Override
  public <T> T get(Class<T> type) {
    return ServiceLoader.load(RunnerApplication.class)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no "
                        + type.getName()
                        + ": name a dev.flamepool.RunnerApplication in META-INF/services"))
        .lookup(type);
  }

  @Override
  public Optional<FlameParent> parent() {
    return parent;
  }
}
