package dev.flamepool.operator.pool;

import static dev.flamepool.api.ConditionTypes.CAPACITY_AVAILABLE;

import dev.flamepool.api.Names;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.Offerings;
import dev.flamepool.operator.backend.Trouble;
import dev.flamepool.operator.runner.EndReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What keeps a pool from having as many machines as it needs. Pure. */
record CapacityProblems(PoolObservation seen, PoolPlan plan, LastRefusal refused) {
  /** Others have room: nothing waits for it. */
  private static final String PARTLY = "PartlyRefused";

  private static final String CONFLICT = "NameConflict";

  /** Longer than the longest pause between tries: who still needs a machine has asked since. */
  private static final Duration RECENT = Duration.ofMinutes(5);

  private static final Set<EndReason> REFUSALS =
      Set.of(EndReason.InsufficientCapacity, EndReason.QuotaExceeded);

  Optional<Problem> find() {
    Optional<Withheld> withheld = seen.withheld().filter(Withheld::isTold);
    if (withheld.isPresent()) {
      Withheld one = withheld.get();
      return Optional.of(new Problem(one.reason(), one.words(), one.next(seen.now()), true));
    }
    return Waiting.forOneOf(seen, Set.of(Trouble.UNSCHEDULABLE, EndReason.QuotaExceeded.name()))
        .or(this::partly)
        .or(this::lacking)
        .or(this::conflict)
        .or(this::places);
  }

  private Optional<Problem> partly() {
    if (seen.refused().isEmpty() || !refused.isElsewhere()) {
      return Optional.empty();
    }
    return Optional.of(
        new Problem(
            PARTLY,
            seen.refused().stream()
                .map(one -> one.name() + " refused: " + one.words())
                .collect(Collectors.joining("; ")),
            "others are used, each is left alone until "
                + Problem.time(
                    seen.refused().stream()
                        .map(Offerings.Refused::until)
                        .max(Instant::compareTo)
                        .orElseThrow()),
            true));
  }

  /** Its own last refusal, else what others that ask the same place have met. */
  private Optional<Problem> lacking() {
    Optional<Offerings.Refused> latest =
        refused.latest().filter(one -> one.kind() == Kind.CAPACITY || one.kind() == Kind.QUOTA);
    return latest
        .map(
            one ->
                refused.problem(
                    one.kind() == Kind.QUOTA
                        ? EndReason.QuotaExceeded.name()
                        : EndReason.InsufficientCapacity.name(),
                    one.name() + " has no room: " + one.words()))
        .or(this::recent);
  }

  private Optional<Problem> recent() {
    Instant last = plan.lessons().retries().last();
    return seen.now().isAfter(last.plus(RECENT))
        ? Optional.empty()
        : refused.standing(CAPACITY_AVAILABLE, REFUSALS);
  }

  private Optional<Problem> conflict() {
    return seen.taken().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Problem(
                CONFLICT,
                "FlameRunners %s are not this pool's and take places of its max; delete them"
                    .formatted(
                        seen.taken().stream()
                            .sorted()
                            .map(n -> Names.runner(seen.pool().getMetadata().getName(), n))
                            .collect(Collectors.joining(", ")))));
  }

  /** Whether a problem leaves no room for even one runner. */
  boolean isTotal(Problem problem) {
    return switch (problem.reason()) {
      case PARTLY -> false;
      case CONFLICT ->
          IntStream.range(0, seen.spec().maxOrDefault()).allMatch(seen.taken()::contains);
      default -> true;
    };
  }

  /** Whose calls wait because others hold all places, and who these are. */
  private Optional<Problem> places() {
    Map<String, Instant> starving = plan.lessons().starving();
    Optional<String> first =
        starving.entrySet().stream()
            .filter(one -> !seen.now().isBefore(one.getValue().plus(Starvation.TOLD)))
            .filter(one -> Starvation.isKeptOut(seen, one.getKey()))
            .min(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey);
    return first.map(
        version ->
            new Problem(
                "PlacesTaken",
                "all places of spec.max are taken while calls of code version %s wait; raise spec.max"
                    .formatted(named(version)),
                "%s; one makes room at %s"
                    .formatted(
                        Starvation.places(seen.runners()).entrySet().stream()
                            .map(one -> named(one.getKey()) + " has " + one.getValue())
                            .sorted()
                            .collect(Collectors.joining(", ")),
                        Problem.time(starving.get(version).plus(Starvation.WAIT))),
                true));
  }

  private static String named(String version) {
    return version.isEmpty() ? "(not told)" : version;
  }
}
