package dev.flamepool.operator.pool;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which runners of older revisions go now. Pure.
 *
 * @param allocation who needs which revision
 * @param live the runners that count, within {@code max}
 * @param full whether no ordinal is free
 * @param failing whether boots of the newest fail
 */
record Drift(
    PoolObservation seen,
    Allocation allocation,
    List<RunnerView> live,
    boolean full,
    boolean failing) {
  /**
   * Those to withdraw. Runners whose code version a live caller has and the newest does not yield
   * stay, until they idle. Of the others those that do not boot any more are no loss; ready ones
   * stay until a newer one serves in their place, or until an ordinal is needed.
   *
   * @param desired size of the pool
   */
  List<RunnerView> withdrawn(int desired) {
    List<RunnerView> old = live.stream().filter(runner -> !seen.current(runner)).toList();
    List<RunnerView> replaceable =
        old.stream().filter(runner -> !allocation.isNeeded(runner)).toList();
    List<RunnerView> serving =
        replaceable.stream()
            .filter(RunnerView::ready)
            .sorted(Comparator.comparingInt(RunnerView::ordinal))
            .toList();
    if (isBlocking() && replaceable.isEmpty()) {
      return room(old);
    }
    long newer = live.stream().filter(seen::current).filter(RunnerView::ready).count();
    int needed = old.size() - replaceable.size();
    long stay = Math.max(0, Math.min(serving.size(), desired - newer - needed));
    if (isBlocking() && stay == serving.size() && stay > 0) {
      stay--;
    }
    return Stream.concat(
            replaceable.stream().filter(runner -> !runner.ready()), serving.stream().skip(stay))
        .toList();
  }

  /** Whether the newest lacks a runner, and has no ordinal for it, now or soon. */
  private boolean isBlocking() {
    return full
        && allocation.missing().stream().anyMatch(one -> seen.isCurrent(one.from().name()))
        && live.stream().filter(seen::current).noneMatch(RunnerView::booting)
        && seen.runners().stream().allMatch(RunnerView::live);
  }

  /**
   * All places are taken by runners that are needed, as far as is known: one of several makes room
   * for the newest to say what it runs, or a change of the spec would never come into force while
   * there are calls.
   */
  private List<RunnerView> room(List<RunnerView> needed) {
    List<RunnerView> ready = needed.stream().filter(RunnerView::ready).toList();
    return seen.known().get(0).heard().isPresent() || failing || ready.size() < 2
        ? List.of()
        : ready.subList(ready.size() - 1, ready.size());
  }
}
