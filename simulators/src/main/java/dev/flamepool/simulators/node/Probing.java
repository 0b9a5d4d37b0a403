package dev.flamepool.simulators.node;

import io.fabric8.kubernetes.api.model.Probe;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How far a container's readiness probe has come. On the loop. */
final class Probing {
  private static final int PERIOD_SECONDS = 10;
  private static final int FAILURES = 3;

  boolean asked;
  Instant next = Instant.MAX;
  private int successes;
  private int failures;

  void reset(Instant now, @Nullable Probe probe) {
    asked = false;
    successes = 0;
    failures = 0;
    next = probe == null ? Instant.MAX : now.plusSeconds(or(probe.getInitialDelaySeconds(), 0));
  }

  /** Takes an answer in; returns whether the container is ready now. */
  boolean answered(Probe probe, boolean success, boolean wasReady, Instant now) {
    asked = false;
    next = now.plusSeconds(or(probe.getPeriodSeconds(), PERIOD_SECONDS));
    successes = success ? successes + 1 : 0;
    failures = success ? 0 : failures + 1;
    return wasReady
        ? failures < or(probe.getFailureThreshold(), FAILURES)
        : successes >= or(probe.getSuccessThreshold(), 1);
  }

  static int or(@Nullable Integer given, int otherwise) {
    return Objects.requireNonNullElse(given, otherwise);
  }
}
