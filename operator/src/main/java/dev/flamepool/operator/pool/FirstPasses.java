package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlamePoolStatus;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.runner.RunnerStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Which pools go first after a start. Each pool's first pass reads what no cache holds, and
 * hundreds of them take the cores for seconds. A pool that needs something goes at once. Of the
 * calm ones a few go at a time, and none is put off for longer than {@link #PATIENCE}. Thread-safe.
 */
final class FirstPasses {
  /** A quarter of the threads that pools have: the others are there for pools in need. */
  static final int CALM_AT_ONCE = 4;

  /** Those that have their turn may wait for an API server that does not answer. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

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

  /**
   * Whether an earlier leader saw its spec, its callers have the runners they need, and those that
   * are ready are those that are offered.
   */
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
    List<FlameRunner> runners = views.runners(namespace, name);
    return needed <= runners.size() && ready(runners).equals(offered(status));
  }

  private static Set<String> ready(List<FlameRunner> runners) {
    return runners.stream()
        .filter(runner -> RunnerStatus.of(runner).phase() == Phase.Ready)
        .map(runner -> runner.getMetadata().getUid())
        .collect(Collectors.toSet());
  }

  private static Set<String> offered(FlamePoolStatus status) {
    return Optional.ofNullable(status.endpoints()).orElse(List.of()).stream()
        .map(FlamePoolStatus.Endpoint::uid)
        .collect(Collectors.toSet());
  }
}
