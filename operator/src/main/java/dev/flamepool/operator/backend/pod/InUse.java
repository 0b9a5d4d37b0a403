package dev.flamepool.operator.backend.pod;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What is opened when it is asked for first, and closed a while after it was asked for last.
 * Thread-safe.
 */
final class InUse<K, V> implements AutoCloseable {
  /** Longer than a pool is ever left alone. */
  private static final Duration UNUSED = Duration.ofMinutes(15);

  private record Used<V>(V value, Instant at) {}

  private final Clock clock;
  private final Function<K, V> open;
  private final Consumer<V> close;
  private final Map<K, Used<V>> all = new HashMap<>();
  private boolean closed;

  InUse(Clock clock, Function<K, V> open, Consumer<V> close) {
    this.clock = clock;
    this.open = open;
    this.close = close;
  }

  /** The one of a key. */
  synchronized V get(K key) {
    Instant now = clock.instant();
    all.values()
        .removeIf(
            used -> {
              boolean over = used.at().plus(UNUSED).isBefore(now);
              if (over) {
                close.accept(used.value());
              }
              return over;
            });
    Used<V> known = all.get(key);
    V value = known == null ? open.apply(key) : known.value();
    if (closed) {
      close.accept(value);
    } else {
      all.put(key, new Used<>(value, now));
    }
    return value;
  }

  @Override
  public synchronized void close() {
    closed = true;
    all.values().forEach(used -> close.accept(used.value()));
    all.clear();
  }
}
