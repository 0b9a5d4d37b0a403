package dev.flamepool.operator.pool;

import static dev.flamepool.api.ConditionTypes.BACKEND_READY;

import dev.flamepool.operator.backend.Trouble;
import dev.flamepool.operator.runner.EndReason;
import dev.flamepool.operator.runner.RunnerStatus;
import java.util.Optional;
import java.util.Set;

/** What keeps a pool's backends from making machines, other than lack of room. Pure. */
record BackendProblems(PoolObservation seen, LastRefusal refused) {
  private static final Set<EndReason> REFUSALS =
      Set.of(EndReason.InvalidConfiguration, EndReason.CredentialsRefused, EndReason.NoRoute);

  /** What speaks of room, of a turn or of the boot, and not of the backend. */
  private static final Set<String> OTHERS =
      Set.of(
          "RateLimited",
          Trouble.UNSCHEDULABLE,
          EndReason.QuotaExceeded.name(),
          RunnerStatus.NO_HELLO);

  /** A runner waits for something that may pass. */
  static final String RUNNER_WAITS = "RunnerWaits";

  Optional<Problem> find() {
    if (!seen.isServed() && seen.backendProblem().isPresent()) {
      return seen.backendProblem();
    }
    Optional<Problem> secret = Waiting.forOneOf(seen, Waiting.SECRETS);
    if (secret.isPresent()) {
      return secret;
    }
    Optional<Problem> standing = refused.standing(BACKEND_READY, REFUSALS);
    return standing.isPresent()
        ? standing.filter(problem -> !refused.isElsewhere() || isNoRoute(problem))
        : Waiting.forOther(seen, OTHERS)
            .map(runner -> new Problem(RUNNER_WAITS, Waiting.sentence(runner), "", false));
  }

  /** Machines that nobody reaches are made all the same. */
  private static boolean isNoRoute(Problem problem) {
    return problem.reason().equals(EndReason.NoRoute.name());
  }
}
