package dev.flamepool.operator.scaling;

import dev.flamepool.api.FlameCallerSpec;
import java.time.Instant;

/**
 * What one live caller said last.
 *
 * @param codeVersion of its application, empty when it does not say
 * @param inFlight calls on runners, averaged by the caller
 * @param queued calls that no ready runner could take
 * @param changed when this process saw that, by its own clock
 * @param called when it had calls last, to about a second, by the same clock
 */
public record CallerDemand(
    String codeVersion, int inFlight, int queued, Instant changed, Instant called) {
  static CallerDemand of(FlameCallerSpec spec, Instant changed) {
    return new CallerDemand(
        spec.codeVersion() == null ? "" : spec.codeVersion(),
        spec.inFlight() == null ? 0 : Math.max(0, spec.inFlight()),
        spec.queued() == null ? 0 : Math.max(0, spec.queued()),
        changed,
        changed.minusSeconds(spec.idleSeconds() == null ? 0 : Math.max(0, spec.idleSeconds())));
  }

  /** Calls that need a slot. */
  public long calls() {
    return (long) inFlight + queued;
  }
}
