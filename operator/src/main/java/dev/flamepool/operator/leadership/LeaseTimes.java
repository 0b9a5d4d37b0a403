package dev.flamepool.operator.leadership;

import java.time.Duration;

/**
 * The times of a leader's Lease.
 *
 * @param duration how long a lease holds that is not renewed: a successor waits so long
 * @param renewDeadline how long a leader tries to renew before it gives up
 * @param retryPeriod between tries
 */
public record LeaseTimes(Duration duration, Duration renewDeadline, Duration retryPeriod) {
  /** 15 s, 10 s and 2 s, as Kubernetes' own components. */
  public static final LeaseTimes DEFAULT =
      new LeaseTimes(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));
}
