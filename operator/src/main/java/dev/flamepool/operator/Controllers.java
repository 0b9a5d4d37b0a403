package dev.flamepool.operator;

import dev.flamepool.api.FlameBackend;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.Names;
import dev.flamepool.operator.pool.PoolController;
import dev.flamepool.operator.runner.RunnerController;
import dev.flamepool.operator.shared.SharedBackendController;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.Cloner;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.processing.event.rate.LinearRateLimiter;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * JOSDK round the three controllers: what each watches, how it tries again, how it stops. Each has
 * threads of its own, so that neither pools nor runners nor FlameBackends wait for the others.
 */
final class Controllers {
  private static final Duration TERMINATION = Duration.ofSeconds(30);

  /** Far longer than to list 10,000 runners; a leader that cannot makes room for another. */
  private static final Duration SYNC = Duration.ofMinutes(1);

  private static final Duration FIRST_RETRY = Duration.ofMillis(500);
  private static final Duration MAX_RETRY = Duration.ofMinutes(1);

  /** A pass of a pool waits for a few writes only, at most. */
  private static final int POOL_THREADS = 16;

  /** A pass of a runner may wait for its backend. */
  private static final int RUNNER_THREADS = 48;

  private static final int BACKEND_THREADS = 4;

  /**
   * A pool of 200 runners that grow has a thousand events, and a pass looks at all of the pool: so
   * many passes in that time at most, which is soon enough for callers.
   */
  private static final int POOL_PASSES = 2;

  private static final Duration PER = Duration.ofMillis(100);

  /** Closed with them: so end the informers of those that started before another one failed. */
  private final KubernetesClient client;

  private final List<ThreadPoolExecutor> executors = new ArrayList<>();
  private final List<Operator> operators;

  /**
   * Registers them; starts nothing.
   *
   * @param cluster to work with; their own client is made like this one
   * @param namespaces to watch; empty for all
   */
  Controllers(
      KubernetesClient cluster,
      Set<String> namespaces,
      PoolController pools,
      RunnerController runners,
      SharedBackendController backends) {
    this.client = new KubernetesClientBuilder().withConfig(cluster.getConfiguration()).build();
    Operator ofPools = operator(POOL_THREADS);
    ofPools.<FlamePool>register(
        pools,
        options ->
            named(options, "pools", Names.POOL_FINALIZER, namespaces)
                .withRateLimiter(new LinearRateLimiter(PER, POOL_PASSES)));
    Operator ofRunners = operator(RUNNER_THREADS);
    ofRunners.<FlameRunner>register(
        runners,
        options ->
            named(options, "runners", Names.MACHINE_FINALIZER, namespaces)
                .withGenerationAware(false));
    Operator ofBackends = operator(BACKEND_THREADS);
    ofBackends.<FlameBackend>register(
        backends, options -> named(options, "backends", Names.BACKEND_FINALIZER, namespaces));
    this.operators = List.of(ofPools, ofRunners, ofBackends);
  }

  private Operator operator(int threads) {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons());
    executors.add(executor);
    return new Operator(
        options ->
            options
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withCacheSyncTimeout(SYNC)
                .withUseSSAToPatchPrimaryResource(false)
                .withExecutorService(executor)
                .withResourceCloner(new OwnMetadata())
                .withReconciliationTerminationTimeout(TERMINATION));
  }

  /**
   * Each pass gets a copy of its object, in which JOSDK may add a finalizer. The rest is records,
   * which nobody can change: copying it as JSON would be the greater part of many a pass.
   */
  private static final class OwnMetadata implements Cloner {
    @Override
    @SuppressWarnings("unchecked")
    public <T extends HasMetadata> T clone(T object) {
      if (object instanceof FlamePool pool) {
        return (T) of(pool, new FlamePool());
      }
      if (object instanceof FlameRunner runner) {
        return (T) of(runner, new FlameRunner());
      }
      if (object instanceof FlameBackend backend) {
        return (T) of(backend, new FlameBackend());
      }
      throw new IllegalArgumentException(object.getKind() + " has no controller");
    }

    private static <S, U> CustomResource<S, U> of(
        CustomResource<S, U> object, CustomResource<S, U> copy) {
      copy.setMetadata(new ObjectMetaBuilder(object.getMetadata()).build());
      copy.setSpec(object.getSpec());
      copy.setStatus(object.getStatus());
      return copy;
    }
  }

  private static <T extends HasMetadata> ControllerConfigurationOverrider<T> named(
      ControllerConfigurationOverrider<T> options,
      String name,
      String finalizer,
      Set<String> namespaces) {
    options
        .withName(name)
        .withFinalizer(finalizer)
        .withRetry(
            new GenericRetry()
                .withoutMaxAttempts()
                .setInitialInterval(FIRST_RETRY)
                .setMaxInterval(MAX_RETRY.toMillis()));
    return namespaces.isEmpty()
        ? options.watchingAllNamespaces()
        : options.settingNamespaces(namespaces);
  }

  /**
   * Starts them; returns once they have heard of everything that they watch.
   *
   * @throws RuntimeException if one could not, or the thread was interrupted; {@link #stop} is due
   */
  void start() {
    // For want of a thread JOSDK would never look at an object again: so they are made now.
    executors.forEach(ThreadPoolExecutor::prestartAllCoreThreads);
    for (Operator operator : operators) {
      operator.start();
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("interrupted while the controllers started");
      }
    }
  }

  /** Stops them, as far as they were started, and waits for the passes that run, up to 30 s. */
  void stop() {
    try {
      CompletableFuture.allOf(
              operators.stream()
                  .map(operator -> CompletableFuture.runAsync(operator::stop, Controllers::thread))
                  .toArray(CompletableFuture[]::new))
          .join();
    } finally {
      executors.forEach(ThreadPoolExecutor::shutdownNow);
      client.close();
    }
  }

  private static ThreadFactory daemons() {
    return task -> {
      Thread thread = new Thread(task, "reconciler");
      thread.setDaemon(true);
      return thread;
    };
  }

  private static void thread(Runnable task) {
    new Thread(task, "stop").start();
  }
}
