package dev.flamepool.operator.pool;

import dev.flamepool.api.FlamePoolStatus;
import dev.flamepool.api.FlamePoolStatus.Failure;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.runner.EndReason;
import dev.flamepool.operator.runner.EndReason.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The pool's record of its last failed runners, newest last. A failure is known by runner and time,
 * so that recording it again after a crash changes nothing.
 */
final class PoolFailures {
  static final int LIMIT = 5;

  /** An Event's message has 1,024 characters. */
  private static final int EVENT_LINES = 4;

  private static final int EVENT_LINE = 120;

  private PoolFailures() {}

  static boolean recorded(FlamePoolStatus status, RunnerView runner) {
    return list(status).stream().anyMatch(failure -> same(failure, runner));
  }

  /**
   * The record with what has ended since. Who has lost a runner waits to read why: that is recorded
   * also of one that is being deleted.
   */
  static List<Failure> with(PoolObservation seen, List<RunnerView> ended) {
    List<Failure> fresh =
        seen.runners().stream()
            .filter(runner -> ended.contains(runner) || isBeingLost(runner))
            .filter(runner -> isFailure(seen, runner))
            .filter(runner -> !recorded(seen.status(), runner))
            .sorted(Comparator.comparing(RunnerView::since))
            .map(PoolFailures::failure)
            .toList();
    List<Failure> failures = new ArrayList<>(list(seen.status()));
    failures.removeIf(
        old -> fresh.stream().anyMatch(one -> one.uid() != null && one.uid().equals(old.uid())));
    failures.addAll(fresh);
    return List.copyOf(failures.subList(Math.max(0, failures.size() - LIMIT), failures.size()));
  }

  private static boolean isBeingLost(RunnerView runner) {
    return runner.wasReady() && runner.phase() == Phase.Stopping;
  }

  /** Whether a runner's end is to be told: also one in order, before it was ever ready. */
  static boolean isFailure(PoolObservation seen, RunnerView runner) {
    return runner.reason().map(EndReason::isFailure).orElse(false) || seen.failedToBoot(runner);
  }

  /** The last runner that failed to boot. */
  static Optional<Failure> lastBoot(List<Failure> failures) {
    return failures.stream()
        .filter(failure -> failure.time() != null)
        .filter(
            failure ->
                EndReason.of(failure.reason())
                    .map(EndReason::kind)
                    // Ends in order are only there for runners that were never ready.
                    .filter(kind -> kind == Kind.BOOT_FAILURE || kind == Kind.ORDERLY)
                    .isPresent())
        .max(Comparator.comparing(PoolFailures::time));
  }

  /** When that was. */
  static Instant time(Failure failure) {
    return Instant.parse(failure.time());
  }

  private static List<Failure> list(FlamePoolStatus status) {
    return status.recentFailures() == null ? List.of() : status.recentFailures();
  }

  private static boolean same(Failure failure, RunnerView runner) {
    return failure.runner().equals(runner.name())
        && (failure.uid() == null || failure.uid().equals(runner.uid()))
        && runner.since().toString().equals(failure.time());
  }

  /** The end of what a runner wrote, for an Event, which has less room than the record. */
  static List<String> lastWords(RunnerView runner) {
    List<String> log = runner.status().log() == null ? List.of() : runner.status().log();
    return log.subList(Math.max(0, log.size() - EVENT_LINES), log.size()).stream()
        .map(line -> line.length() <= EVENT_LINE ? line : line.substring(0, EVENT_LINE))
        .toList();
  }

  private static Failure failure(RunnerView runner) {
    return new Failure(
        runner.name(),
        runner.runner().getMetadata().getUid(),
        runner.runner().getSpec().backend().name(),
        runner.status().reason(),
        runner.status().message(),
        runner.since().toString(),
        runner.status().log());
  }
}
