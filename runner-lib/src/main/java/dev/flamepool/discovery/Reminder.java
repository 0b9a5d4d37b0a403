package dev.flamepool.discovery;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Lets the same thing be said once in ten minutes. Thread-safe. */
final class Reminder {
  private static final Duration QUIET = Duration.ofMinutes(10);

  private final LongSupplier nanos;
  private final Map<String, Long> said = new HashMap<>();

  /** With a clock such as {@link System#nanoTime}. */
  Reminder(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Whether it is time to say this; if so it counts as said. */
  synchronized boolean isDue(String text) {
    long now = nanos.getAsLong();
    Long last = said.get(text);
    if (last != null && now - last < QUIET.toNanos()) {
      return false;
    }
    said.put(text, now);
    return true;
  }
}
