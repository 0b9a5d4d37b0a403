package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePoolStatus.Failure;
import dev.flamepool.operator.backend.Offerings;
import dev.flamepool.operator.cluster.Conditions;
import dev.flamepool.operator.runner.EndReason;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The last refusal of a machine that still stands: the runner that it ended is gone, the record of
 * its failure and the condition before are left. Pure.
 */
record LastRefusal(PoolObservation seen, PoolPlan plan, List<Failure> failures) {
  /** What the next try may find to be put right. */
  private static final Set<String> WRONG =
      Set.of(EndReason.InvalidConfiguration.name(), EndReason.CredentialsRefused.name());

  /**
   * The refusal that stands, with what happens next.
   *
   * @param type of the condition that speaks of it
   * @param reasons that it may have
   */
  Optional<Problem> standing(String type, Set<EndReason> reasons) {
    Optional<Failure> last =
        failures.stream()
            .filter(failure -> failure.time() != null)
            .filter(failure -> EndReason.of(failure.reason()).filter(reasons::contains).isPresent())
            .max(Comparator.comparing(PoolFailures::time));
    if (last.isEmpty() || !(isFresh(last.get()) || isSaid(type, last.get()))) {
      return Optional.empty();
    }
    Instant at = PoolFailures.time(last.get());
    boolean disproved =
        seen.runners().stream()
            .filter(seen::current)
            .anyMatch(
                runner ->
                    runner.isServedAfter(at)
                        && (!EndReason.NoRoute.name().equals(last.get().reason())
                            || runner.wasReady()));
    return disproved
        ? Optional.empty()
        : Optional.of(problem(last.get().reason(), text(last.get().message())));
  }

  /** A refusal in these words, with what happens next. */
  Problem problem(String reason, String words) {
    Retries retries = plan.lessons().retries();
    boolean paused = retries.rounds() > 0 && !retries.isDue(seen.now()) && !isTried();
    String outlook;
    if (isTried()) {
      outlook = "it is being tried again";
    } else if (!paused) {
      outlook = "the next call tries it again";
    } else {
      outlook =
          "it is tried again at %s%s"
              .formatted(
                  Problem.time(retries.until()), retries.lacksRoom() ? ", and for more calls" : "");
    }
    return new Problem(reason, words, outlook, paused || !WRONG.contains(reason));
  }

  private boolean isTried() {
    return !plan.create().isEmpty() || seen.runners().stream().anyMatch(RunnerView::booting);
  }

  /** Whether any place that runners are made at now has not refused of late. */
  boolean isElsewhere() {
    return seen.revisions().stream().anyMatch(revision -> seen.isOpen(revision.name()));
  }

  /** The last refusal of those that are left alone. */
  Optional<Offerings.Refused> latest() {
    return seen.refused().stream().max(Comparator.comparing(Offerings.Refused::at));
  }

  private boolean isFresh(Failure failure) {
    return plan.ended().stream()
        .filter(seen::current)
        .filter(runner -> !PoolFailures.recorded(seen.status(), runner))
        .anyMatch(
            runner ->
                runner.name().equals(failure.runner())
                    && runner.since().toString().equals(failure.time()));
  }

  /** Whether it has been said, of the same spec, and not been disproved since. */
  private boolean isSaid(String type, Failure failure) {
    List<Condition> before =
        seen.status().conditions() == null ? List.of() : seen.status().conditions();
    return !seen.specChanged()
        && Conditions.find(before, type)
            .filter(condition -> !"True".equals(condition.getStatus()))
            .filter(condition -> condition.getReason().equals(failure.reason()))
            .isPresent();
  }

  private static String text(@org.jspecify.annotations.Nullable String message) {
    return message == null ? "" : message;
  }
}
