package dev.flamepool.operator;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;

/**
 * The time of day at the start plus the time since, so that setting the machine's clock makes no
 * caller expire and no boot time out.
 */
final class SteadyClock extends Clock {
  private final Clock zone = Clock.systemUTC();
  private final Instant start = Instant.now();
  private final long startNanos = System.nanoTime();

  @Override
  public Instant instant() {
    return start.plusNanos(System.nanoTime() - startNanos);
  }

  @Override
  public ZoneId getZone() {
    return zone.getZone();
  }

  @Override
  public Clock withZone(ZoneId other) {
    throw new UnsupportedOperationException("instants have no zone");
  }
}
