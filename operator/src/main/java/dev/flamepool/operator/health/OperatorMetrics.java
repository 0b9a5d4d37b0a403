package dev.flamepool.operator.health;

import dev.flamepool.api.BackendKind;
import dev.flamepool.operator.backend.BackendException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Everything that the operator counts, named {@code flamepool_*}. Tags are bounded by the number of
 * pools. Thread-safe.
 */
public final class OperatorMetrics {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<String, PoolGauges> pools = new ConcurrentHashMap<>();
  private final AtomicInteger orphans = new AtomicInteger();
  private final AtomicInteger cutOff = new AtomicInteger();
  private final AtomicInteger leader = new AtomicInteger();

  /** Metrics with nothing counted yet. */
  public OperatorMetrics() {
    gauge("flamepool.orphans", "Machines without a runner, seen last", Tags.empty(), orphans);
    gauge(
        "flamepool.runners.cut.off",
        "Ready runners that the operator has lost its way to, and leaves alone",
        Tags.empty(),
        cutOff);
    gauge("flamepool.leader", "1 on the replica that reconciles", Tags.empty(), leader);
    orphansRemoved(0);
    for (BackendKind kind : BackendKind.values()) {
      abandoned(kind, 0);
    }
  }

  /** One pool's gauges and how to remove them. */
  private record PoolGauges(Map<String, AtomicInteger> values, List<Meter> meters) {}

  /** A reconcile ended. */
  public void reconciled(String controller, Duration took, boolean succeeded) {
    Timer.builder("flamepool.reconcile")
        .description("Reconciles and how long they took")
        .tags("controller", controller, "outcome", succeeded ? "success" : "failure")
        .register(registry)
        .record(took);
  }

  /**
   * Runs a reconcile and counts it.
   *
   * @throws RuntimeException if it failed, be it with an Error: JOSDK tries again after exceptions
   *     only, and after an Error never looks at that object again
   */
  public Duration timed(String controller, Supplier<Duration> reconcile) {
    long start = System.nanoTime();
    boolean succeeded = false;
    try {
      Duration again = reconcile.get();
      succeeded = true;
      return again;
    } catch (Error e) {
      throw new IllegalStateException("a pass failed: " + e, e);
    } finally {
      reconciled(controller, Duration.ofNanos(System.nanoTime() - start), succeeded);
    }
  }

  /** A backend accepted a launch attempt. */
  public void launched(BackendKind backend) {
    count("flamepool.launches", "Accepted launch attempts", Tags.of("backend", backend.field()), 1);
  }

  /** A backend refused a launch attempt, or its answer was lost. */
  public void launchFailed(BackendKind backend, BackendException.Kind kind) {
    count(
        "flamepool.launch.failures",
        "Launch attempts that failed, by kind",
        Tags.of("backend", backend.field(), "kind", kind.name().toLowerCase(Locale.ROOT)),
        1);
  }

  /** A runner said hello so long after its launch was asked for. */
  public void booted(BackendKind backend, Duration took) {
    Timer.builder("flamepool.boot")
        .description("From the launch to the runner's hello")
        .tags("backend", backend.field())
        .serviceLevelObjectives(
            Duration.ofMillis(250),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(1),
            Duration.ofMinutes(2),
            Duration.ofMinutes(5))
        .register(registry)
        .record(took);
  }

  /**
   * How a pool is now.
   *
   * @param runnersByPhase names of phases; a phase that is missing is 0
   * @param demand calls running and waiting, as the callers say
   * @param desired runners wanted
   */
  public void pool(
      String namespace, String pool, Map<String, Integer> runnersByPhase, int demand, int desired) {
    PoolGauges gauges =
        pools.computeIfAbsent(
            namespace + "/" + pool,
            key -> new PoolGauges(new ConcurrentHashMap<>(), new ArrayList<>()));
    synchronized (gauges) {
      Tags tags = Tags.of("namespace", namespace, "pool", pool);
      set(gauges, "flamepool.demand", "Calls running and waiting", tags, demand);
      set(gauges, "flamepool.desired", "Runners wanted", tags, desired);
      gauges.values().forEach((id, value) -> clear(id, value));
      runnersByPhase.forEach(
          (phase, count) ->
              set(gauges, "flamepool.runners", "Runners", tags.and("phase", phase), count));
    }
  }

  private static void clear(String id, AtomicInteger value) {
    if (id.startsWith("flamepool.runners")) {
      value.set(0);
    }
  }

  /** A pool is no more. */
  public void forgetPool(String namespace, String pool) {
    PoolGauges gauges = pools.remove(namespace + "/" + pool);
    if (gauges != null) {
      synchronized (gauges) {
        gauges.meters().forEach(registry::remove);
      }
    }
  }

  /** How many machines without a runner the last sweep saw. */
  public void orphansSeen(int count) {
    orphans.set(count);
  }

  /** So many orphaned machines were deleted. */
  public void orphansRemoved(int count) {
    count("flamepool.orphans.removed", "Orphaned machines deleted", Tags.empty(), count);
  }

  /** A runner was let go, by its annotation, although its machine may still exist. */
  public void abandoned(BackendKind backend) {
    abandoned(backend, 1);
  }

  private void abandoned(BackendKind backend, int count) {
    count(
        "flamepool.machines.abandoned",
        "Machines that may still exist and were let go by annotation",
        Tags.of("backend", backend.field()),
        count);
  }

  /** So many ready runners are out of reach, and left alone: the operator has lost its way. */
  public void cutOff(int count) {
    cutOff.set(count);
  }

  /** Whether this replica reconciles. */
  public void leader(boolean leading) {
    leader.set(leading ? 1 : 0);
  }

  /** Everything in Prometheus's text format. */
  public String scrape() {
    return registry.scrape();
  }

  private void count(String name, String description, Tags tags, int by) {
    Counter.builder(name).description(description).tags(tags).register(registry).increment(by);
  }

  private Meter gauge(String name, String description, Tags tags, AtomicInteger value) {
    return Gauge.builder(name, value, AtomicInteger::get)
        .description(description)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  private void set(PoolGauges gauges, String name, String description, Tags tags, int value) {
    gauges
        .values()
        .computeIfAbsent(
            name + tags,
            id -> {
              AtomicInteger holder = new AtomicInteger();
              gauges.meters().add(gauge(name, description, tags, holder));
              return holder;
            })
        .set(value);
  }
}
