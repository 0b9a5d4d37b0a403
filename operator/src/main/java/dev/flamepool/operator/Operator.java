package dev.flamepool.operator;

import dev.flamepool.operator.backend.Endpoints;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.backend.ec2.Ec2RunnerBackend;
import dev.flamepool.operator.backend.fly.FlyRunnerBackend;
import dev.flamepool.operator.backend.local.LocalBackend;
import dev.flamepool.operator.backend.pod.PodRunnerBackend;
import dev.flamepool.operator.control.RunnerLinks;
import dev.flamepool.operator.control.RunnerReport;
import dev.flamepool.operator.control.WireRunnerLinks;
import dev.flamepool.operator.credentials.CloudSecrets;
import dev.flamepool.operator.credentials.Credentials;
import dev.flamepool.operator.credentials.PoolCredentials;
import dev.flamepool.operator.health.HealthServer;
import dev.flamepool.operator.health.OperatorMetrics;
import dev.flamepool.operator.leadership.Election;
import dev.flamepool.operator.leadership.Leadership;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
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

  /** A standby tries to take the lease every one to 2.2 periods, and has its turn meanwhile. */
  private static final int PAUSE_RETRIES = 3;

  private final KubernetesClient client;
  private final RunnerLinks links;
  private final OperatorMetrics metrics = new OperatorMetrics();
  private final List<AutoCloseable> closed = new ArrayList<>();
  private final Background background;
  private final Optional<Leadership> leadership;
  private final LeaderLoop<Term> terms;
  private boolean stopped;

  /**
   * An operator that is not started yet.
   *
   * @param lost called when it leads no more without having been closed; must end the process, or
   *     whatever else keeps it from acting
   * @throws StartException if the health port, the state directory or a proxy of the environment
   *     cannot be used
   */
  public Operator(OperatorConfig config, Runnable lost) {
    this(config, new KubernetesClientBuilder().withConfig(config.cluster()).build(), lost);
  }

  private Operator(OperatorConfig config, KubernetesClient client, Runnable lost) {
    this(
        config,
        client,
        new PoolCredentials(client, config.operatorNamespace(), Clock.systemUTC()),
        lost);
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
    this.client = client;
    this.links = links;
    this.background = new Background(served.size());
    this.leadership = election(config, lost);
    this.terms =
        new LeaderLoop<>(
            config.cluster().getMasterUrl(),
            leadership.<Election>map(election -> election).orElse(Election.NONE),
            () ->
                new Term(config, client, served, credentials, links, metrics, background, clock()),
            metrics,
            config.leaseTimes().retryPeriod().multipliedBy(PAUSE_RETRIES),
            clock());
    links.onChange(
        uid -> {
          terms.current().ifPresent(term -> term.reportChanged(uid));
          served.forEach(backend -> backend.callsChanged(uid));
        });
    for (RunnerBackend backend : served) {
      backend.calls(this::hasCalls);
      backend.onChange(uid -> ifWorking(term -> term.machineChanged(uid)));
      backend.onSourceChange(namespace -> ifWorking(term -> term.sourceChanged(namespace)));
    }
    for (RunnerBackend backend : served) {
      if (backend instanceof AutoCloseable closeable) {
        closed.add(closeable);
      }
    }
    config.health().ifPresent(address -> closed.add(health(address)));
  }

  private Optional<Boolean> hasCalls(String runnerUid) {
    return links
        .report(runnerUid)
        .filter(RunnerReport::connected)
        .map(report -> report.inFlight() > 0);
  }

  private void ifWorking(Consumer<Term> tell) {
    if (terms.isWorking()) {
      terms.current().ifPresent(tell); // what changes before is seen by the first passes
    }
  }

  OperatorMetrics metrics() {
    return metrics;
  }

  private static Optional<Leadership> election(OperatorConfig config, Runnable lost) {
    return config
        .lease()
        .map(
            lease ->
                new Leadership(
                    config.cluster(),
                    config.operatorNamespace(),
                    lease,
                    config.holder(),
                    config.leaseTimes(),
                    lost));
  }

  /** Why it should not count as available; empty if it works, or stands by in order. */
  Optional<String> unready() {
    return terms.unready();
  }

  private HealthServer health(InetSocketAddress address) {
    try {
      return new HealthServer(address, metrics, terms::dead, this::unready);
    } catch (IOException | UnresolvedAddressException e) {
      throw new StartException(
          "the health port "
              + address.getPort()
              + " on "
              + address.getHostString()
              + " cannot be used: "
              + e.getMessage()
              + "; give another --health-port or --health-address, or end what listens there",
          e);
    }
  }

  /**
   * Begins to act, or to wait until it leads; returns at once. What keeps it from acting is tried
   * again until it is closed.
   */
  public void start() {
    terms.start();
  }

  /** Whether it acts now: it leads, and its informers have what they watch. */
  public boolean isWorking() {
    return terms.isWorking();
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
    terms.close();
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
    try {
      return made(config, client);
    } catch (IllegalArgumentException e) { // of the environment
      throw new StartException(e.getMessage(), e);
    }
  }

  private static List<RunnerBackend> made(OperatorConfig config, KubernetesClient client) {
    List<RunnerBackend> served = new ArrayList<>();
    served.add(
        new FlyRunnerBackend(
            new CloudSecrets(client, config.operatorNamespace()),
            new Endpoints(config.allowEndpoints()),
            config.ambientNamespaces(),
            System.getenv(),
            clock()));
    served.add(
        new Ec2RunnerBackend(
            new CloudSecrets(client, config.operatorNamespace()),
            new Endpoints(config.allowEndpoints()),
            config.ambientNamespaces(),
            System.getenv(),
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
      throw new StartException(
          "the state directory "
              + config.stateDir()
              + " cannot be used: "
              + e
              + "; give another --state-dir that this user may write",
          e);
    }
  }

  private static Clock clock() {
    return Shared.CLOCK;
  }

  private static final class Shared {
    static final Clock CLOCK = new SteadyClock();
  }
}
