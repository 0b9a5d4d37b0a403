package dev.flamepool.operator.runner;

import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.backend.AccountPasses;
import dev.flamepool.operator.backend.Backends;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.Offerings;
import dev.flamepool.operator.backend.Places;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.Tenant;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.Events;
import dev.flamepool.operator.cluster.NamespaceTerminatingException;
import dev.flamepool.operator.cluster.StaleException;
import dev.flamepool.operator.control.Contacts;
import dev.flamepool.operator.control.RunnerLinks;
import dev.flamepool.operator.credentials.Credentials;
import dev.flamepool.operator.health.OperatorMetrics;
import dev.flamepool.operator.pool.EffectiveValues;
import dev.flamepool.operator.scaling.Demand;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Brings one runner on its way, as far as it goes without waiting. Knows nothing of JOSDK: whoever
 * calls it passes the object as seen and calls again after the time returned, or earlier when
 * something changed.
 *
 * <p>Thread-safe for different runners; one runner's calls must follow each other.
 */
public final class RunnerReconciler {
  private static final Duration SOON = Duration.ofMillis(200);
  private static final int MAX_STEPS = 20;

  /** Who has not got a place in so long is abandoned without one, if that is asked for. */
  private static final Duration NO_PLACE = Duration.ofMinutes(1);

  /** What is known of a runner's pool; may be served from a cache. */
  public interface Pools {
    /** The pool as last seen. */
    Optional<FlamePool> pool(String namespace, String name);

    /** What the pool's callers reported last. */
    Demand demand(String namespace, String name, Instant now);

    /** Has the pool looked at again. */
    void wake(String namespace, String name);
  }

  private final ClusterApi api;
  private final Pools pools;
  private final Backends backends;
  private final RunnerLinks links;
  private final RunnerWatch watch = new RunnerWatch();
  private final Launching launching;
  private final Tending tending;
  private final Reach reach;
  private final Ending ending;
  private final Abandonment abandonment;
  private final Strays strays;
  private final PassTrouble trouble;
  private final Slowness slowness;
  private final AccountPasses<FlameRunner> passes;
  private final OperatorMetrics metrics;
  private final Clock clock;

  /**
   * What it works with.
   *
   * @param contacts which runners answer, for pools to read
   * @param installation this operator's installation id
   * @param passes where backends are called
   */
  public RunnerReconciler(
      ClusterApi api,
      Pools pools,
      Backends backends,
      Offerings offerings,
      Credentials credentials,
      RunnerLinks links,
      Contacts contacts,
      String installation,
      Events events,
      OperatorMetrics metrics,
      AccountPasses<FlameRunner> passes,
      Clock clock) {
    this.api = api;
    this.pools = pools;
    this.backends = backends;
    this.links = links;
    this.passes = passes;
    this.metrics = metrics;
    this.clock = clock;
    BootSecrets secrets = new BootSecrets(api, credentials);
    Keys keys = new Keys(installation, secrets);
    PublishedEndpoints published = new PublishedEndpoints(api);
    this.launching =
        new Launching(api, new RunnerSeals(credentials), secrets, keys, offerings, clock);
    this.reach = new Reach(pools, links, contacts, metrics, clock);
    this.tending =
        new Tending(api, keys, links, published, offerings, passes, reach, metrics, clock);
    this.ending = new Ending(api, keys, links, published, clock);
    this.abandonment = new Abandonment(api, pools, keys, published, events, metrics);
    this.strays = new Strays(api, pools, events, clock);
    this.trouble = new PassTrouble(api, clock);
    this.slowness = new Slowness(api, clock);
  }

  /**
   * One pass, as far as it goes without calling the backend; the rest follows where that can be
   * waited for.
   *
   * @return when to call again at the latest
   */
  public Duration reconcile(FlameRunner seen) {
    FlameRunner runner = api.newest(seen);
    if (isDeleted(runner) && !isDeleted(seen)) {
      return SOON; // what its deletion made of it comes with the watch
    }
    Optional<AccountPasses.Wait> wait = passes.underWay(runner);
    return wait.isPresent() ? whileUnderWay(runner, wait.get()) : steps(runner, false);
  }

  private Duration whileUnderWay(FlameRunner runner, AccountPasses.Wait wait) {
    if (!wait.begun() && !clock.instant().isBefore(wait.since().plus(NO_PLACE))) {
      Optional<Progress> abandoned = abandonment.run(runner, Optional.empty(), entry(runner), true);
      if (abandoned.isPresent()) {
        return abandoned.get().again();
      }
    }
    return slowness.show(runner, wait);
  }

  private Duration steps(FlameRunner seen, boolean placed) {
    try {
      Duration again = stepOn(seen, placed);
      watch.untroubled(seen.getMetadata().getUid());
      return again;
    } catch (RuntimeException e) {
      trouble.met(api.newest(seen), entry(seen), e);
      throw e;
    }
  }

  private Duration stepOn(FlameRunner seen, boolean placed) {
    FlameRunner runner = seen;
    for (int i = 0; i < MAX_STEPS; i++) {
      Progress progress;
      try {
        progress = step(runner, placed);
      } catch (StaleException e) {
        progress = reread(runner);
      } catch (NamespaceTerminatingException e) {
        progress = giveUp(runner);
      }
      if (progress.runner().isEmpty()) {
        gone(runner);
        return progress.again();
      }
      runner = progress.runner().get();
      if (progress.needsPlace()) {
        return passes.run(
            runner,
            account(runner),
            runner.getSpec().pool(),
            now -> metrics.timed("runners", () -> steps(api.newest(now), true)));
      }
      if (!progress.again().isZero()) {
        return progress.again();
      }
    }
    return SOON;
  }

  private Places.Account account(FlameRunner runner) {
    return backends
        .of(runner.getSpec().backend().kind())
        .orElseThrow()
        .account(new Tenant(runner.getMetadata().getNamespace(), runner.getSpec().backend()));
  }

  /** The object is gone: nothing of it is kept in memory. */
  public void gone(FlameRunner runner) {
    leave(runner);
    watch.forget(runner.getMetadata().getUid());
    reach.forget(runner);
    links.drop(runner.getMetadata().getUid());
    api.forget(runner);
    passes.forget(runner);
  }

  /** Whoever let it go may not have known of its machine; otherwise only the sweep would look. */
  private void leave(FlameRunner runner) {
    Optional<MachineRef> left = launching.unstored(runner, entry(runner));
    Optional<RunnerBackend> backend = backends.of(runner.getSpec().backend().kind());
    if (left.isPresent() && backend.isPresent()) {
      passes.aside(
          account(runner),
          runner.getSpec().pool(),
          () -> Launching.abandon(backend.get(), left.get()));
    }
  }

  private RunnerWatch.Entry entry(FlameRunner runner) {
    return watch.of(runner.getMetadata().getUid());
  }

  private Progress step(FlameRunner runner, boolean placed) {
    Optional<RunnerBackend> backend = backends.of(runner.getSpec().backend().kind());
    RunnerWatch.Entry entry = entry(runner);
    Optional<Progress> abandoned = abandonment.run(runner, backend, entry, placed);
    if (abandoned.isPresent()) {
      return abandoned.get();
    }
    Optional<Progress> stray = strays.run(runner, entry);
    if (stray.isPresent()) {
      return stray.get();
    }
    if (backend.isEmpty()) {
      return ending.unserved(runner); // another operator's, or one with other options
    }
    Phase phase = RunnerStatus.phase(entry.known(runner));
    if (isDeleted(runner) || phase == Phase.Stopping || phase == Phase.Gone) {
      entry.leaveTurn();
      return ending.run(runner, backend.get(), entry, placed);
    }
    Optional<FlamePool> pool = pool(runner);
    RunnerTimes times = times(runner, pool);
    if (phase != Phase.Pending) {
      return tending.run(runner, backend.get(), times, entry, placed);
    }
    if (pool.isEmpty() || pool.get().getMetadata().getDeletionTimestamp() != null) {
      return Progress.in(runner, SOON); // nobody wants it any more: its deletion is on the way
    }
    return launching.run(
        runner, new Launching.Site(backend.get(), pool.get(), times, entry, placed));
  }

  private static boolean isDeleted(FlameRunner runner) {
    return runner.getMetadata().getDeletionTimestamp() != null;
  }

  private Optional<FlamePool> pool(FlameRunner runner) {
    return pools
        .pool(runner.getMetadata().getNamespace(), runner.getSpec().pool())
        .filter(pool -> pool.getMetadata().getUid().equals(runner.getSpec().poolUid()));
  }

  private static RunnerTimes times(FlameRunner runner, Optional<FlamePool> pool) {
    return pool.flatMap(
            p -> EffectiveValues.ifValid(p.getSpec(), runner.getSpec().backend().kind()))
        .map(values -> new RunnerTimes(values.bootTimeout(), values.drainTimeout()))
        .orElse(RunnerTimes.WITHOUT_POOL);
  }

  private Progress reread(FlameRunner runner) {
    return api.runner(runner.getMetadata().getNamespace(), runner.getMetadata().getName())
        .filter(now -> now.getMetadata().getUid().equals(runner.getMetadata().getUid()))
        .map(Progress::now)
        .orElse(Progress.OVER);
  }

  /** Nothing can be created in a namespace that is going: the runner goes with it. */
  private Progress giveUp(FlameRunner runner) {
    api.delete(runner);
    return reread(runner);
  }
}
