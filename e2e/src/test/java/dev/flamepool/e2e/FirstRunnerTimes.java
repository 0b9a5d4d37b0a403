package dev.flamepool.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameCaller;
import dev.flamepool.api.FlamePool;
import dev.flamepool.api.FlamePoolStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * How long pools without a runner take from a written demand until callers can read of one. What
 * gives up before is not counted. Thread-safe.
 */
final class FirstRunnerTimes implements AutoCloseable {
  /** A first runner: when it was wanted, by {@link System#nanoTime}, and after how long it came. */
  record Time(String pool, long wanted, Duration took) {}

  private final Map<String, FlameCaller> callers = new HashMap<>();
  private final Map<String, Integer> endpoints = new HashMap<>();
  private final Map<String, Long> wanted = new HashMap<>();
  private final List<Time> times = new ArrayList<>();
  private final List<SharedIndexInformer<?>> informers;

  FirstRunnerTimes(KubernetesClient client, String namespace) {
    informers =
        List.of(
            client
                .resources(FlameCaller.class)
                .inNamespace(namespace)
                .inform(Heard.of(this::called, this::left)),
            client
                .resources(FlamePool.class)
                .inNamespace(namespace)
                .inform(Heard.of(this::published, pool -> {})));
  }

  private synchronized void called(FlameCaller caller) {
    callers.put(caller.getMetadata().getName(), caller);
    look(caller.getSpec().pool());
  }

  private synchronized void left(FlameCaller caller) {
    callers.remove(caller.getMetadata().getName());
    look(caller.getSpec().pool());
  }

  private synchronized void published(FlamePool pool) {
    int now =
        Optional.ofNullable(pool.getStatus())
            .map(FlamePoolStatus::endpoints)
            .map(List::size)
            .orElse(0);
    endpoints.put(pool.getMetadata().getName(), now);
    look(pool.getMetadata().getName());
  }

  private void look(String pool) {
    boolean waits =
        callers.values().stream()
            .anyMatch(one -> one.getSpec().pool().equals(pool) && one.getSpec().queued() > 0);
    boolean serves = endpoints.getOrDefault(pool, 0) > 0;
    long now = System.nanoTime();
    Long since = wanted.get(pool);
    if (serves && since != null) {
      times.add(new Time(pool, since, Duration.ofNanos(now - since)));
    }
    if (waits && !serves) {
      wanted.putIfAbsent(pool, now);
    } else {
      wanted.remove(pool);
    }
  }

  /** Pools that are wanted and do not serve, and for how long. */
  synchronized Map<String, Duration> waiting() {
    Map<String, Duration> all = new TreeMap<>();
    wanted.forEach((pool, since) -> all.put(pool, Duration.ofNanos(System.nanoTime() - since)));
    return all;
  }

  /** The times of those that were wanted in a span, shortest first. */
  synchronized List<Duration> between(long from, long to, Predicate<String> pool) {
    return times.stream()
        .filter(time -> time.wanted() >= from && time.wanted() < to && pool.test(time.pool()))
        .map(Time::took)
        .sorted()
        .toList();
  }

  /** The time that all but one in a hundred are not above. */
  static Duration p99(List<Duration> sorted) {
    assertThat(sorted).as("times from a demand to a first runner").isNotEmpty();
    return sorted.get(Math.min(sorted.size() - 1, sorted.size() * 99 / 100));
  }

  @Override
  public void close() {
    informers.forEach(SharedIndexInformer::close);
  }

  /** Whatever is heard of an object. */
  private record Heard<T>(Consumer<T> there, Consumer<T> gone) implements ResourceEventHandler<T> {
    static <T> Heard<T> of(Consumer<T> there, Consumer<T> gone) {
      return new Heard<>(there, gone);
    }

    @Override
    public void onAdd(T object) {
      there.accept(object);
    }

    @Override
    public void onUpdate(T before, T now) {
      there.accept(now);
    }

    @Override
    public void onDelete(T object, boolean unknown) {
      gone.accept(object);
    }
  }
}
