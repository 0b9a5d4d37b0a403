package dev.flamepool.operator.pool;

import dev.flamepool.api.FlameRunner;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Runners of one pool that caches do not show yet: their creates are under way, or were answered a
 * moment ago. A pass counts them as if they were there. Thread-safe.
 */
final class UnseenRunners {
  /** Caches are in step by then; a runner that they still do not show was deleted at once. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private record Made(FlameRunner runner, Instant at) {}

  private record Begun(FlameRunner runner, Instant at) {}

  private final Map<String, Begun> begun = new LinkedHashMap<>();
  private final Map<String, Made> made = new LinkedHashMap<>();

  synchronized void begin(FlameRunner wanted, Instant now) {
    begun.put(name(wanted), new Begun(wanted, now));
  }

  /** Since when the oldest create that is under way has been so. */
  synchronized Optional<Instant> oldest() {
    return begun.values().stream().map(Begun::at).min(Instant::compareTo);
  }

  /** The create came to nothing, as far as is known. */
  synchronized void failed(FlameRunner wanted) {
    begun.remove(name(wanted));
  }

  synchronized void made(FlameRunner runner, Instant now) {
    begun.remove(name(runner));
    made.put(name(runner), new Made(runner, now));
  }

  /** Whether a runner of that name is under way or made. */
  synchronized boolean has(FlameRunner wanted) {
    return begun.containsKey(name(wanted)) || made.containsKey(name(wanted));
  }

  /** How many creates are under way. */
  synchronized int underWay() {
    return begun.size();
  }

  /** What a cache has, and what it is to have soon. */
  synchronized List<FlameRunner> with(List<FlameRunner> cached, Instant now) {
    Set<String> names = cached.stream().map(UnseenRunners::name).collect(Collectors.toSet());
    made.values()
        .removeIf(
            one -> names.contains(name(one.runner())) || one.at().plus(PATIENCE).isBefore(now));
    List<FlameRunner> all = new ArrayList<>(cached);
    made.values().forEach(one -> all.add(one.runner()));
    begun.values().stream()
        .map(Begun::runner)
        .filter(wanted -> !names.contains(name(wanted)))
        .forEach(all::add);
    return all;
  }

  private static String name(FlameRunner runner) {
    return runner.getMetadata().getName();
  }
}
