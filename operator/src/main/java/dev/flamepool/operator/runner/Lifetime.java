package dev.flamepool.operator.runner;

import dev.flamepool.api.Durations;
import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.api.FlameRunnerSpec;
import dev.flamepool.operator.pool.EffectiveValues;
import java.time.Duration;

/**
 * How long a runner may live, and with it its certificate, which nobody could renew: the key is the
 * machine's from its start.
 */
public final class Lifetime {
  /**
   * What {@code never} and anything longer comes to. A runner drains at its end, so that no call
   * meets a certificate that is over.
   */
  static final Duration LONGEST = Duration.ofDays(365);

  /**
   * For the boot, for clocks that differ, and for connections made while it drains; those that
   * stand need no certificate any more.
   */
  private static final Duration MARGIN = Duration.ofDays(1);

  private Lifetime() {}

  /** Of the runner, from its start. */
  static Duration ofRunner(FlameRunnerSpec spec) {
    return limited(spec.maxLifetime());
  }

  private static Duration limited(String maxLifetime) {
    return Durations.parseOrNever("maxLifetime", maxLifetime)
        .filter(life -> life.compareTo(LONGEST) < 0)
        .orElse(LONGEST);
  }

  /** Of a pool's runners as it is now, from their start until the last call has ended. */
  public static Duration ofPool(FlamePoolSpec spec) {
    return EffectiveValues.ifValid(spec, null)
        .map(
            values ->
                limited(spec.maxLifetime() == null ? "24h" : spec.maxLifetime())
                    .plus(values.drainTimeout()))
        .orElse(LONGEST);
  }

  /** Of its certificate, from the launch attempt. */
  static Duration ofCertificate(FlameRunnerSpec spec) {
    return ofRunner(spec).plus(MARGIN);
  }
}
