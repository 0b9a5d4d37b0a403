package dev.flamepool.operator;

import dev.flamepool.operator.backend.AccountPasses;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Has objects reconciled after a while, each once however often that was said. Thread-safe. */
final class Wakes<T extends HasMetadata> implements AccountPasses.Wake<T> {
  private final ScheduledExecutorService timer;
  private final Consumer<T> poke;
  private final Map<String, Future<?>> due = new ConcurrentHashMap<>();

  /** Pokes from the timer's thread. */
  Wakes(ScheduledExecutorService timer, Consumer<T> poke) {
    this.timer = timer;
    this.poke = poke;
  }

  @Override
  public void in(T object, Duration time) {
    due.compute(
        object.getMetadata().getUid(),
        (uid, before) -> {
          if (before != null) {
            before.cancel(false);
          }
          return timer.isShutdown()
              ? null
              : timer.schedule(() -> poke(uid, object), time.toMillis(), TimeUnit.MILLISECONDS);
        });
  }

  @Override
  public void forget(T object) {
    Future<?> wake = due.remove(object.getMetadata().getUid());
    if (wake != null) {
      wake.cancel(false);
    }
  }

  private void poke(String uid, T object) {
    due.remove(uid);
    poke.accept(object);
  }
}
