package dev.flamepool.operator.pool;

import dev.flamepool.api.BackendKind;
import dev.flamepool.api.Durations;
import dev.flamepool.api.FlamePoolSpec;
import dev.flamepool.api.FlamePoolStatus;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The values in force of fields whose default depends on other fields, and of those that the
 * operator computes with.
 *
 * @param maxConcurrency 100 unless given, 1 with singleUse
 * @param timeout empty for never
 * @param bootTimeout 30 s unless given, 2 min on EC2
 * @param shutdownTimeout 30 s unless given
 * @param drainTimeout timeout + shutdownTimeout unless given, 5 min for never
 */
public record EffectiveValues(
    int maxConcurrency,
    Optional<Duration> timeout,
    Duration bootTimeout,
    Duration shutdownTimeout,
    Duration drainTimeout) {

  private static final Duration DRAIN_WITHOUT_TIMEOUT = Duration.ofMinutes(5);

  /**
   * Computes them.
   *
   * @param kind where runners come from; null while that is not known
   * @throws IllegalArgumentException for a malformed duration, naming the field
   */
  static EffectiveValues of(FlamePoolSpec spec, @Nullable BackendKind kind) {
    Optional<Duration> timeout = Durations.parseOrNever("spec.timeout", or(spec.timeout(), "30s"));
    Duration shutdown = Durations.parse("spec.shutdownTimeout", or(spec.shutdownTimeout(), "30s"));
    Duration boot =
        Durations.parse(
            "spec.bootTimeout", or(spec.bootTimeout(), kind == BackendKind.EC2 ? "2m" : "30s"));
    Duration drain =
        spec.drainTimeout() != null
            ? Durations.parse("spec.drainTimeout", spec.drainTimeout())
            : timeout.map(shutdown::plus).orElse(DRAIN_WITHOUT_TIMEOUT);
    int concurrency =
        spec.maxConcurrency() != null ? spec.maxConcurrency() : spec.isSingleUse() ? 1 : 100;
    return new EffectiveValues(concurrency, timeout, boot, shutdown, drain);
  }

  /** The values, empty while the spec is malformed. */
  public static Optional<EffectiveValues> ifValid(FlamePoolSpec spec, @Nullable BackendKind kind) {
    try {
      return Optional.of(of(spec, kind));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  FlamePoolStatus.Effective status() {
    return new FlamePoolStatus.Effective(
        maxConcurrency,
        timeout.map(Durations::format).orElse(Durations.NEVER),
        Durations.format(bootTimeout),
        Durations.format(drainTimeout));
  }

  private static String or(@Nullable String text, String otherwise) {
    return text == null ? otherwise : text;
  }
}
