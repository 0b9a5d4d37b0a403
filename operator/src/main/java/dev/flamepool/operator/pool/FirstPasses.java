package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlamePoolStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Which pools go first after a start. Each pool's first pass reads what no cache holds, and
 * hundreds of them take the cores for seconds. A pool that needs something goes at once. Of the
 * calm ones a few go at a time, and none is put off for longer than {@link #PATIENCE}. Thread-safe.
 */
final class FirstPasses {
  /** A quarter of the threads that pools have: the others are there for pools in need. */
  static final int CALM_AT_ONCE = 4;

  /** A calm pool whose runner was lost meanwhile still offers it to callers for so long. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration AGAIN = Duration.ofMillis(250);

  private final PoolViews views;
  private final Clock clock;
  private final Semaphore calm = new Semaphore(CALM_AT_ONCE);

  /** When calm pools were put off first, by their uid. */
  private final Map<String, Instant> putOff = new ConcurrentHashMap<>();

  FirstPasses(PoolViews views, Clock clock) {
    this.views = views;
    this.clock = clock;
  }

  /**
   * Runs a pool's first pass if it is its turn.
   *
   * @return what the pass returned, or when to ask again
   */
  Duration inTurn(FlamePool pool, Supplier<Duration> pass) {
    if (!isCalm(pool) || isDue(pool)) {
      forget(pool);
      return pass.get();
    }
    if (!calm.tryAcquire()) {
      putOff.putIfAbsent(pool.getMetadata().getUid(), clock.instant());
      return AGAIN;
    }
    try {
      forget(pool);
      return pass.get();
    } finally {
      calm.release();
    }
  }

  /** The pool is gone, or had its turn. */
  void forget(FlamePool pool) {
    putOff.remove(pool.getMetadata().getUid());
  }

  private boolean isDue(FlamePool pool) {
    return Optional.ofNullable(putOff.get(pool.getMetadata().getUid()))
        .filter(since -> !clock.instant().isBefore(since.plus(PATIENCE)))
        .isPresent();
  }

  /** Whether its spec was seen by an earlier leader, and its callers have the runners they need. */
  private boolean isCalm(FlamePool pool) {
    FlamePoolStatus status = pool.getStatus();
    if (pool.getMetadata().getDeletionTimestamp() != null
        || status == null
        || status.effective() == null
        || status.effective().maxConcurrency() == null
        || !pool.getMetadata().getGeneration().equals(status.observedGeneration())) {
      return false;
    }
    String namespace = pool.getMetadata().getNamespace();
    String name = pool.getMetadata().getName();
    int needed =
        views
            .demand(namespace, name, clock.instant())
            .runners(Math.max(1, status.effective().maxConcurrency()));
    return needed <= views.runners(namespace, name).size();
  }
}
