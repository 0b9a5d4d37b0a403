package dev.flamepool.caller;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Monotonic nanoseconds from 0, so that they can be compared and {@link #NEVER} comes last. */
final class Ticks {
  static final long NEVER = Long.MAX_VALUE;

  private static final long START = System.nanoTime();

  private static volatile long passed;

  private Ticks() {}

  static long now() {
    return System.nanoTime() - START + passed;
  }

  /** Lets so many nanoseconds pass at once: for tests, which do not wait for them. */
  static synchronized void pass(long nanos) {
    passed += nanos;
  }

  /** The end of a duration, {@link #NEVER} for null or what is too far away. */
  static long after(long from, @Nullable Duration duration) {
    return after(from, nanos(duration));
  }

  static long after(long from, long nanos) {
    return nanos >= NEVER - from ? NEVER : from + nanos;
  }

  /** In nanoseconds, {@link #NEVER} for null or what does not fit. */
  static long nanos(@Nullable Duration duration) {
    return duration == null || duration.toSeconds() >= NEVER / 1_000_000_000L
        ? NEVER
        : duration.toNanos();
  }
}
