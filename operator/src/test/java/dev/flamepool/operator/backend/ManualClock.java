package dev.flamepool.operator.backend;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A clock that stands still until a test moves it. Thread-safe. */
public final class ManualClock extends Clock {
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Instant now;

  /** A clock that starts at a round instant. */
  public ManualClock() {
    this(Instant.parse("2026-01-01T00:00:00Z"));
  }

  /** A clock that starts at an instant. */
  public ManualClock(Instant start) {
    now = start;
  }

  /** Moves on; what is due because of it happens before this returns. */
  public void advance(Duration by) {
    synchronized (this) {
      now = now.plus(by);
    }
    listeners.forEach(Runnable::run);
  }

  /** Called after every move. */
  public void onAdvance(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("tests speak UTC");
  }
}
