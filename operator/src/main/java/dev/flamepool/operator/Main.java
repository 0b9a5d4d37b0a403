package dev.flamepool.operator;

import dev.flamepool.operator.cluster.Obstacle;
import dev.flamepool.operator.leadership.Holder;
import dev.flamepool.operator.leadership.LeaseTimes;
import io.fabric8.kubernetes.client.Config;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The operator's command. Ends with 0 when told to, with 1 when it leads no more. */
@Command(
    name = "flamepool-operator",
    description = "Keeps the runners that FlamePools ask for.",
    versionProvider = Version.class,
    subcommands = EndAllPools.class)
public final class Main implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(Main.class);
  private static final int FAILED = 1;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this and exit.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version and exit.")
  boolean version;

  @Option(names = "--kubeconfig", description = "The cluster; in-cluster or ~/.kube unless given.")
  @Nullable Path kubeconfig;

  @Option(
      names = {"--namespace", "--namespaces"},
      split = ",",
      description = "Serve only these namespaces; all unless given.")
  List<String> namespaces = List.of();

  @Option(
      names = "--operator-namespace",
      description = "Where the Lease and the pools' authorities lie; its own unless given.")
  @Nullable String operatorNamespace;

  @Option(
      names = "--state-dir",
      defaultValue = "flamepool-state",
      description = "Where local runners live; the same after a restart. Default: ${DEFAULT-VALUE}")
  Path stateDir = Path.of("flamepool-state");

  @Option(names = "--allow-local", description = "Allow runners as processes on this host.")
  boolean allowLocal;

  @Option(
      names = "--no-pods",
      description = "Run no runners as Pods; no right on Pods is needed then.")
  boolean noPods;

  @Option(
      names = "--local-class-path",
      description = "Class path of local runners whose pool gives none.")
  @Nullable String localClassPath;

  @Option(
      names = "--allow-endpoints",
      split = ",",
      description =
          "Cloud endpoints that pools may name beside the clouds' own, such as a simulator's.")
  List<String> allowEndpoints = List.of();

  @Option(
      names = "--ambient-namespaces",
      split = ",",
      description =
          "Namespaces whose pools may use the operator's own cloud credentials, autoConfigure, and"
              + " FLY_APP_NAME and FLY_IMAGE_REF of its environment.")
  List<String> ambientNamespaces = List.of();

  @Option(
      names = "--report-orphans",
      description = "Tell of machines without a runner instead of deleting them.")
  boolean reportOrphans;

  @Option(
      names = "--installation-id",
      description = "Mark of this operator's machines; the uid of kube-system unless given.")
  @Nullable String installation;

  @Option(
      names = "--lease-name",
      defaultValue = OperatorConfig.DEFAULT_LEASE,
      description = "The Lease by which one operator leads. Default: ${DEFAULT-VALUE}")
  String lease = OperatorConfig.DEFAULT_LEASE;

  @Option(
      names = "--no-leader-election",
      description = "Act at once. Only where no second operator can run.")
  boolean alone;

  @Option(
      names = "--health-port",
      description = "Serve /healthz, /readyz and /metrics there; nowhere unless given.")
  @Nullable Integer healthPort;

  @Option(
      names = "--health-address",
      defaultValue = "127.0.0.1",
      description = "The address of that port. Default: ${DEFAULT-VALUE}")
  String healthAddress = "127.0.0.1";

  private String server = "";

  /** Runs the operator until the process is told to end. */
  public static void main(String[] args) {
    int code = command().execute(args);
    if (code != 0) {
      System.exit(code); // other threads would keep the process
    }
  }

  static CommandLine command() {
    Main main = new Main();
    return new CommandLine(main)
        .setParameterExceptionHandler(Main::misused)
        .setExecutionExceptionHandler((e, command, parsed) -> main.failed(e));
  }

  private static int misused(ParameterException e, String[] args) {
    PrintWriter err = e.getCommandLine().getErr();
    err.println(e.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(e, err)) {
      err.println("--help shows what can be given.");
    }
    return e.getCommandLine().getCommandSpec().exitCodeOnInvalidInput();
  }

  private int failed(Exception e) {
    Optional<String> words =
        e instanceof StartException ? Optional.of(e.getMessage()) : Obstacle.of(server, e);
    if (words.isPresent()) {
      LOG.error("the operator ends: {}", words.get());
      LOG.debug("in full", e);
    } else {
      LOG.error("the operator ends", e);
    }
    return FAILED;
  }

  @Override
  public Integer call() throws Exception {
    StartChecks.logLevel(System.getenv());
    Operator operator = new Operator(config(), () -> Runtime.getRuntime().halt(FAILED));
    AtomicInteger code = new AtomicInteger();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(operator, code), "operator-stop"));
    try {
      operator.start();
      new CountDownLatch(1).await();
    } catch (Throwable e) {
      code.set(FAILED);
      throw e;
    }
    return 0;
  }

  /** What a signal ends in order ended well; the JVM would say 128 and the signal's number. */
  private static void stop(Operator operator, AtomicInteger code) {
    try {
      operator.close();
    } catch (Throwable e) {
      LOG.error("while stopping", e);
      code.set(FAILED);
    }
    Runtime.getRuntime().halt(code.get());
  }

  /**
   * What the options say, for an {@link Operator} within another program.
   *
   * @throws StartException if one of them says what cannot be
   */
  public OperatorConfig config() {
    Config cluster = cluster();
    String own =
        operatorNamespace != null
            ? operatorNamespace
            : cluster.getNamespace() != null ? cluster.getNamespace() : "default";
    OperatorConfig config =
        OperatorConfig.of(
                cluster,
                StartChecks.namespace("--operator-namespace", own),
                stateDir.toAbsolutePath())
            .withNamespaces(namespaces())
            .withEndpoints(StartChecks.endpoints("--allow-endpoints", allowEndpoints))
            .withAmbient(StartChecks.namespaces("--ambient-namespaces", ambientNamespaces))
            .withLease(
                alone ? Optional.empty() : Optional.of(StartChecks.name("--lease-name", lease)),
                LeaseTimes.DEFAULT)
            .withHolder(Holder.of(System.getenv(), own));
    if (allowLocal) {
      config = config.withLocal(Optional.ofNullable(localClassPath));
    } else if (localClassPath != null) {
      LOG.warn("--local-class-path has no effect without --allow-local");
    }
    if (noPods) {
      config = config.withoutPods();
    }
    if (healthPort != null) {
      config = config.withHealth(StartChecks.health(healthAddress, healthPort));
    }
    if (reportOrphans) {
      config = config.reportingOrphans();
    }
    return installation == null
        ? config
        : config.withInstallation(StartChecks.label("--installation-id", installation));
  }

  Config cluster() {
    Config cluster = StartChecks.cluster(kubeconfig);
    server = cluster.getMasterUrl();
    return cluster;
  }

  Set<String> namespaces() {
    return StartChecks.namespaces("--namespaces", namespaces);
  }
}
