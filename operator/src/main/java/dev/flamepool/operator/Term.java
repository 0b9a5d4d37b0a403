package dev.flamepool.operator;

import dev.flamepool.api.FlamePool;
import dev.flamepool.operator.backend.AccountPasses;
import dev.flamepool.operator.backend.Backends;
import dev.flamepool.operator.backend.Bulkheads;
import dev.flamepool.operator.backend.MeteredBackend;
import dev.flamepool.operator.backend.Offerings;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.Events;
import dev.flamepool.operator.control.Contacts;
import dev.flamepool.operator.control.RunnerLinks;
import dev.flamepool.operator.credentials.AuthorityWatch;
import dev.flamepool.operator.credentials.Credentials;
import dev.flamepool.operator.health.OperatorMetrics;
import dev.flamepool.operator.pool.PoolController;
import dev.flamepool.operator.pool.PoolReconciler;
import dev.flamepool.operator.runner.Lifetime;
import dev.flamepool.operator.runner.RunnerController;
import dev.flamepool.operator.runner.RunnerReconciler;
import dev.flamepool.operator.shared.SharedBackendController;
import dev.flamepool.operator.shared.SharedBackendReconciler;
import dev.flamepool.operator.sweep.KnownRunners;
import dev.flamepool.operator.sweep.OrphanSweep;
import dev.flamepool.operator.sweep.OrphanSweep.Verdict;
import dev.flamepool.operator.sweep.ServedNamespaces;
import dev.flamepool.operator.sweep.SuspectLinks;
import dev.flamepool.operator.sweep.SweepLoop;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the leader does in one term: the reconcilers and their controllers, and the sweeps. Put
 * together anew for each term, because controllers can be started once. Thread-safe.
 */
final class Term implements LeaderLoop.Work {
  private static final Logger LOG = LoggerFactory.getLogger(Term.class);

  /** Longer than any create is under way. */
  private static final Duration ORPHAN_AGE = Duration.ofMinutes(2);

  private final Background background;
  private final Bulkheads places;
  private final Bulkheads creates;
  private final PoolController pools;
  private final Pokes pokes;
  private final Controllers controllers;
  private final AuthorityWatch authorities;
  private final List<OrphanSweep> sweeps;

  /**
   * Starts nothing yet.
   *
   * @throws RuntimeException if the installation's mark has to be read and cannot be
   */
  Term(
      OperatorConfig config,
      KubernetesClient client,
      List<? extends RunnerBackend> served,
      Credentials credentials,
      RunnerLinks links,
      OperatorMetrics metrics,
      Background background,
      Clock clock) {
    this.background = background;
    String installation = config.installation().orElseGet(() -> clusterId(client));
    ClusterApi api = new ClusterApi(client, config.namespaces());
    Backends backends =
        new Backends(served.stream().map(backend -> new MeteredBackend(backend, metrics)).toList());
    Offerings offerings = new Offerings(clock);
    this.places = new Bulkheads(clock);
    Events events = new Events(client, background.events(), clock);
    Contacts contacts = new Contacts();
    this.creates = new Bulkheads(clock);
    this.pools =
        new PoolController(
            views ->
                new PoolReconciler(
                    api,
                    views,
                    backends,
                    offerings,
                    credentials,
                    links,
                    contacts,
                    events,
                    metrics,
                    creates,
                    clock,
                    () -> ThreadLocalRandom.current().nextDouble()),
            metrics,
            clock);
    RunnerController runners =
        new RunnerController(
            poke ->
                new RunnerReconciler(
                    api,
                    pools,
                    backends,
                    offerings,
                    credentials,
                    links,
                    contacts,
                    installation,
                    events,
                    metrics,
                    new AccountPasses<>(places, new Wakes<>(background.timer(), poke), clock),
                    clock),
            metrics);
    this.pokes = new Pokes(runners, pools, links, background.timer());
    SharedBackendController shared =
        new SharedBackendController(
            poke ->
                new SharedBackendReconciler(
                    api,
                    backends,
                    new AccountPasses<>(places, new Wakes<>(background.timer(), poke), clock),
                    clock),
            metrics,
            pools::gone);
    pools.onEnd(
        runner -> {
          runners.gone(runner);
          pokes.forget(runner.getMetadata().getUid());
        },
        shared::gone);
    this.controllers = new Controllers(client, config.namespaces(), pools, runners, shared);
    this.authorities =
        new AuthorityWatch(
            client,
            config.operatorNamespace(),
            poolUid -> {
              credentials.recheck(poolUid);
              pools.pokeUid(poolUid);
            });
    this.sweeps =
        served.stream()
            .map(
                backend ->
                    new OrphanSweep(
                        new ServedNamespaces(backend, config.namespaces()),
                        KnownRunners.of(client, config.namespaces()),
                        installation,
                        ORPHAN_AGE,
                        config.reportOrphans() ? Verdict.REPORT : Verdict.DELETE,
                        places,
                        new SuspectLinks(
                            links,
                            key -> pools.pool(key.namespace(), key.pool()).map(Term::suspectsPool)),
                        metrics,
                        clock))
            .toList();
    LOG.info(
        "installation {}, namespaces {}, backends {}",
        installation,
        config.namespaces().isEmpty() ? "all" : config.namespaces(),
        served.stream().map(backend -> backend.kind().field()).toList());
  }

  private static SuspectLinks.Pool suspectsPool(FlamePool pool) {
    return new SuspectLinks.Pool(pool.getMetadata().getUid(), Lifetime.ofPool(pool.getSpec()));
  }

  private static String clusterId(KubernetesClient client) {
    Namespace system = client.namespaces().withName("kube-system").get();
    if (system == null) {
      throw new IllegalStateException(
          "namespace kube-system cannot be read: give --installation-id, or allow it");
    }
    return system.getMetadata().getUid();
  }

  @Override
  public void start() {
    controllers.start();
    authorities.start();
    new SweepLoop(background.sweeps()).start(sweeps);
  }

  @Override
  public void stop() {
    authorities.close();
    controllers.stop();
    places.close();
    creates.close();
  }

  /** A runner said something, or its connection changed. */
  void reportChanged(String runnerUid) {
    pokes.reportChanged(runnerUid);
  }

  /** A backend noticed a change of a runner's machine. */
  void machineChanged(String runnerUid) {
    pokes.machineChanged(runnerUid);
  }

  /** What a namespace's runners are made from changed. */
  void sourceChanged(String namespace) {
    pools.poke(namespace);
  }
}
