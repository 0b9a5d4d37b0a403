package dev.flamepool.operator.pool;

import dev.flamepool.operator.runner.EndReason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * What the runners that ended since the last plan say, each about one thing only: whether boots
 * succeed, whether machines can be had, whether runners that boot stay. Pure.
 *
 * @param waiting calls that wait for a runner
 * @param lastBoot when a boot failed last
 */
record Setbacks(
    BootHealth health, Retries retries, Crashes crashes, int waiting, Optional<Instant> lastBoot) {
  /**
   * Looks at what ended.
   *
   * @param random 0 to 1, for jitter
   */
  static Setbacks of(PoolObservation seen, List<RunnerView> ended, DoubleSupplier random) {
    List<RunnerView> fresh =
        ended.stream()
            .filter(seen::current)
            .filter(runner -> !PoolFailures.recorded(seen.status(), runner))
            .toList();
    Optional<Instant> lastBoot =
        PoolFailures.lastBoot(PoolFailures.with(seen, ended)).map(PoolFailures::time);
    boolean anew = seen.specChanged() || isAnotherRevision(seen);
    BootHealth health =
        BootHealth.next(
            anew ? null : seen.status().bootBackoff(),
            (int) fresh.stream().filter(seen::failedToBoot).count(),
            lastBoot,
            booted(seen),
            seen.now(),
            random);
    return new Setbacks(
        health,
        anew ? Retries.NONE : retries(seen, fresh, random),
        anew ? Crashes.NONE : crashes(seen, fresh, random),
        seen.demand().queued(),
        lastBoot);
  }

  /** What a plan that makes no runners has learnt. */
  Lessons lessons() {
    return lessons(false, Map.of(), Optional.empty());
  }

  /** What a plan has learnt; see there. */
  Lessons lessons(boolean tried, Map<String, Instant> starving, Optional<Instant> excessSince) {
    return new Lessons(tried ? retries.tried(waiting) : retries, crashes, starving, excessSince);
  }

  /** When runners booted: exactly known of those that are ready, else not before they were made. */
  private static List<Instant> booted(PoolObservation seen) {
    return seen.runners().stream()
        .filter(seen::current)
        .filter(RunnerView::wasReady)
        .map(runner -> runner.ready() ? runner.since() : runner.created())
        .toList();
  }

  private static Retries retries(
      PoolObservation seen, List<RunnerView> fresh, DoubleSupplier random) {
    Retries before = seen.lessons().retries();
    return before.next(
        fresh.stream()
            .flatMap(runner -> runner.reason().stream())
            .filter(reason -> reason.kind() == EndReason.Kind.REFUSED)
            .toList(),
        seen.runners().stream().anyMatch(runner -> runner.isServedAfter(before.last())),
        seen.demand().queued(),
        seen.now(),
        random);
  }

  private static Crashes crashes(
      PoolObservation seen, List<RunnerView> fresh, DoubleSupplier random) {
    List<Instant> readySince =
        seen.runners().stream()
            .filter(RunnerView::ready)
            .filter(seen::current)
            .map(RunnerView::since)
            .toList();
    return seen.lessons()
        .crashes()
        .next(
            (int) fresh.stream().filter(Setbacks::crashed).count(), readySince, seen.now(), random);
  }

  private static boolean crashed(RunnerView runner) {
    return runner.wasReady()
        && runner.reason().map(EndReason::kind).equals(Optional.of(EndReason.Kind.LOST))
        && runner.since().isBefore(runner.created().plus(Crashes.STABLE));
  }

  /** Whether runners are made from something that was not known before, as of a FlameBackend. */
  private static boolean isAnotherRevision(PoolObservation seen) {
    return seen.status().revisions() != null
        && seen.revisions().stream()
            .anyMatch(
                revision ->
                    seen.status().revisions().stream()
                        .noneMatch(known -> known.name().equals(revision.name())));
  }
}
