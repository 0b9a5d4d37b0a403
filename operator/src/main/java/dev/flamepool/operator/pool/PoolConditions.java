package dev.flamepool.operator.pool;

import static dev.flamepool.api.ConditionTypes.BACKEND_READY;
import static dev.flamepool.api.ConditionTypes.BOOT_HEALTHY;
import static dev.flamepool.api.ConditionTypes.CAPACITY_AVAILABLE;
import static dev.flamepool.api.ConditionTypes.CODE_VERSION_MISMATCH;
import static dev.flamepool.api.ConditionTypes.READY;
import static dev.flamepool.api.ConditionTypes.RUNNERS_REACHABLE;

import dev.flamepool.api.FlamePoolStatus.Failure;
import dev.flamepool.api.FlamePoolStatus.Refusal;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.cluster.Conditions;
import dev.flamepool.operator.runner.RunnerStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is true of a pool, in conditions with stable reasons. {@code Ready} means that a call made
 * now would be served, also with zero runners. What only the next try can tell is {@code Unknown}.
 * Pure.
 */
final class PoolConditions {
  private static final int MAX_VERSIONS = 5;

  private final PoolObservation seen;
  private final PoolPlan plan;
  private final List<Condition> before;
  private final Optional<Problem> backend;
  private final CapacityProblems capacityProblems;
  private final Optional<Problem> capacity;
  private final Optional<Problem> boot;
  private final Optional<Problem> mismatch;

  private PoolConditions(PoolObservation seen, PoolPlan plan, List<Failure> failures) {
    this.seen = seen;
    this.plan = plan;
    this.before = seen.status().conditions() == null ? List.of() : seen.status().conditions();
    LastRefusal refused = new LastRefusal(seen, plan, failures);
    this.backend = new BackendProblems(seen, refused).find();
    this.capacityProblems = new CapacityProblems(seen, plan, refused);
    this.capacity = capacityProblems.find();
    this.boot = new BootProblems(seen, plan, failures).find();
    this.mismatch = findMismatch();
  }

  static List<Condition> of(PoolObservation seen, PoolPlan plan, List<Failure> failures) {
    return new PoolConditions(seen, plan, failures).all();
  }

  /** Whether there is anything that {@link #troubles} tells of. */
  static boolean isTrouble(List<Condition> conditions) {
    return conditions.stream()
        .filter(condition -> !condition.getType().equals(READY))
        .anyMatch(
            condition ->
                !condition.getStatus().equals("True")
                    || condition.getType().equals(CODE_VERSION_MISMATCH));
  }

  /** What is wrong beside readiness itself, and beside what passes in a moment. */
  static List<Problem> troubles(PoolObservation seen, PoolPlan plan) {
    PoolConditions all = new PoolConditions(seen, plan, PoolFailures.with(seen, plan.ended()));
    List<Problem> troubles = new ArrayList<>();
    all.backend.ifPresent(troubles::add);
    all.capacity.ifPresent(troubles::add);
    all.boot
        .filter(problem -> plan.health().failing() || BootProblems.SLOW.contains(problem.reason()))
        .ifPresent(troubles::add);
    all.cutOff().ifPresent(troubles::add);
    all.mismatch.ifPresent(troubles::add);
    return List.copyOf(troubles);
  }

  private List<Condition> all() {
    List<Condition> all = new ArrayList<>();
    all.add(ready());
    all.add(
        backend
            .map(problem -> condition(BACKEND_READY, problem))
            .orElseGet(() -> condition(BACKEND_READY, "True", accepted())));
    all.add(
        capacity
            .map(problem -> condition(CAPACITY_AVAILABLE, problem))
            .orElseGet(
                () ->
                    condition(
                        CAPACITY_AVAILABLE,
                        "True",
                        new Problem("Available", "no place has refused a machine of late"))));
    all.add(
        boot.map(problem -> condition(BOOT_HEALTHY, problem))
            .orElseGet(
                () ->
                    condition(
                        BOOT_HEALTHY,
                        "True",
                        new Problem(
                            "Healthy", "no boot has failed since the last that succeeded"))));
    cutOff().ifPresent(problem -> all.add(condition(RUNNERS_REACHABLE, problem)));
    mismatch.ifPresent(problem -> all.add(condition(CODE_VERSION_MISMATCH, "True", problem)));
    return List.copyOf(all);
  }

  /** Runners can be made, if not from every entry. */
  private Problem accepted() {
    return seen.backendProblem()
        .map(
            problem ->
                new Problem(
                    "PartlyAccepted", "an entry is left out, others serve: " + problem.words()))
        .orElseGet(() -> new Problem("Accepted", "the backends can be used"));
  }

  private Condition ready() {
    Optional<Problem> refused = unservable();
    if (refused.isPresent()) {
      return condition(READY, refused.get());
    }
    long ready = seen.runners().stream().filter(plan::publishes).count();
    if (ready > 0) {
      return condition(READY, "True", new Problem("Serving", count(ready) + " ready"));
    }
    Optional<Problem> hopeless =
        backend
            .filter(problem -> !problem.reason().equals(BackendProblems.RUNNER_WAITS))
            .or(() -> boot.filter(problem -> plan.health().failing()));
    if (hopeless.isPresent()) {
      return condition(READY, hopeless.get());
    }
    Optional<Problem> room = capacity.filter(capacityProblems::isTotal);
    long booting = booting(room.isPresent());
    if (booting > 0) {
      return condition(READY, "True", new Problem("Booting", count(booting) + " booting"));
    }
    if (room.isPresent()) {
      return condition(READY, room.get());
    }
    return Waiting.first(seen)
        .map(waiting -> condition(READY, "True", new Problem("Booting", waiting)))
        .orElseGet(
            () ->
                condition(
                    READY,
                    "True",
                    new Problem("Idle", "there are no runners; the next call boots one")));
  }

  /**
   * Runners that nothing holds up.
   *
   * @param refused whether machines were refused of late: then one that has none yet may get none
   */
  private long booting(boolean refused) {
    long booting =
        seen.runners().stream()
            .filter(one -> one.booting() && !one.isHeld())
            .filter(one -> !refused || one.phase() == Phase.Booting)
            .count();
    return refused ? booting : booting + plan.create().size();
  }

  private static String count(long runners) {
    return runners == 1 ? "1 runner is" : runners + " runners are";
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
        .filter(runner -> runner.status().message() != null)
        .filter(runner -> runner.status().message().startsWith(RunnerStatus.CANNOT_END))
        .findFirst()
        .map(runner -> "; " + runner.name() + ": " + runner.status().message())
        .orElse("");
  }

  private Optional<Problem> cutOff() {
    return seen.cutOff() == 0
        ? Optional.empty()
        : problem(
            "OperatorCutOff",
            ("the operator cannot reach %d of its runners, and most others that it could reach: it takes"
                    + " that for its own trouble and ends none; look at the operator's network")
                .formatted(seen.cutOff()));
  }

  /** Only while a live caller has such a version. */
  private Optional<Problem> findMismatch() {
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
    String more =
        theirs.size() > MAX_VERSIONS ? " and %d more".formatted(theirs.size() - MAX_VERSIONS) : "";
    return problem(
        CODE_VERSION_MISMATCH,
        "callers run code version %s, which no revision of the pool yields; the newest, %s, yields %s; give the pool their image or class path"
            .formatted(
                String.join(", ", theirs.subList(0, Math.min(theirs.size(), MAX_VERSIONS))) + more,
                newest.name(),
                newest.codeVersion().orElse("another")));
  }

  private Condition condition(String type, Problem problem) {
    return condition(type, problem.certain() ? "False" : "Unknown", problem);
  }

  private Condition condition(String type, String status, Problem said) {
    return Conditions.of(
        type,
        status,
        said.reason(),
        said.message(),
        seen.pool().getMetadata().getGeneration(),
        before,
        seen.now());
  }

  private static Optional<Problem> problem(String reason, String words) {
    return Optional.of(new Problem(reason, words));
  }
}
