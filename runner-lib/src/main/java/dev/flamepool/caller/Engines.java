package dev.flamepool.caller;

import dev.flamepool.CallInterceptor;
import dev.flamepool.CallOptions;
import dev.flamepool.FlameException;
import dev.flamepool.FlameParent;
import dev.flamepool.Pool;
import dev.flamepool.PoolListener;
import dev.flamepool.RunnerContext;
import dev.flamepool.closure.Around;
import dev.flamepool.closure.Closures;
import dev.flamepool.closure.CodeVersion;
import dev.flamepool.interception.Interceptors;
import dev.flamepool.wire.EncodedCall;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The pools of one {@code Flame}, each with the engine that carries its calls out. */
public final class Engines {
  private final Threads threads;
  private final Function<String, CallEngine> open;
  private final Runnable last;
  private final Additions additions;
  private final String callerId = callerId();
  private final Map<String, CallEngine> engines = new ConcurrentHashMap<>();
  private boolean closed;

  /**
   * What an application adds to its calls.
   *
   * @param interceptors of every call; the first is outermost
   * @param listeners to every pool
   */
  public record Additions(List<CallInterceptor> interceptors, List<PoolListener> listeners) {
    /** Nothing. */
    public static final Additions NONE = new Additions(List.of(), List.of());

    /** Takes copies of the lists. */
    public Additions {
      interceptors = List.copyOf(interceptors);
      listeners = List.copyOf(listeners);
    }
  }

  private Engines(
      Threads threads, Function<String, CallEngine> open, Runnable last, Additions additions) {
    this.threads = threads;
    this.open = open;
    this.last = last;
    this.additions = additions;
  }

  private static String callerId() {
    byte[] id = new byte[8];
    new SecureRandom().nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  /**
   * Pools whose runners are other processes.
   *
   * @param namespace of the pools
   * @param sources where to learn of a pool
   * @param application loads the application's classes
   * @param code this process's code version
   * @param last called when all is closed
   */
  public static Engines remote(
      String namespace,
      Function<String, PoolSource> sources,
      ClassLoader application,
      Supplier<CodeVersion> code,
      Runnable last,
      Additions additions) {
    Threads threads = new Threads();
    Wiring wiring =
        new Wiring(
            callerId(), code, Closures.replies(application), threads.blocking(), threads.timer());
    QueueRoom room = QueueRoom.ofHeap();
    return new Engines(
        threads,
        pool ->
            new PoolClient(
                namespace,
                pool,
                wiring,
                WatchedSource.of(pool, sources.apply(pool), additions.listeners()),
                room),
        last,
        additions);
  }

  /**
   * Pools whose calls run in this process.
   *
   * @param application loads the application's classes
   * @param context what a call's function is handed
   */
  public static Engines inProcess(
      ClassLoader application, RunnerContext context, Additions additions) {
    Threads threads = new Threads();
    QueueRoom room = QueueRoom.ofHeap();
    return new Engines(
        threads,
        pool ->
            new InProcess(
                pool,
                PoolView.DEFAULT_TIMEOUT,
                application,
                context,
                threads,
                room,
                around(pool, InProcess.PLACE, application)),
        () -> {},
        additions);
  }

  /**
   * Pools as a runner has them: calls to its own run in place, so that they cannot wait for
   * themselves; others need what a runner does not have by itself.
   *
   * @param parent the runner
   * @param application loads the application's classes
   * @param context what a call's function is handed
   */
  public static Engines onRunner(
      FlameParent parent, ClassLoader application, RunnerContext context, Additions additions) {
    Threads threads = new Threads();
    QueueRoom room = QueueRoom.ofHeap();
    return new Engines(
        threads,
        pool ->
            pool.equals(parent.pool())
                ? new InProcess(
                    pool,
                    null,
                    application,
                    context,
                    threads,
                    room,
                    around(pool, parent.runner(), application))
                : new Unreachable(pool, parent),
        () -> {},
        additions);
  }

  private static Around around(String pool, String runner, ClassLoader application) {
    return Interceptors.on(pool, runner, application);
  }

  /** The pool of that name; always the same connections and queue. */
  public Pool pool(String name) {
    CallEngine engine;
    synchronized (this) {
      if (closed) {
        throw Outcomes.closed(name, "was not taken");
      }
      engine = engines.computeIfAbsent(name, this::open);
    }
    return new PoolHandle(engine, CallOptions.DEFAULTS);
  }

  private CallEngine open(String pool) {
    return Intercepted.of(open.apply(pool), additions.interceptors(), callerId);
  }

  /**
   * Takes no more calls, waits for those there are, cancels the rest and leaves nothing behind.
   *
   * @param grace how long to wait
   */
  public void close(Duration grace) {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    Collection<CallEngine> all = engines.values();
    all.forEach(CallEngine::refuse);
    long until = Ticks.after(Ticks.now(), grace);
    try {
      for (CallEngine engine : all) {
        engine.awaitDone(until);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // whoever interrupts does not want to wait
    }
    all.parallelStream().forEach(CallEngine::close);
    threads.close();
    last.run();
  }

  /** A pool that this process has no way to. */
  private record Unreachable(String name, FlameParent parent) implements CallEngine {
    private FlameException refusal() {
      return new FlameException(
          "Runner "
              + parent.runner()
              + " of pool "
              + parent.pool()
              + " has no Kubernetes credentials, so it cannot call pool "
              + name
              + ". Make that call from the application and pass its result on, or give the runner a"
              + " kubeconfig: Flame.builder().kubeconfig(file).connect().");
    }

    @Override
    public @Nullable Object call(EncodedCall body, CallOptions options) {
      throw refusal();
    }

    @Override
    public Submitted submit(EncodedCall body, CallOptions options) {
      throw refusal();
    }

    @Override
    public Hold place(EncodedCall factory, CallOptions options) {
      throw refusal();
    }

    @Override
    public void watch(Hold.Watch by) {}

    @Override
    public void refuse() {}

    @Override
    public boolean awaitDone(long until) {
      return true;
    }

    @Override
    public void close() {}
  }
}
