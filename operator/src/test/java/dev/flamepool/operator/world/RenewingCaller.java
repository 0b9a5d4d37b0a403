package dev.flamepool.operator.world;

import java.time.Duration;
import java.time.Instant;

/** The one caller of a life's pool: it renews what it says, as callers do. */
final class RenewingCaller {
  private static final String NAME = "c";
  private static final Duration RENEW = Duration.ofSeconds(10);

  private final World world;
  private Instant renewed = Instant.MIN;
  private int inFlight;
  private int queued;

  RenewingCaller(World world) {
    this.world = world;
  }

  void needs(int calls, int waiting) {
    inFlight = calls;
    queued = waiting;
    renewed = Instant.MIN;
    renew();
  }

  void renew() {
    boolean due = !world.clock.instant().isBefore(renewed.plus(RENEW));
    if (due && inFlight + queued > 0) {
      renewed = world.clock.instant();
      world.demand(NAME, Life.POOL, inFlight, queued);
    }
  }

  void leave() {
    inFlight = 0;
    queued = 0;
    world.leave(NAME);
  }
}
