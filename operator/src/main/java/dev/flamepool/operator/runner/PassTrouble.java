package dev.flamepool.operator.runner;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.cluster.StaleException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes over a runner fail again and again, as where the API server refuses what they need or does
 * not answer: the runner says so, if its status can be written. A pass that fails is repeated ever
 * more rarely by whoever runs it.
 */
final class PassTrouble {
  private static final String API_SERVER = "ApiServerTrouble";
  private static final String OPERATOR = "OperatorTrouble";

  /** One failure is nothing to talk of, and people read a reason after 10 s. */
  private static final Duration AFTER = Duration.ofSeconds(4);

  private static final Logger LOG = LoggerFactory.getLogger(PassTrouble.class);

  private final ClusterApi api;
  private final Clock clock;

  PassTrouble(ClusterApi api, Clock clock) {
    this.api = api;
    this.clock = clock;
  }

  /** A pass over a runner failed. */
  void met(FlameRunner runner, RunnerWatch.Entry watch, RuntimeException e) {
    Instant now = clock.instant();
    if (watch.troubledSince == null) {
      watch.troubledSince = now;
    }
    if (now.isBefore(watch.troubledSince.plus(AFTER))) {
      return;
    }
    FlameRunnerStatus status = RunnerStatus.of(runner);
    said(status, e).ifPresent(told -> tell(runner, told));
  }

  private static Optional<FlameRunnerStatus> said(FlameRunnerStatus status, RuntimeException e) {
    String reason = e instanceof KubernetesClientException ? API_SERVER : OPERATOR;
    String words = words(e);
    Phase phase = status.phase() == null ? Phase.Pending : status.phase();
    return switch (phase) {
      case Pending -> Optional.of(RunnerStatus.waiting(status, reason, words));
      case Booting -> Optional.of(RunnerStatus.held(status, reason, words));
      case Stopping ->
          Optional.of(RunnerStatus.held(status, status.reason(), RunnerStatus.CANNOT_END + words));
      case Ready, Draining, Gone -> Optional.empty(); // calls are served, or nothing is left
    };
  }

  private void tell(FlameRunner runner, FlameRunnerStatus told) {
    if (told.equals(runner.getStatus())) {
      return;
    }
    try {
      api.patchStatus(runner, told);
    } catch (KubernetesClientException | StaleException e) {
      LOG.debug("{} cannot be told of it", runner.getMetadata().getName(), e);
    }
  }

  /** An exception that nobody expected may hold anything: it is in the log only. */
  private static String words(RuntimeException e) {
    if (!(e instanceof KubernetesClientException refused)) {
      return "a step failed with %s, see the operator's log"
          .formatted(e.getClass().getSimpleName());
    }
    return refused.getStatus() == null || refused.getStatus().getMessage() == null
        ? "the API server gives no answer: " + e.getMessage()
        : "the API server says: " + refused.getStatus().getMessage();
  }
}
