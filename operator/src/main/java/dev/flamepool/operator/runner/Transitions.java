package dev.flamepool.operator.runner;

import static dev.flamepool.operator.runner.RunnerStatus.until;

import dev.flamepool.api.FlameRunnerStatus;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.Trouble;
import dev.flamepool.operator.control.RunnerReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** How a runner with a machine moves from phase to phase: a pure function of a sighting. */
final class Transitions {
  /** How long a runner whose machine runs may be out of reach before it is withdrawn. */
  static final Duration UNREACHABLE = Duration.ofSeconds(60);

  /** Why a runner that is ready has a reason: it is out of reach, and yet may be at work. */
  static final String NOT_REACHED = "NotReached";

  /** Callers get so long to see that a runner is withdrawn before idle counts as done. */
  static final Duration LAST_CALLS = Duration.ofSeconds(1);

  /** A runner listens long before its application has started; a reason is to be read in 10 s. */
  private static final Duration HELLO = Duration.ofSeconds(6);

  private static final Duration MIN_POLL = Duration.ofMillis(100);
  private static final Duration MAX_POLL = Duration.ofSeconds(2);

  /** What lasts for minutes or more is looked at so rarely. */
  private static final Duration LONG_POLL = Duration.ofSeconds(10);

  private static final Duration QUIET = Duration.ofSeconds(30);

  private Transitions() {}

  static Transition next(Sighting seen) {
    return switch (seen.status().phase()) {
      case Booting -> booting(seen);
      case Ready -> ready(seen);
      case Draining -> draining(seen);
      default -> throw new IllegalArgumentException("no transition in " + seen.status().phase());
    };
  }

  private static Transition booting(Sighting seen) {
    FlameRunnerStatus status = seen.status();
    if (seen.holding().ended()) {
      return neverReady(seen);
    }
    if (seen.says(RunnerReport.State.SERVING)) {
      return new Transition(
          RunnerStatus.ready(status, seen.report().orElseThrow().codeVersion(), seen.now()), QUIET);
    }
    Optional<Transition> leaving = leaving(seen);
    if (leaving.isPresent()) {
      return leaving.get();
    }
    Optional<Trouble> trouble = trouble(seen);
    Optional<EndReason> refusal = trouble.flatMap(Trouble::refusal).flatMap(EndReason::ofRefusal);
    Instant since = seen.since();
    Instant deadline = since.plus(seen.times().boot());
    boolean over = !seen.now().isBefore(deadline);
    if (refusal.isPresent() && (over || trouble.get().definite())) {
      return stopping(seen, refusal.get(), trouble.get().text(), List.of());
    }
    if (over && !seen.cutOff()) {
      return noRoute(seen)
          ? stopping(seen, EndReason.NoRoute, BootMessages.noRoute(seen), List.of())
          : stopping(seen, EndReason.BootTimeout, BootMessages.late(seen), List.of());
    }
    return new Transition(
        toldWhy(seen, trouble),
        over
            ? LONG_POLL
            : shorter(poll(Duration.between(since, seen.now())), until(deadline, seen.now())));
  }

  /** With the reason why it is not ready, if there is one to be told yet. */
  private static FlameRunnerStatus toldWhy(Sighting seen, Optional<Trouble> trouble) {
    if (trouble.isPresent()) {
      return RunnerStatus.held(seen.status(), trouble.get().reason(), trouble.get().words());
    }
    boolean late = BootMessages.isLate(seen);
    if (seen.connected()) {
      return late
          ? RunnerStatus.held(seen.status(), RunnerStatus.STARTING, BootMessages.starting(seen))
          : RunnerStatus.held(seen.status(), null, null);
    }
    String silence = isSilent(seen) ? BootMessages.silence(seen, late) : "";
    return silence.isEmpty()
        ? RunnerStatus.held(seen.status(), null, null)
        : RunnerStatus.held(seen.status(), RunnerStatus.NO_HELLO, silence);
  }

  /** Whether there should have been a hello from it, or an address where to wait for one. */
  private static boolean isSilent(Sighting seen) {
    Instant from = seen.unreachableSince() == null ? seen.since() : seen.unreachableSince();
    return !seen.now().isBefore(from.plus(HELLO));
  }

  /** A machine that was refused after it was accepted has not booted, and so has not failed to. */
  private static Transition neverReady(Sighting seen) {
    Optional<Trouble> trouble = trouble(seen);
    Optional<EndReason> refusal = trouble.flatMap(Trouble::refusal).flatMap(EndReason::ofRefusal);
    return refusal.isPresent()
        ? stopping(seen, refusal.get(), trouble.get().text(), List.of())
        : ended(seen, EndReason.BootFailed);
  }

  private static Optional<Trouble> trouble(Sighting seen) {
    return seen.holding().machine().flatMap(Machine::trouble);
  }

  private static Transition ready(Sighting seen) {
    Optional<Transition> leaving = leaving(seen);
    if (leaving.isPresent()) {
      return leaving.get();
    }
    if (seen.connected()) {
      return new Transition(unheld(seen.status()), QUIET);
    }
    if (seen.holding().ended()) {
      return ended(seen, EndReason.Lost);
    }
    Instant since = seen.unreachableSince() == null ? seen.now() : seen.unreachableSince();
    boolean over = !seen.now().isBefore(since.plus(UNREACHABLE));
    if (over && seen.cutOff()) {
      return new Transition(unheld(seen.status()), LONG_POLL);
    }
    if (over && seen.holding().machine().isEmpty()) {
      return held(seen, "and its backend does not say whether its machine runs");
    }
    if (over && seen.called()) {
      return held(seen, "but its callers report calls that may run on it");
    }
    if (over) {
      return new Transition(
          RunnerStatus.draining(
              seen.status(),
              EndReason.Unreachable,
              "its machine runs, but the operator has not reached it for "
                  + UNREACHABLE.toSeconds()
                  + " s: "
                  + seen.report().map(RunnerReport::problem).orElse("no answer"),
              seen.now()),
          MIN_POLL);
    }
    return new Transition(seen.status(), poll(Duration.between(since, seen.now())));
  }

  /** What cannot be known ends nothing, and is to be read. */
  private static Transition held(Sighting seen, String why) {
    return new Transition(
        RunnerStatus.held(
            seen.status(),
            NOT_REACHED,
            "the operator has not reached it for %d s, %s: it is left alone"
                .formatted(UNREACHABLE.toSeconds(), why)),
        LONG_POLL);
  }

  private static FlameRunnerStatus unheld(FlameRunnerStatus status) {
    return NOT_REACHED.equals(status.reason()) ? RunnerStatus.held(status, null, null) : status;
  }

  private static Transition draining(Sighting seen) {
    if (seen.holding().ended()) {
      return ended(seen, EndReason.Lost);
    }
    Instant since = seen.since();
    Instant deadline = since.plus(seen.times().drain());
    boolean done = seen.withdrawn() && seen.idle() && !seen.now().isBefore(since.plus(LAST_CALLS));
    if (done || !seen.now().isBefore(deadline)) {
      return stopping(
          seen,
          EndReason.of(seen.status().reason()).orElse(EndReason.Drained),
          seen.status().message() == null ? "" : seen.status().message(),
          List.of());
    }
    return new Transition(
        seen.status(),
        shorter(poll(Duration.between(since, seen.now())), until(deadline, seen.now())));
  }

  /** A runner that says itself that it ends: one that idles has nothing to finish. */
  private static Optional<Transition> leaving(Sighting seen) {
    if (!seen.says(RunnerReport.State.DRAINING) && !seen.says(RunnerReport.State.GONE)) {
      return Optional.empty();
    }
    RunnerReport report = seen.report().orElseThrow();
    EndReason reason = EndReason.of(report.cause()).orElse(EndReason.Drained);
    if (reason == EndReason.Idle && report.inFlight() == 0) {
      return Optional.of(stopping(seen, reason, "", List.of()));
    }
    return Optional.of(
        new Transition(
            RunnerStatus.draining(seen.status(), reason, "", seen.now()), Duration.ZERO));
  }

  /**
   * The machine has ended. What is known already decides, unless it is only that the runner was
   * told to end; then what the machine left behind, then its exit code, which counts only for a
   * runner that had said hello: any program may exit with 0. Last what the runner itself said: not
   * every backend can tell how a process ended. A runner that said that it was made to exit has a
   * code of the application's own, which means nothing here.
   */
  private static Transition ended(Sighting seen, EndReason otherwise) {
    Optional<Machine> machine = seen.holding().machine();
    boolean served = RunnerStatus.wasReachable(seen.status());
    Optional<EndReason> cause =
        machine
            .flatMap(m -> EndReason.of(m.cause()))
            .filter(reason -> served ? reason != EndReason.Deleted : isNoFault(reason));
    Optional<EndReason> known =
        EndReason.of(seen.status().reason())
            .filter(reason -> reason != EndReason.Drained || cause.isEmpty());
    Optional<EndReason> code =
        machine
            .filter(m -> m.exitCode().isPresent() && served)
            .filter(m -> !said(seen).equals(Optional.of(EndReason.Exited)))
            .flatMap(m -> EndReason.ofExitCode(m.exitCode().getAsInt()));
    EndReason reason = known.or(() -> cause).or(() -> code).or(() -> said(seen)).orElse(otherwise);
    return stopping(
        seen,
        reason,
        BootMessages.ended(seen),
        reason.isFailure() || !served
            ? machine.map(Machine::lastLines).orElse(List.of())
            : List.of());
  }

  /** Why a runner said that it ends before its connection did. */
  private static Optional<EndReason> said(Sighting seen) {
    return seen.report()
        .filter(
            report ->
                report.state() == RunnerReport.State.DRAINING
                    || report.state() == RunnerReport.State.GONE)
        .flatMap(report -> EndReason.of(report.cause()));
  }

  /** Ends of a runner that nobody had heard of yet, and that are no failures of its boot. */
  private static boolean isNoFault(EndReason reason) {
    return switch (reason) {
      case Idle, SingleUse, Drained, Orphan, Deleted, SpotInterrupted -> true;
      default -> false;
    };
  }

  private static Transition stopping(
      Sighting seen, EndReason reason, String message, List<String> lines) {
    return new Transition(
        RunnerStatus.stopping(seen.status(), reason, message, lines, seen.now()), Duration.ZERO);
  }

  /** Whether the machine runs and only the way to it is missing. */
  private static boolean noRoute(Sighting seen) {
    return seen.holding().machine().map(Machine::state).equals(Optional.of(Machine.State.RUNNING))
        && seen.report().map(RunnerReport::isRouteMissing).orElse(false);
  }

  /** Looks often at first and less often the longer it takes. */
  private static Duration poll(Duration elapsed) {
    Duration eighth = elapsed.dividedBy(8);
    return eighth.compareTo(MIN_POLL) < 0 ? MIN_POLL : shorter(eighth, MAX_POLL);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }
}
