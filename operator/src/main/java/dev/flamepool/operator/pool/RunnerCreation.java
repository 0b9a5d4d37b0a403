package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.Events;
import dev.flamepool.operator.cluster.NamespaceTerminatingException;
import dev.flamepool.operator.cluster.QuotaException;
import dev.flamepool.operator.cluster.RefusedException;
import dev.flamepool.operator.cluster.StaleException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes FlameRunners in the background, a few of a pool at a time: no pass waits for a create, and
 * what a pass publishes, withdraws and ends never comes after one. A namespace whose creates hang,
 * as for a webhook that does not answer, is as an account that does. Thread-safe.
 */
final class RunnerCreation {
  /** Creates of one pool under way: enough that the API server is what limits a pool's growth. */
  static final int AT_ONCE = 16;

  private static final Logger LOG = LoggerFactory.getLogger(RunnerCreation.class);

  private final ClusterApi api;
  private final PoolViews views;
  private final Events events;
  private final Places places;
  private final Clock clock;

  RunnerCreation(ClusterApi api, PoolViews views, Events events, Places places, Clock clock) {
    this.api = api;
    this.views = views;
    this.events = events;
    this.places = places;
    this.clock = clock;
  }

  /**
   * Begins with as many as there is room for; the pool is looked at again when there is more.
   *
   * @return how many are left while nothing is under way that would have the pool looked at again
   */
  int begin(FlamePool pool, List<FlameRunner> wanted, PoolMemory memory) {
    int most = memory.isRefused() ? 1 : AT_ONCE;
    int room = Math.max(0, most - memory.unseen.underWay());
    List<FlameRunner> first = wanted.subList(0, Math.min(room, wanted.size()));
    for (FlameRunner runner : first) {
      memory.unseen.begin(runner, clock.instant());
      try {
        places.run(
            new Places.Account("FlameRunners", pool.getMetadata().getNamespace()),
            pool.getMetadata().getName(),
            () -> make(pool, runner, memory));
      } catch (RuntimeException | Error e) { // no thread can be made, or the process ends
        LOG.warn("{} is not created yet: {}", name(runner), e.toString());
        memory.unseen.failed(runner);
        memory.pause(clock.instant());
      }
    }
    return memory.unseen.underWay() > 0
        ? 0
        : (int) wanted.stream().filter(runner -> !memory.unseen.has(runner)).count();
  }

  private void make(FlamePool pool, FlameRunner wanted, PoolMemory memory) {
    boolean made = false;
    try {
      made = create(pool, wanted, memory);
    } catch (QuotaException e) {
      memory.overQuota(e.getMessage(), clock.instant());
      events.tell(pool, Events.Type.Warning, Withheld.QUOTA, e.getMessage());
    } catch (StaleException | NamespaceTerminatingException e) {
      memory.pause(clock.instant());
    } catch (RuntimeException e) {
      memory.refused(
          name(wanted) + " was not created: " + words(e),
          e instanceof RefusedException,
          clock.instant());
    } finally {
      if (!made) {
        memory.unseen.failed(wanted);
      }
      int left = memory.unseen.underWay();
      if (!made || left == 0 || left == AT_ONCE / 2) {
        views.wake(pool.getMetadata().getNamespace(), pool.getMetadata().getName());
      }
    }
  }

  private boolean create(FlamePool pool, FlameRunner wanted, PoolMemory memory) {
    Optional<FlameRunner> runner = api.create(wanted).or(() -> there(wanted));
    if (runner.isEmpty()) {
      return false; // gone again
    }
    if (!isOwn(runner.get(), wanted)) {
      memory.conflict(wanted.getSpec().ordinal(), clock.instant());
      events.tell(
          pool,
          Events.Type.Warning,
          "NameConflict",
          name(wanted) + " exists and is not this pool's; it is left alone");
      return false;
    }
    memory.unseen.made(runner.get(), clock.instant());
    memory.accepted();
    return true;
  }

  private Optional<FlameRunner> there(FlameRunner wanted) {
    return api.runner(wanted.getMetadata().getNamespace(), wanted.getMetadata().getName());
  }

  private static boolean isOwn(FlameRunner runner, FlameRunner wanted) {
    return runner.getSpec() != null
        && wanted.getSpec().poolUid().equals(runner.getSpec().poolUid());
  }

  private static String name(FlameRunner runner) {
    return "FlameRunner " + runner.getMetadata().getName();
  }

  /** The server's own words where there are some: those of a policy say what to do. */
  private static String words(RuntimeException e) {
    if (e instanceof KubernetesClientException refused
        && refused.getStatus() != null
        && refused.getStatus().getMessage() != null) {
      return refused.getStatus().getMessage();
    }
    return String.valueOf(e.getMessage());
  }
}
