package dev.flamepool;

import dev.flamepool.caller.Engines;
import dev.flamepool.caller.LocalContext;
import dev.flamepool.closure.Allowed;
import dev.flamepool.closure.Closures;
import dev.flamepool.closure.CodeVersion;
import dev.flamepool.closure.Codecs;
import dev.flamepool.closure.DevTools;
import dev.flamepool.closure.Loaders;
import dev.flamepool.closure.Modules;
import dev.flamepool.discovery.Cluster;
import dev.flamepool.interception.Interceptors;
import dev.flamepool.runner.RunnerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Connects to a cluster in another way than {@link Flame#connect} does. Not thread-safe. */
public final class FlameBuilder {
  private @Nullable Path kubeconfig;
  private @Nullable String context;
  private @Nullable String namespace;
  private @Nullable String codeVersion;
  private @Nullable ClassLoader application;
  private Duration shutdownGrace = Duration.ofSeconds(30);
  private boolean contextual = true;
  private final List<CallInterceptor> interceptors = new ArrayList<>();
  private final List<String> allowed = new ArrayList<>();
  private final List<ValueCodec<?>> codecs = new ArrayList<>();
  private final List<PoolListener> listeners = new ArrayList<>();

  FlameBuilder() {}

  /**
   * Reads how to reach the cluster from that file.
   *
   * @param file a kubeconfig; unless given, the Pod's service account or the user's own
   * @return this
   */
  public FlameBuilder kubeconfig(Path file) {
    this.kubeconfig = Objects.requireNonNull(file, "kubeconfig");
    return this;
  }

  /**
   * Chooses a context of the kubeconfig.
   *
   * @param name unless given, the current one
   * @return this
   */
  public FlameBuilder context(String name) {
    this.context = Objects.requireNonNull(name, "context");
    return this;
  }

  /**
   * Chooses the namespace of the pools.
   *
   * @param name unless given, the Pod's own or the kubeconfig context's
   * @return this
   */
  public FlameBuilder namespace(String name) {
    this.namespace = Objects.requireNonNull(name, "namespace");
    return this;
  }

  /**
   * Says which code this process runs; only runners of the same version get its calls.
   *
   * @param version unless given, {@code FLAME_CODE_VERSION}, else a hash of the class path
   * @return this
   * @throws IllegalArgumentException if it has more than 128 characters
   */
  public FlameBuilder codeVersion(String version) {
    String problem = CodeVersion.problem("codeVersion", version);
    if (!problem.isEmpty()) {
      throw new IllegalArgumentException(problem);
    }
    this.codeVersion = Objects.requireNonNull(version, "codeVersion");
    return this;
  }

  /**
   * Says what loads those of the application's classes that the class of a call does not see; what
   * it sees, results have from its own loader, whatever thread calls.
   *
   * @param loader unless given, that of the class that connects, or the thread's context class
   *     loader where that delegates to it
   * @return this
   */
  public FlameBuilder applicationClassLoader(ClassLoader loader) {
    this.application = Objects.requireNonNull(loader, "applicationClassLoader");
    return this;
  }

  /**
   * Lets values of more classes travel. Unless given, results hold values, collections and
   * exceptions of the JDK, and classes of the application: those whose package begins with the same
   * two labels as the class that makes the call; captures hold those and any class that is not the
   * JDK's. Name what is harmless to create from any bytes; it counts for the whole process once
   * this connects. The same can be said by {@link FlameAllow} on the class that makes the call, and
   * by names with commas in the system property {@code flame.allow} or in the environment as {@code
   * FLAME_ALLOW}.
   *
   * <p>For classes of the JDK's the runner has to say it as well: its call ends with a {@link
   * RemoteCallException} before anything is sent otherwise.
   *
   * @param names packages, with those below them, and classes, for example {@code
   *     org.springframework.http}
   * @return this
   * @throws IllegalArgumentException if one is no such name
   */
  public FlameBuilder allow(String... names) {
    for (String name : names) {
      allowed.add(Allowed.checked("allow", name));
    }
    return this;
  }

  /**
   * Has values of some types written and read in a way of the application's own. Runners need the
   * same codec: see {@link ValueCodec}. A call whose runner lacks it ends before anything is sent.
   * It counts for the whole process once this connects; of two that handle a class the one given
   * first is used.
   *
   * @param codec called by all threads that call
   * @return this
   */
  public FlameBuilder codec(ValueCodec<?> codec) {
    codecs.add(Objects.requireNonNull(codec, "codec"));
    return this;
  }

  /**
   * Says how long {@link Flame#close} waits for calls.
   *
   * @param grace 30 s unless given
   * @return this
   */
  public FlameBuilder shutdownGrace(Duration grace) {
    if (grace.isNegative()) {
      throw new IllegalArgumentException("shutdownGrace is " + grace + ": give 0 or more");
    }
    this.shutdownGrace = grace;
    return this;
  }

  /**
   * Adds code around every call that this process makes. What is to be around calls on the runner
   * is found there by {@link java.util.ServiceLoader}.
   *
   * @param interceptor called by all threads that call; the first given is outermost
   * @return this
   */
  public FlameBuilder interceptor(CallInterceptor interceptor) {
    interceptors.add(Objects.requireNonNull(interceptor, "interceptor"));
    return this;
  }

  /**
   * Takes neither the log context (SLF4J's MDC) nor the trace context (OpenTelemetry's) along with
   * calls. Both go along unless this is said, where the process has them.
   *
   * @return this
   */
  public FlameBuilder withoutContext() {
    this.contextual = false;
    return this;
  }

  /**
   * Hears how pools grow and shrink, from the first call to each on.
   *
   * @param listener called by one thread per pool
   * @return this
   */
  public FlameBuilder listener(PoolListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * Connects; see {@link Flame#connect}.
   *
   * @return to be closed after the last call
   * @throws ClusterUnavailableException if there is no kubeconfig and this is no Pod, or the
   *     kubeconfig leads to no cluster
   * @throws FlameException if this JVM lacks what the library needs, modules above all
   */
  public Flame connect() {
    check();
    register();
    Optional<FlameParent> parent = FlameParent.current();
    if (parent.isPresent() && kubeconfig == null) {
      return new Flame(
          Engines.onRunner(parent.get(), loader(), context(parent), additions()), shutdownGrace);
    }
    ClassLoader loader = loader();
    if (codeVersion == null) {
      CodeVersion.prepare(loader);
      DevTools.warnCaller(loader);
    }
    Cluster cluster = cluster();
    return new Flame(
        Engines.remote(
            cluster.namespace(),
            cluster::pool,
            loader,
            () -> code(loader),
            cluster::close,
            additions()),
        shutdownGrace);
  }

  /**
   * Runs all calls in this process; see {@link Flame#inProcess}.
   *
   * @return to be closed after the last call
   * @throws FlameException if this JVM lacks what the library needs
   */
  public Flame inProcess() {
    check();
    register();
    return new Flame(
        Engines.inProcess(loader(), context(FlameParent.current()), additions()), shutdownGrace);
  }

  /**
   * {@link Flame#serveIfRunner} with what this builder allows and with its codecs, so that both
   * ends have them:
   *
   * <pre>{@code
   * FlameBuilder builder = Flame.builder().codec(new OrderCodec()).allow("java.awt.Point");
   * if (builder.serveIfRunner(App::start)) return;
   * try (Flame flame = builder.connect()) { ... }
   * }</pre>
   *
   * @param start starts what calls need, and no web server
   * @return false, at once, in the application itself; true on a runner, when it has ended
   */
  public boolean serveIfRunner(Flame.Start start) {
    register();
    return Flame.serveIfRunner(start);
  }

  private static void check() {
    String missing = Modules.missingForCalls();
    if (!missing.isEmpty()) {
      throw new FlameException("Calls cannot be made: " + missing);
    }
  }

  private Cluster cluster() {
    try {
      return Loaders.knowing(
          FlameBuilder.class.getClassLoader(),
          () -> Cluster.connect(kubeconfig, context, namespace));
    } catch (LinkageError e) {
      throw new FlameException("The cluster cannot be reached: " + Modules.missing(e), e);
    }
  }

  /** Counts for the whole process. */
  private void register() {
    Closures.allow(allowed);
    Codecs.add(codecs);
    Codecs.find(loader());
  }

  /** On a runner its own, so that calls find the application that was started there. */
  private static RunnerContext context(Optional<FlameParent> parent) {
    return parent
        .flatMap(runner -> RunnerProcess.context())
        .orElseGet(() -> LocalContext.of(parent));
  }

  private Engines.Additions additions() {
    List<CallInterceptor> all = new ArrayList<>(contextual ? Interceptors.builtIn() : List.of());
    all.addAll(interceptors);
    return new Engines.Additions(all, listeners);
  }

  private CodeVersion code(ClassLoader loader) {
    return codeVersion != null
        ? new CodeVersion(codeVersion, List.of())
        : CodeVersion.current(loader);
  }

  private ClassLoader loader() {
    if (application != null) {
      return application;
    }
    return Loaders.seenFromCaller(Set.of(Flame.class, FlameBuilder.class));
  }
}
