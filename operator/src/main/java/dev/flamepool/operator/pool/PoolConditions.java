package dev.flamepool.operator.pool;

import static dev.flamepool.api.ConditionTypes.BACKEND_READY;
import static dev.flamepool.api.ConditionTypes.BOOT_HEALTHY;
import static dev.flamepool.api.ConditionTypes.CAPACITY_AVAILABLE;
import static dev.flamepool.api.ConditionTypes.CODE_VERSION_MISMATCH;
import static dev.flamepool.api.ConditionTypes.READY;

import dev.flamepool.api.FlamePoolStatus.Failure;
import dev.flamepool.api.FlamePoolStatus.Refusal;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.backend.Trouble;
import dev.flamepool.operator.cluster.Conditions;
import dev.flamepool.operator.runner.EndReason;
import dev.flamepool.operator.runner.RunnerStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is true of a pool, in conditions with stable reasons (DESIGN section 2, "Status"). {@code
 * Ready} means that a call made now would be served, also with zero runners. Pure.
 */
final class PoolConditions {
  private static final Set<EndReason> BACKEND_REFUSALS =
      Set.of(EndReason.InvalidConfiguration, EndReason.CredentialsRefused, EndReason.NoRoute);

  /** What a runner that has no machine yet may wait for. */
  private static final Set<String> SECRETS =
      Set.of("SecretMissing", "SecretConflict", "SecretRefused");

  private static final Set<EndReason> CAPACITY_REFUSALS =
      Set.of(EndReason.InsufficientCapacity, EndReason.QuotaExceeded);

  private final PoolObservation seen;
  private final PoolPlan plan;
  private final List<Failure> failures;
  private final List<Condition> before;

  private PoolConditions(PoolObservation seen, PoolPlan plan, List<Failure> failures) {
    this.seen = seen;
    this.plan = plan;
    this.failures = failures;
    this.before = seen.status().conditions() == null ? List.of() : seen.status().conditions();
  }

  static List<Condition> of(PoolObservation seen, PoolPlan plan, List<Failure> failures) {
    return new PoolConditions(seen, plan, failures).all();
  }

  private List<Condition> all() {
    Optional<Problem> backend = backend();
    Optional<Problem> capacity = capacity();
    Optional<Problem> boot = boot();
    return Stream.concat(
            Stream.of(
                ready(backend, capacity, boot),
                condition(BACKEND_READY, backend, "Accepted", "runners can be launched"),
                condition(
                    CAPACITY_AVAILABLE,
                    capacity.or(this::partly),
                    "Available",
                    "no offering is refused"),
                condition(BOOT_HEALTHY, boot, "Healthy", "boots succeed")),
            mismatch().stream())
        .toList();
  }

  /** Whether a condition says that something is wrong beside readiness itself. */
  static boolean isTrouble(Condition condition) {
    return condition.getType().equals(CODE_VERSION_MISMATCH)
        || ("False".equals(condition.getStatus()) && !condition.getType().equals(READY));
  }

  /** Only while a live caller has such a version. */
  private Optional<Condition> mismatch() {
    List<String> theirs =
        plan.refusals().stream()
            .map(Refusal::codeVersion)
            .filter(
                version ->
                    seen.demand().live().stream()
                        .anyMatch(caller -> caller.codeVersion().equals(version)))
            .toList();
    if (theirs.isEmpty()) {
      return Optional.empty();
    }
    KnownRevision newest = seen.known().get(0);
    String message =
        "callers run code version %s, which no revision of the pool yields; the newest, %s, yields %s"
            .formatted(
                String.join(", ", theirs), newest.name(), newest.codeVersion().orElse("another"));
    return Optional.of(
        condition(CODE_VERSION_MISMATCH, Optional.empty(), CODE_VERSION_MISMATCH, message));
  }

  private Condition ready(
      Optional<Problem> backend, Optional<Problem> capacity, Optional<Problem> boot) {
    Optional<Problem> refused = unservable();
    long ready = seen.runners().stream().filter(plan::publishes).count();
    if (refused.isEmpty() && ready == 0) {
      refused = backend.or(() -> boot).or(() -> capacity);
    }
    if (refused.isPresent()) {
      return condition(READY, refused, "", "");
    }
    long booting = seen.runners().stream().filter(RunnerView::booting).count();
    if (ready > 0) {
      return condition(READY, Optional.empty(), "Serving", ready + " runners are ready");
    }
    return booting + plan.create().size() > 0
        ? condition(READY, Optional.empty(), "Booting", "the first runners are booting")
        : condition(READY, Optional.empty(), "Idle", "no runners; the next call boots one");
  }

  /** What no runner can change. */
  private Optional<Problem> unservable() {
    if (seen.deleting()) {
      return problem("Deleting", "the pool is being deleted" + stuck());
    }
    if (seen.invalid().isPresent()) {
      return problem("InvalidSpec", seen.invalid().get());
    }
    if (seen.spec().isSuspended()) {
      return problem("Suspended", "spec.suspend is true: set it to false to serve calls");
    }
    if (seen.spec().maxOrDefault() == 0) {
      return problem("MaxIsZero", "spec.max is 0: raise it to serve calls");
    }
    return Optional.empty();
  }

  /** Why that takes long, if a runner says so. */
  private String stuck() {
    return seen.runners().stream()
        .filter(runner -> text(runner.status().message()).startsWith(RunnerStatus.CANNOT_END))
        .findFirst()
        .map(runner -> "; " + runner.name() + ": " + runner.status().message())
        .orElse("");
  }

  private Optional<Problem> backend() {
    if (seen.revisions().isEmpty() && seen.backendProblem().isPresent()) {
      return seen.backendProblem();
    }
    return waiting(Phase.Pending, SECRETS).or(() -> standing(BACKEND_READY, BACKEND_REFUSALS));
  }

  /** What a runner says that waits in a phase for one of these reasons. */
  private Optional<Problem> waiting(Phase phase, Set<String> reasons) {
    return seen.runners().stream()
        .filter(runner -> runner.live() && runner.phase() == phase)
        .filter(runner -> reasons.contains(text(runner.status().reason())))
        .findFirst()
        .map(runner -> new Problem(runner.status().reason(), text(runner.status().message())));
  }

  private Optional<Problem> capacity() {
    Optional<Withheld> withheld = seen.withheld().filter(Withheld::isTold);
    if (withheld.isPresent()) {
      return problem(withheld.get().reason(), withheld.get().words());
    }
    Optional<Problem> standing = standing(CAPACITY_AVAILABLE, CAPACITY_REFUSALS);
    if (standing.isPresent()) {
      return standing;
    }
    Optional<Problem> waiting =
        waiting(Phase.Booting, Set.of(Trouble.UNSCHEDULABLE))
            .or(() -> waiting(Phase.Pending, Set.of(EndReason.QuotaExceeded.name())));
    if (waiting.isPresent()) {
      return waiting;
    }
    return seen.taken().isEmpty()
        ? Optional.empty()
        : problem(
            "NameConflict",
            "FlameRunners of other owners have the names of ordinals "
                + seen.taken()
                + "; delete or rename them");
  }

  /** Others have room: nothing waits for it. */
  private Optional<Problem> partly() {
    if (seen.refused().isEmpty()) {
      return Optional.empty();
    }
    return problem(
        "PartlyRefused",
        seen.refused().stream()
            .map(
                refused ->
                    "%s is left alone until %s, others are used: %s"
                        .formatted(refused.name(), refused.until(), refused.words()))
            .collect(Collectors.joining("; ")));
  }

  /**
   * A refusal stands until a later machine disproves it or the spec changed: its runner is gone by
   * then, the condition remembers it.
   */
  private Optional<Problem> standing(String type, Set<EndReason> reasons) {
    Optional<Problem> fresh =
        plan.ended().stream()
            .filter(seen::current)
            .filter(runner -> runner.reason().map(reasons::contains).orElse(false))
            .findFirst()
            .map(
                runner ->
                    new Problem(
                        runner.reason().orElseThrow().name(), text(runner.status().message())));
    if (fresh.isPresent()) {
      return fresh;
    }
    if (seen.specChanged()) {
      return Optional.empty();
    }
    return Conditions.find(before, type)
        .filter(condition -> "False".equals(condition.getStatus()))
        .filter(
            condition ->
                EndReason.of(condition.getReason())
                    .filter(reasons::contains)
                    .filter(reason -> !disproved(reason))
                    .isPresent())
        .map(condition -> new Problem(condition.getReason(), condition.getMessage()));
  }

  /**
   * A cloud that accepts machines may still be one that nothing can be reached in; an API server
   * accepts every Pod, whether a node will ever have it or not.
   */
  private boolean disproved(EndReason reason) {
    return seen.runners().stream()
        .filter(runner -> runner.live() && seen.current(runner))
        .anyMatch(
            runner ->
                (reason == EndReason.NoRoute || runner.runner().getSpec().backend().pod() != null)
                    ? runner.phase() == Phase.Ready || runner.phase() == Phase.Draining
                    : runner.phase() != Phase.Pending);
  }

  private Optional<Problem> boot() {
    if (!plan.health().failing()) {
      return Optional.empty();
    }
    String last =
        failures.isEmpty()
            ? ""
            : ": "
                + failures.get(failures.size() - 1).reason()
                + ", "
                + text(failures.get(failures.size() - 1).message());
    return problem(
        "BootFailing",
        plan.health().failures()
            + " boots in a row failed; the next is tried at "
            + plan.health().until()
            + last);
  }

  private Condition condition(
      String type, Optional<Problem> problem, String reason, String message) {
    return Conditions.of(
        type,
        problem.isEmpty() ? "True" : "False",
        problem.map(Problem::reason).orElse(reason),
        problem.map(Problem::message).orElse(message),
        seen.pool().getMetadata().getGeneration(),
        before,
        seen.now());
  }

  private static Optional<Problem> problem(String reason, String message) {
    return Optional.of(new Problem(reason, message));
  }

  private static String text(@org.jspecify.annotations.Nullable String message) {
    return message == null ? "" : message;
  }
}
