package dev.flamepool.runner;

import dev.flamepool.FlameParent;
import dev.flamepool.RunnerApplication;
import dev.flamepool.RunnerContext;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a function of one parameter receives here. */
record Context(FlameParent runner, @Nullable RunnerApplication application)
    implements RunnerContext {
  @Override
  public <T> T get(Class<T> type) {
    RunnerApplication app = application;
    if (app == null) {
      throw new IllegalStateException(
          "no "
              + type.getName()
              + ": this runner has no application; name a RunnerApplication in"
              + " META-INF/services/dev.flamepool.RunnerApplication");
    }
    return app.lookup(type);
  }

  @Override
  public Optional<FlameParent> parent() {
    return Optional.of(runner);
  }
}
