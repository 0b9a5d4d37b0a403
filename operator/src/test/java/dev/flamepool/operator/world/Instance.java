package dev.flamepool.operator.world;

import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.operator.backend.AccountPasses;
import dev.flamepool.operator.backend.Backends;
import dev.flamepool.operator.backend.CrashPoints;
import dev.flamepool.operator.backend.Offerings;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.Events;
import dev.flamepool.operator.control.Contacts;
import dev.flamepool.operator.health.OperatorMetrics;
import dev.flamepool.operator.pool.PoolReconciler;
import dev.flamepool.operator.pool.PoolViews;
import dev.flamepool.operator.runner.RunnerReconciler;
import dev.flamepool.operator.scaling.Demand;
import dev.flamepool.operator.scaling.LiveCallers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** One life of the operator: everything that it has in memory. */
final class Instance {
  private final PoolReconciler pools;
  private final RunnerReconciler runners;
  final FakeLinks links;
  final CrashPoints points;
  final OperatorMetrics metrics = new OperatorMetrics();
  private final Cache cache;
  private final Turns turns;
  private final World world;
  private final Map<String, Instant> woken = new ConcurrentHashMap<>();
  private final Map<String, Integer> told = new ConcurrentHashMap<>();
  int runnerPasses;
  private Duration wake = Duration.ZERO;

  /**
   * A life that begins.
   *
   * @param skew of its clock against the world's
   */
  Instance(World world, CrashPoints points, Duration skew) {
    this.points = points;
    this.world = world;
    this.turns = new Turns(world.clock);
    Clock clock = Clock.offset(world.clock, skew);
    this.cache = new Cache(clock, world.shared);
    this.links = new FakeLinks(world.runners);
    ClusterApi api = new ClusterApi(world.client(), Set.of(world.namespace));
    RunnerBackend backend = world.backend(points);
    if (world.isBackendHeard()) {
      backend.onChange(uid -> told.merge(uid, 1, Integer::sum));
    }
    Backends backends = new Backends(List.of(backend));
    Offerings offerings = new Offerings(clock);
    FakeCredentials credentials = world.credentials;
    Events events = new Events(world.client(), world.untold::add, clock);
    Contacts contacts = new Contacts();
    this.pools =
        new PoolReconciler(
            api,
            cache,
            backends,
            offerings,
            credentials,
            links,
            contacts,
            events,
            metrics,
            world.creates(),
            clock,
            () -> 0.5);
    this.runners =
        new RunnerReconciler(
            api,
            cache,
            backends,
            offerings,
            credentials,
            links,
            contacts,
            World.INSTALLATION,
            events,
            metrics,
            new AccountPasses<>(
                world.calls(),
                (runner, time) ->
                    woken.put(runner.getMetadata().getUid(), world.clock.instant().plus(time)),
                clock),
            clock);
  }

  /**
   * Every object whose turn it is once.
   *
   * @param seen as informers have them: as they were when the round began, or before
   */
  void round(Objects seen) {
    wake = Duration.ofMinutes(5);
    cache.fill(seen);
    wakeUp();
    for (FlamePool pool : cache.pools) {
      soonest(turns.of(pool, () -> news(pool), () -> pools.reconcile(pool), points));
    }
    for (FlameRunner runner : cache.runners) {
      soonest(turns.of(runner, () -> news(runner), () -> pass(runner), points));
    }
  }

  /** What passes that are over elsewhere have asked for. */
  private void wakeUp() {
    Instant now = world.clock.instant();
    woken.forEach(
        (uid, due) -> {
          if (due.isAfter(now)) {
            soonest(Duration.between(now, due));
          } else if (woken.remove(uid, due)) {
            told.merge(uid, 1, Integer::sum);
          }
        });
  }

  private Duration pass(FlameRunner runner) {
    runnerPasses++;
    return runners.reconcile(runner);
  }

  /** What makes JOSDK look at a pool: its spec, and whatever belongs to it. */
  private String news(FlamePool pool) {
    StringBuilder news = new StringBuilder();
    news.append(pool.getMetadata().getGeneration())
        .append(pool.getMetadata().getDeletionTimestamp());
    cache
        .runners(pool.getMetadata().getNamespace(), pool.getMetadata().getName())
        .forEach(runner -> news.append(news(runner)));
    return news.append(cache.heard).toString();
  }

  /** What makes JOSDK look at a runner: any change of it, or of what its process says. */
  private String news(FlameRunner runner) {
    return runner.getMetadata().getResourceVersion()
        + links.report(runner.getMetadata().getUid())
        + told.getOrDefault(runner.getMetadata().getUid(), 0)
        + ',';
  }

  Duration wake() {
    return wake;
  }

  private void soonest(Duration again) {
    wake = again.compareTo(wake) < 0 ? again : wake;
  }

  /** What informers would have. */
  private static final class Cache implements PoolViews, RunnerReconciler.Pools {
    private List<FlamePool> pools = List.of();
    private List<FlameRunner> runners = List.of();
    private List<FlameCaller> callers = List.of();
    private final LiveCallers liveCallers = new LiveCallers();

    /** How often a caller said something new. */
    private int heard;

    private final Clock clock;

    private final Map<String, FlameBackend> shared;

    Cache(Clock clock, Map<String, FlameBackend> shared) {
      this.clock = clock;
      this.shared = shared;
    }

    private static String uid(FlameCaller caller) {
      return caller.getMetadata().getUid();
    }

    /** An informer tells only of what was written. */
    private static boolean isWritten(FlameCaller before, FlameCaller now) {
      return !before
          .getMetadata()
          .getResourceVersion()
          .equals(now.getMetadata().getResourceVersion());
    }

    void fill(Objects now) {
      pools = now.pools();
      runners = now.runners();
      Map<String, FlameCaller> before =
          callers.stream().collect(Collectors.toMap(Cache::uid, caller -> caller));
      callers = now.callers();
      for (FlameCaller caller : callers) {
        FlameCaller last = before.remove(uid(caller));
        heard +=
            last == null || (isWritten(last, caller) && liveCallers.isNews(last, caller)) ? 1 : 0;
        liveCallers.heard(caller, clock.instant());
      }
      heard += before.size();
      before.values().forEach(liveCallers::gone);
    }

    @Override
    public Optional<FlamePool> pool(String namespace, String name) {
      return pools.stream().filter(p -> p.getMetadata().getName().equals(name)).findFirst();
    }

    @Override
    public List<FlameRunner> runners(String namespace, String pool) {
      return runners.stream().filter(r -> r.getSpec().pool().equals(pool)).toList();
    }

    @Override
    public void attend(String namespace, String pool, boolean toAnything) {
      liveCallers.attend(namespace, pool, toAnything);
    }

    @Override
    public Demand demand(String namespace, String pool, Instant now) {
      return liveCallers.demand(namespace, pool, now);
    }

    @Override
    public void wake(String namespace, String pool) {
      heard++;
    }

    @Override
    public Optional<FlameBackend> backend(String namespace, String name) {
      return Optional.ofNullable(shared.get(name));
    }
  }
}
