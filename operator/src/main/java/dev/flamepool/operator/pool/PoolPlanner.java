package dev.flamepool.operator.pool;

import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.runner.EndReason;
import dev.flamepool.operator.scaling.DesiredRunners;
import dev.flamepool.operator.scaling.LiveCallers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides which runners a pool gets and which must go: a pure function of the observation. A runner
 * that merely is not needed is never picked: it ends itself when idle.
 */
final class PoolPlanner {
  /** Demand that has gone may come back within this time, as when a call is tried again. */
  static final Duration EXCESS = Duration.ofSeconds(5);

  private static final Duration TAKEN = Duration.ofSeconds(30);

  private final PoolObservation seen;
  private final List<RunnerView> ended;
  private final Setbacks setbacks;
  private final List<Instant> wakes = new ArrayList<>();

  private PoolPlanner(PoolObservation seen, DoubleSupplier random) {
    this.seen = seen;
    this.ended = seen.runners().stream().filter(RunnerView::ended).toList();
    this.setbacks = Setbacks.of(seen, ended, random);
  }

  /**
   * Decides.
   *
   * @param random 0 to 1, for jitter
   */
  static PoolPlan plan(PoolObservation seen, DoubleSupplier random) {
    PoolPlanner planner = new PoolPlanner(seen, random);
    if (seen.deleting() || (seen.invalid().isEmpty() && seen.spec().isSuspended())) {
      return planner.nothing(
          seen.runners().stream().filter(runner -> !runner.deleting()).toList(),
          Optional.of(Set.of()));
    }
    if (seen.invalid().isPresent() || seen.values() == null) {
      return planner.nothing(planner.ended, Optional.empty());
    }
    return planner.size();
  }

  /** No new runners; these go. */
  private PoolPlan nothing(List<RunnerView> delete, Optional<Set<String>> kept) {
    int desired = kept.isPresent() || seen.status().desired() == null ? 0 : seen.status().desired();
    return new PoolPlan(
        desired,
        List.of(),
        Map.of(),
        List.of(),
        Map.of(),
        delete,
        kept,
        setbacks.health(),
        ended,
        Optional.ofNullable(seen.status().minIdledAt()).map(Instant::parse),
        setbacks.lessons(),
        wake());
  }

  private PoolPlan size() {
    int max = seen.spec().maxOrDefault();
    int min = seen.spec().minOrDefault();
    boolean known = !seen.revisions().isEmpty();
    List<RunnerView> all = seen.runners().stream().filter(RunnerView::live).toList();
    List<RunnerView> live = all.stream().filter(one -> !one.isRevoked(seen.authority())).toList();
    List<RunnerView> within = live.stream().filter(runner -> runner.ordinal() < max).toList();
    List<RunnerView> current =
        within.stream().filter(runner -> !known || seen.current(runner)).toList();
    Optional<Instant> minIdledAt = minIdledAt(min, current);
    int floor = minIdledAt.isPresent() ? 0 : floor(min, current.size());
    int needed = known ? 0 : seen.demand().runners(seen.values().maxConcurrency());
    seen.demand().nextExpiry().ifPresent(wakes::add);
    Map<RunnerView, EndReason> drain = new LinkedHashMap<>();
    List<RunnerView> delete = new ArrayList<>(ended);
    all.stream()
        .filter(runner -> runner.isRevoked(seen.authority()))
        .forEach(runner -> withdraw(runner, EndReason.Revoked, drain, delete));
    live.stream()
        .filter(runner -> runner.ordinal() >= max)
        .forEach(runner -> withdraw(runner, EndReason.MaxLowered, drain, delete));
    if (!known) {
      return plan(
          desired(needed, floor, max),
          Optional.empty(),
          List.of(),
          drain,
          delete,
          current,
          minIdledAt,
          setbacks.lessons());
    }
    Allocation allocation = new Allocation(seen, within, floor);
    wakes.addAll(allocation.again());
    needed = allocation.targets().values().stream().mapToInt(Integer::intValue).sum();
    int desired = desired(needed, floor, max);
    boolean full = seen.freeOrdinals().findAny().isEmpty();
    seen.refused().forEach(refused -> wakes.add(refused.until()));
    if (!seen.taken().isEmpty()) {
      wakes.add(seen.now().plus(TAKEN)); // nobody says when a name is free
    }
    seen.withheld()
        .ifPresent(one -> wakes.add(one.holds(seen.now()) ? one.until() : one.forgotten()));
    Gate gate = new Gate(seen, setbacks, wakes::add);
    Starvation starvation = Starvation.of(seen, allocation, full);
    starvation.wakes().forEach(wakes::add);
    List<PoolPlan.Creation> create =
        gate.open(inTurn(allocation.missing(), starvation), within, seen.freeOrdinals().iterator());
    new Drift(seen, allocation, within, full, setbacks.health().failing())
        .withdrawn(desired)
        .forEach(runner -> withdraw(runner, EndReason.SpecChanged, drain, delete));
    if (drain.isEmpty()) {
      starvation
          .yielding(within, gate::isOpen)
          .ifPresent(runner -> withdraw(runner, EndReason.MadeRoom, drain, delete));
    }
    Optional<Instant> excessSince = excess(allocation.excess(), delete);
    allocation.refusals().forEach(refusal -> wakes.add(Instant.parse(refusal.until())));
    return plan(
        desired,
        Optional.of(allocation),
        create,
        drain,
        delete,
        current,
        minIdledAt,
        setbacks.lessons(!create.isEmpty(), starvation.since(), excessSince));
  }

  private PoolPlan plan(
      int desired,
      Optional<Allocation> allocation,
      List<PoolPlan.Creation> create,
      Map<RunnerView, EndReason> drain,
      List<RunnerView> delete,
      List<RunnerView> current,
      Optional<Instant> minIdledAt,
      Lessons lessons) {
    return new PoolPlan(
        desired,
        create,
        allocation.map(Allocation::targets).orElse(Map.of()),
        allocation.map(Allocation::refusals).orElse(List.of()),
        drain,
        List.copyOf(delete),
        Optional.of(
            current.stream()
                .limit(seen.spec().minOrDefault())
                .map(RunnerView::uid)
                .collect(Collectors.toSet())),
        setbacks.health(),
        ended,
        minIdledAt,
        lessons,
        wake());
  }

  private int desired(int needed, int floor, int max) {
    Optional<Integer> held =
        seen.heard() ? Optional.empty() : Optional.ofNullable(seen.status().desired());
    return DesiredRunners.desired(needed, floor, max, held);
  }

  /** How many runners there are without any demand: no more than there are while they crash. */
  private int floor(int min, int there) {
    if (setbacks.crashes().mayReplace(seen.now())) {
      return min;
    }
    wakes.add(setbacks.crashes().until());
    return Math.min(min, there);
  }

  /** What is missing, with one runner for each version that has waited for too long first. */
  private static List<Allocation.Missing> inTurn(
      List<Allocation.Missing> missing, Starvation starvation) {
    List<Allocation.Missing> first = new ArrayList<>();
    for (String version : starvation.due()) {
      missing.stream()
          .filter(one -> one.versions().contains(version) && !first.contains(one))
          .findFirst()
          .ifPresent(first::add);
    }
    List<Allocation.Missing> rest = new ArrayList<>(missing);
    first.forEach(rest::remove);
    return Stream.concat(first.stream(), rest.stream()).toList();
  }

  /**
   * Runners that wait for something outside, and that nobody has waited for for a while, go: what
   * they wait for may be bought for nobody.
   *
   * @return since when there have been runners on their way that nobody waits for
   */
  private Optional<Instant> excess(List<RunnerView> excess, List<RunnerView> delete) {
    List<RunnerView> held =
        excess.stream()
            .filter(RunnerView::isHeld)
            .filter(runner -> !Waiting.SECRETS.contains(runner.status().reason()))
            .toList();
    if (held.isEmpty() || !seen.heard()) {
      return Optional.empty();
    }
    Instant since = seen.lessons().excessSince().orElse(seen.now());
    Instant due = since.plus(EXCESS);
    if (seen.now().isBefore(due)) {
      wakes.add(due);
    } else {
      held.stream().filter(runner -> !delete.contains(runner)).forEach(delete::add);
    }
    return Optional.of(since);
  }

  private static void withdraw(
      RunnerView runner,
      EndReason reason,
      Map<RunnerView, EndReason> drain,
      List<RunnerView> delete) {
    if (runner.phase() == Phase.Ready) {
      drain.put(runner, reason);
    } else {
      delete.add(runner);
    }
  }

  /**
   * Since when the pool is below {@code min} because its kept runners idled: until there is new
   * demand, or its spec changes.
   */
  private Optional<Instant> minIdledAt(int min, List<RunnerView> current) {
    Optional<Instant> stored = Optional.ofNullable(seen.status().minIdledAt()).map(Instant::parse);
    if (seen.specChanged() || min == 0) {
      stored = Optional.empty();
    }
    boolean mayIdle =
        seen.spec().minIdleShutdownAfter() != null
            && !dev.flamepool.api.Durations.NEVER.equals(seen.spec().minIdleShutdownAfter());
    if (mayIdle && current.size() < min) {
      stored =
          Stream.concat(
                  stored.stream(),
                  ended.stream()
                      .filter(runner -> runner.reason().equals(Optional.of(EndReason.Idle)))
                      .filter(this::wasKept)
                      .map(RunnerView::since))
              .max(Instant::compareTo);
    }
    return stored.filter(at -> !seen.demand().calledAfter(at).any());
  }

  private boolean wasKept(RunnerView runner) {
    return seen.keptBefore().isEmpty() || seen.keptBefore().contains(runner.uid());
  }

  private Optional<Instant> wake() {
    if (!seen.heard() && seen.status().desired() != null && seen.status().desired() > 0) {
      wakes.add(seen.now().plus(LiveCallers.EXPIRY));
    }
    return wakes.stream().min(Instant::compareTo);
  }
}
