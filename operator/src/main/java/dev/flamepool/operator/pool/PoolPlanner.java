package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePoolStatus.Refusal;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.runner.EndReason;
import dev.flamepool.operator.scaling.DesiredRunners;
import dev.flamepool.operator.scaling.LiveCallers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PrimitiveIterator;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Decides which runners a pool gets and which must go: a pure function of the observation (DESIGN
 * sections 3 and 4). A runner that merely is not needed is never picked: it ends itself when idle.
 */
final class PoolPlanner {
  private final PoolObservation seen;
  private final BootHealth health;
  private final List<RunnerView> ended;
  private final List<Instant> wakes = new ArrayList<>();

  private PoolPlanner(PoolObservation seen, DoubleSupplier random) {
    this.seen = seen;
    this.ended = seen.runners().stream().filter(RunnerView::ended).toList();
    this.health = health(random);
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
        health,
        ended,
        Optional.ofNullable(seen.status().minIdledAt()).map(Instant::parse),
        wake());
  }

  private PoolPlan size() {
    int max = seen.spec().maxOrDefault();
    int min = seen.spec().minOrDefault();
    boolean known = !seen.revisions().isEmpty();
    List<RunnerView> live = seen.runners().stream().filter(RunnerView::live).toList();
    List<RunnerView> within = live.stream().filter(runner -> runner.ordinal() < max).toList();
    List<RunnerView> current =
        within.stream().filter(runner -> !known || seen.current(runner)).toList();
    Optional<Instant> minIdledAt = minIdledAt(min, current);
    int floor = minIdledAt.isPresent() ? 0 : min;
    Optional<Allocation> allocation =
        known ? Optional.of(new Allocation(seen, within, floor)) : Optional.empty();
    int needed =
        allocation
            .map(a -> a.targets().values().stream().mapToInt(Integer::intValue).sum())
            .orElseGet(() -> seen.demand().runners(seen.values().maxConcurrency()));
    Optional<Integer> held =
        seen.heard() ? Optional.empty() : Optional.ofNullable(seen.status().desired());
    int desired = DesiredRunners.desired(needed, floor, max, held);
    seen.demand().nextExpiry().ifPresent(wakes::add);
    List<PoolPlan.Creation> create =
        allocation.map(a -> create(a.missing(), current, max)).orElse(List.of());
    Map<RunnerView, EndReason> drain = new LinkedHashMap<>();
    List<RunnerView> delete = new ArrayList<>(ended);
    live.stream()
        .filter(runner -> runner.ordinal() >= max)
        .forEach(runner -> withdraw(runner, EndReason.MaxLowered, drain, delete));
    allocation.stream()
        .flatMap(
            a ->
                new Drift(seen, a, within, free(max).findAny().isEmpty(), health.failing())
                    .withdrawn(desired).stream())
        .forEach(runner -> withdraw(runner, EndReason.SpecChanged, drain, delete));
    Set<String> kept = current.stream().limit(min).map(RunnerView::uid).collect(Collectors.toSet());
    List<Refusal> refusals = allocation.map(Allocation::refusals).orElse(List.of());
    refusals.forEach(refusal -> wakes.add(Instant.parse(refusal.until())));
    return new PoolPlan(
        desired,
        create,
        allocation.map(Allocation::targets).orElse(Map.of()),
        refusals,
        drain,
        List.copyOf(delete),
        Optional.of(kept),
        health,
        ended,
        minIdledAt,
        wake());
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

  /** The lowest free ordinals, for as many of the missing runners as may be booted now. */
  private List<PoolPlan.Creation> create(
      List<Allocation.Missing> missing, List<RunnerView> current, int max) {
    boolean withheld = seen.withheld().filter(one -> one.holds(seen.now())).isPresent();
    seen.withheld().ifPresent(one -> wakes.add(withheld ? one.until() : one.forgotten()));
    if (withheld) {
      return List.of();
    }
    PrimitiveIterator.OfInt ordinals = free(max).iterator();
    List<PoolPlan.Creation> create = new ArrayList<>();
    int newest = missing.isEmpty() ? 0 : newestAllowed(current);
    boolean older = missing.isEmpty() || olderAllowed();
    seen.refused().forEach(refused -> wakes.add(refused.until()));
    for (Allocation.Missing one : missing) {
      Instant blocked = seen.blocked().get(one.from().name());
      if (blocked != null) {
        wakes.add(blocked);
        continue;
      }
      boolean isNewest = seen.revisions().contains(one.from());
      if (!ordinals.hasNext() || (isNewest ? newest-- <= 0 : !older)) {
        continue;
      }
      create.add(new PoolPlan.Creation(ordinals.nextInt(), one.from(), one.wanted()));
    }
    return create;
  }

  /** How many runners of the newest may be booted now: while boots fail, one probe at a time. */
  private int newestAllowed(List<RunnerView> current) {
    if (!health.failing()) {
      return Integer.MAX_VALUE;
    }
    boolean due = !seen.now().isBefore(health.until());
    if (!due) {
      wakes.add(health.until());
    }
    return due && current.stream().noneMatch(RunnerView::booting) ? 1 : 0;
  }

  /**
   * Whether runners of older revisions may be booted now. The health of boots is that of the
   * newest, which must not hold back what is known to work; so only a pause after a failure.
   */
  private boolean olderAllowed() {
    Optional<Instant> again =
        PoolFailures.lastBoot(seen.status(), ended).map(at -> at.plus(BootHealth.STABLE));
    again.filter(at -> at.isAfter(seen.now())).ifPresent(wakes::add);
    return again.isEmpty() || !again.get().isAfter(seen.now());
  }

  private IntStream free(int max) {
    Set<Integer> used = new HashSet<>(seen.taken());
    seen.runners().forEach(runner -> used.add(runner.ordinal()));
    return IntStream.range(0, max).filter(ordinal -> !used.contains(ordinal));
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

  private BootHealth health(DoubleSupplier random) {
    List<BootHealth.Failure> failed =
        ended.stream()
            .filter(seen::current)
            .filter(runner -> !PoolFailures.recorded(seen.status(), runner))
            .filter(PoolPlanner::spoiltBoot)
            .map(
                runner ->
                    new BootHealth.Failure(
                        runner.since(),
                        runner.reason().map(EndReason::kind).orElseThrow() == EndReason.Kind.REFUSED
                            && runner.reason().get() != EndReason.InsufficientCapacity))
            .toList();
    List<Instant> readySince =
        seen.runners().stream()
            .filter(RunnerView::ready)
            .filter(seen::current)
            .map(RunnerView::since)
            .toList();
    BootHealth next =
        BootHealth.next(
            seen.specChanged() || otherRevision() ? null : seen.status().bootBackoff(),
            failed,
            PoolFailures.last(seen.status(), ended),
            readySince,
            seen.now(),
            random);
    if (next.failures() > 0) {
      readySince.stream()
          .map(since -> since.plus(BootHealth.STABLE))
          .filter(stable -> stable.isAfter(seen.now()))
          .forEach(wakes::add);
    }
    return next;
  }

  private boolean otherRevision() {
    return !seen.revisions().isEmpty()
        && seen.status().revisions() != null
        && !seen.status().revisions().isEmpty()
        && !seen.status().revisions().get(0).name().equals(seen.revisions().get(0).name());
  }

  /** A boot that failed, or a runner that crashed as soon as it was ready. */
  private static boolean spoiltBoot(RunnerView runner) {
    EndReason reason = runner.reason().orElse(EndReason.Idle);
    return switch (reason.kind()) {
      case BOOT_FAILURE -> true;
      case REFUSED -> reason != EndReason.InsufficientCapacity;
      case LOST -> runner.since().isBefore(runner.created().plus(BootHealth.STABLE));
      case ORDERLY, VOLUNTARY -> false;
    };
  }

  private Optional<Instant> wake() {
    if (!seen.heard() && seen.status().desired() != null && seen.status().desired() > 0) {
      wakes.add(seen.now().plus(LiveCallers.EXPIRY));
    }
    return wakes.stream().min(Instant::compareTo);
  }
}
