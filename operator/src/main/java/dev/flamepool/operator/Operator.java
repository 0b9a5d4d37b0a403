package dev.flamepool.operator;

import dev.flamepool.operator.backend.AccountPasses;
import dev.flamepool.operator.backend.Backends;
import dev.flamepool.operator.backend.Bulkheads;
import dev.flamepool.operator.backend.Endpoints;
import dev.flamepool.operator.backend.MeteredBackend;
import dev.flamepool.operator.backend.Offerings;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.ec2.Ec2RunnerBackend;
import dev.flamepool.operator.backend.fly.FlyRunnerBackend;
import dev.flamepool.operator.backend.local.LocalBackend;
import dev.flamepool.operator.backend.pod.PodRunnerBackend;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.Events;
import dev.flamepool.operator.control.RunnerLinks;
import dev.flamepool.operator.control.RunnerReport;
import dev.flamepool.operator.control.WireRunnerLinks;
import dev.flamepool.operator.credentials.CloudSecrets;
import dev.flamepool.operator.credentials.Credentials;
import dev.flamepool.operator.credentials.PoolCredentials;
import dev.flamepool.operator.health.HealthServer;
import dev.flamepool.operator.health.OperatorMetrics;
import dev.flamepool.operator.leadership.Leadership;
import dev.flamepool.operator.pool.PoolController;
import dev.flamepool.operator.pool.PoolReconciler;
import dev.flamepool.operator.runner.RunnerController;
import dev.flamepool.operator.runner.RunnerReconciler;
import dev.flamepool.operator.shared.SharedBackendController;
import dev.flamepool.operator.shared.SharedBackendReconciler;
import dev.flamepool.operator.sweep.KnownRunners;
import dev.flamepool.operator.sweep.OrphanSweep;
import dev.flamepool.operator.sweep.OrphanSweep.Verdict;
import dev.flamepool.operator.sweep.ServedNamespaces;
import dev.flamepool.operator.sweep.SweepLoop;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator: put together, started and stopped as a whole. Embeddable; {@link Main} is the
 * command round it.
 *
 * <p>Thread-safe. A closed one cannot be started again.
 */
public final class Operator implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Operator.class);

  /** Longer than any create is under way. */
  private static final Duration ORPHAN_AGE = Duration.ofMinutes(2);

  private final KubernetesClient client;
  private final RunnerLinks links;
  private final OperatorMetrics metrics = new OperatorMetrics();
  private final List<OrphanSweep> sweeps;
  private final List<AutoCloseable> closed = new ArrayList<>();
  private final Background background;
  private final Bulkheads places;
  private final Controllers controllers;
  private final Optional<Leadership> leadership;
  private final OperatorConfig config;
  private volatile boolean leading;
  private volatile boolean working;
  private volatile boolean stopped;

  /**
   * An operator that is not started yet.
   *
   * @param lost called when it leads no more without having been closed; must end the process, or
   *     whatever else keeps it from acting
   */
  public Operator(OperatorConfig config, Runnable lost) {
    this(config, new KubernetesClientBuilder().withConfig(config.cluster()).build(), lost);
  }

  private Operator(OperatorConfig config, KubernetesClient client, Runnable lost) {
    this(config, client, new PoolCredentials(client, config.operatorNamespace(), clock()), lost);
  }

  private Operator(
      OperatorConfig config, KubernetesClient client, Credentials credentials, Runnable lost) {
    this(
        config,
        client,
        backends(config, client),
        credentials,
        new WireRunnerLinks(credentials),
        lost);
  }

  /** With other machines, certificates and connections, for tests. */
  Operator(
      OperatorConfig config,
      KubernetesClient client,
      List<? extends RunnerBackend> served,
      Credentials credentials,
      RunnerLinks links,
      Runnable lost) {
    this.config = config;
    this.client = client;
    this.links = links;
    this.background = new Background(served.size());
    Clock clock = clock();
    ClusterApi api = new ClusterApi(client, config.namespaces());
    Backends backends =
        new Backends(served.stream().map(backend -> new MeteredBackend(backend, metrics)).toList());
    Offerings offerings = new Offerings(clock);
    this.places = new Bulkheads(clock);
    Events events = new Events(client, background.events(), clock);
    String installation = config.installation().orElseGet(() -> clusterId(client));
    Bulkheads creates = new Bulkheads(clock);
    closed.add(creates);
    PoolController pools =
        new PoolController(
            views ->
                new PoolReconciler(
                    api,
                    views,
                    backends,
                    offerings,
                    credentials,
                    links,
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
                    pools::pool,
                    backends,
                    offerings,
                    credentials,
                    links,
                    installation,
                    events,
                    metrics,
                    new AccountPasses<>(places, new Wakes<>(background.timer(), poke), clock),
                    clock),
            metrics);
    Pokes pokes = new Pokes(runners, pools, links, background.timer());
    links.onChange(
        uid -> {
          pokes.reportChanged(uid);
          served.forEach(backend -> backend.callsChanged(uid));
        });
    served.forEach(
        backend ->
            backend.calls(
                uid ->
                    links
                        .report(uid)
                        .filter(RunnerReport::connected)
                        .map(report -> report.inFlight() > 0)));
    SharedBackendController shared =
        new SharedBackendController(
            new SharedBackendReconciler(api, backends, clock), metrics, pools::gone);
    pools.onEnd(
        runner -> {
          runners.gone(runner);
          pokes.forget(runner.getMetadata().getUid());
        },
        shared::gone);
    served.forEach(backend -> backend.onChange(uid -> ifWorking(() -> pokes.machineChanged(uid))));
    served.forEach(backend -> backend.onSourceChange(ns -> ifWorking(() -> pools.poke(ns))));
    for (RunnerBackend backend : served) {
      if (backend instanceof AutoCloseable closeable) {
        closed.add(closeable);
      }
    }
    this.sweeps = served.stream().map(backend -> sweep(backend, installation, clock)).toList();
    this.controllers = new Controllers(client, config.namespaces(), pools, runners, shared);
    config.health().ifPresent(address -> closed.add(health(address)));
    this.leadership = config.lease().map(lease -> leadership(config, lease, lost));
    LOG.info(
        "installation {}, namespaces {}, backends {}",
        installation,
        config.namespaces().isEmpty() ? "all" : config.namespaces(),
        served.stream().map(backend -> backend.kind().field()).toList());
  }

  /** What changes before it works is seen by the first passes. */
  private void ifWorking(Runnable poke) {
    if (working) {
      poke.run();
    }
  }

  OperatorMetrics metrics() {
    return metrics;
  }

  private Leadership leadership(OperatorConfig config, String lease, Runnable lost) {
    return new Leadership(
        config.cluster(),
        config.operatorNamespace(),
        lease,
        "operator-" + UUID.randomUUID(),
        config.leaseTimes(),
        () -> background.sweeps().execute(this::work),
        lost);
  }

  private OrphanSweep sweep(RunnerBackend backend, String installation, Clock clock) {
    return new OrphanSweep(
        new ServedNamespaces(backend, config.namespaces()),
        KnownRunners.of(client, config.namespaces()),
        installation,
        ORPHAN_AGE,
        config.reportOrphans() ? Verdict.REPORT : Verdict.DELETE,
        metrics,
        clock);
  }

  private HealthServer health(InetSocketAddress address) {
    try {
      return new HealthServer(address, metrics, Optional::empty, this::unready);
    } catch (IOException e) {
      throw new UncheckedIOException("the health port " + address + " cannot be used", e);
    }
  }

  /** A standby is ready: it waits. A leader is once it has heard of everything it watches. */
  private Optional<String> unready() {
    return leading && !working
        ? Optional.of("the informers are not in step yet")
        : Optional.empty();
  }

  /** Begins to act, or to wait until it leads. */
  public void start() {
    if (leadership.isPresent()) {
      leadership.get().start();
    } else {
      work();
    }
  }

  private synchronized void work() {
    if (!stopped) {
      leading = true;
      metrics.leader(true);
      controllers.start();
      working = true;
      new SweepLoop(background.sweeps()).start(sweeps);
      LOG.info("operator started");
    }
  }

  /** Whether it acts now: it leads, and its informers have what they watch. */
  public boolean isWorking() {
    return working && !stopped;
  }

  /**
   * Stops: waits for running reconciles, gives the lease up, and closes everything. Runners live
   * on.
   */
  @Override
  public synchronized void close() {
    if (stopped) {
      return;
    }
    stopped = true;
    if (working) {
      controllers.stop();
    }
    places.close();
    leadership.ifPresent(Leadership::close);
    links.close();
    background.close();
    for (AutoCloseable closeable : closed) {
      try {
        closeable.close();
      } catch (Exception e) {
        LOG.warn("while stopping: {}", e.toString());
      }
    }
    client.close();
  }

  private static List<RunnerBackend> backends(OperatorConfig config, KubernetesClient client) {
    List<RunnerBackend> served = new ArrayList<>();
    served.add(
        new FlyRunnerBackend(
            new CloudSecrets(client, config.operatorNamespace()),
            new Endpoints(config.allowEndpoints()),
            clock()));
    served.add(
        new Ec2RunnerBackend(
            new CloudSecrets(client, config.operatorNamespace()),
            new Endpoints(config.allowEndpoints()),
            config.ambientNamespaces(),
            clock()));
    if (config.allowPods()) {
      served.add(new PodRunnerBackend(client, config.namespaces(), clock()));
    }
    if (config.allowLocal()) {
      served.add(local(config));
    }
    return List.copyOf(served);
  }

  private static LocalBackend local(OperatorConfig config) {
    try {
      return new LocalBackend(config.stateDir(), config.localClassPath().orElse(null), clock());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the state directory " + config.stateDir() + " cannot be used", e);
    }
  }

  private static String clusterId(KubernetesClient client) {
    Namespace system = client.namespaces().withName("kube-system").get();
    if (system == null) {
      throw new IllegalStateException(
          "namespace kube-system cannot be read: give --installation-id, or allow it");
    }
    return system.getMetadata().getUid();
  }

  private static Clock clock() {
    return Shared.CLOCK;
  }

  private static final class Shared {
    static final Clock CLOCK = new SteadyClock();
  }
}
