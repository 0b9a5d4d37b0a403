package dev.flamepool.micrometer;

import dev.flamepool.CallInterceptor;
import dev.flamepool.CallObserver;
import dev.flamepool.OutgoingCall;
import dev.flamepool.RunnerLostException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Meters of the calls that a process makes: {@code Flame.builder().interceptor(new
 * FlameMeters(registry)).connect()}. All have the tag {@code pool}.
 *
 * <ul>
 *   <li>{@code flame.calls}, timer: from the call to its end; tag {@code outcome}, {@code success}
 *       or the simple name of the exception
 *   <li>{@code flame.calls.queue}, timer: from the call until it is sent to a runner
 *   <li>{@code flame.calls.execution}, timer: from there to its end
 *   <li>{@code flame.calls.waiting} and {@code flame.calls.running}, gauges: calls now
 *   <li>{@code flame.calls.refused}, counter: times that a runner had no room
 *   <li>{@code flame.calls.lost}, counter: calls whose runner was lost
 * </ul>
 */
public final class FlameMeters implements CallInterceptor {
  private final MeterRegistry registry;
  private final Map<String, PoolMeters> pools = new ConcurrentHashMap<>();

  /** Registers there; one per registry and {@code Flame}. */
  public FlameMeters(MeterRegistry registry) {
    this.registry = Objects.requireNonNull(registry, "registry");
  }

  @Override
  public CallObserver calling(OutgoingCall call) {
    return new Observed(pools.computeIfAbsent(call.pool(), PoolMeters::new));
  }

  private final class PoolMeters {
    final AtomicInteger waiting = new AtomicInteger();
    final AtomicInteger running = new AtomicInteger();
    final String pool;
    final Timer queue;
    final Timer execution;

    PoolMeters(String pool) {
      this.pool = pool;
      queue = registry.timer("flame.calls.queue", "pool", pool);
      execution = registry.timer("flame.calls.execution", "pool", pool);
      gauge("flame.calls.waiting", waiting);
      gauge("flame.calls.running", running);
    }

    private void gauge(String name, AtomicInteger value) {
      Gauge.builder(name, value, AtomicInteger::get).tag("pool", pool).register(registry);
    }

    void count(String name) {
      registry.counter(name, "pool", pool).increment();
    }
  }

  private final class Observed implements CallObserver {
    private final PoolMeters meters;
    private final long began = System.nanoTime();
    private long sent;
    private boolean onItsWay;

    Observed(PoolMeters meters) {
      this.meters = meters;
      meters.waiting.incrementAndGet();
    }

    @Override
    public void sending(String runner) {
      if (!onItsWay) {
        onItsWay = true;
        sent = System.nanoTime();
        meters.waiting.decrementAndGet();
        meters.running.incrementAndGet();
      }
    }

    @Override
    public void refused(String runner) {
      meters.count("flame.calls.refused");
      if (onItsWay) {
        onItsWay = false;
        meters.running.decrementAndGet();
        meters.waiting.incrementAndGet();
      }
    }

    @Override
    public void ended(@Nullable Throwable failure) {
      long end = System.nanoTime();
      (onItsWay ? meters.running : meters.waiting).decrementAndGet();
      if (onItsWay) {
        meters.queue.record(sent - began, TimeUnit.NANOSECONDS);
        meters.execution.record(end - sent, TimeUnit.NANOSECONDS);
      }
      if (failure instanceof RunnerLostException) {
        meters.count("flame.calls.lost");
      }
      String outcome = failure == null ? "success" : failure.getClass().getSimpleName();
      registry
          .timer("flame.calls", "pool", meters.pool, "outcome", outcome)
          .record(end - began, TimeUnit.NANOSECONDS);
    }
  }
}
