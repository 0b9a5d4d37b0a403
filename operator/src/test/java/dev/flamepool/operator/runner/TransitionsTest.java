package dev.flamepool.operator.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flamepool.api.FlameRunnerStatus;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineKey;
import dev.flamepool.operator.backend.Trouble;
import dev.flamepool.operator.control.RunnerReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransitionsTest {
  private static final Instant SINCE = Instant.parse("2026-01-01T00:00:00Z");
  private static final RunnerTimes TIMES =
      new RunnerTimes(Duration.ofSeconds(30), Duration.ofSeconds(60));
  private static final Optional<RunnerReport> SILENT =
      Optional.of(
          new RunnerReport(false, "", RunnerReport.State.UNKNOWN, 0, "", "connection refused"));
  private static final Optional<RunnerReport> SERVING =
      Optional.of(new RunnerReport(true, "v1", RunnerReport.State.SERVING, 1, "", ""));

  private static FlameRunnerStatus status(Phase phase) {
    return new FlameRunnerStatus(
        phase,
        null,
        null,
        null,
        new FlameRunnerStatus.Machine(1, "m", "h:1"),
        phase == Phase.Booting ? null : "v1",
        SINCE.toString(),
        null,
        null);
  }

  private static Holding machine(Machine.State state, Integer exit, String cause) {
    return Holding.of(
        Optional.of(
            new Machine(
                new MachineKey("i", "n", "p", "p-0", "u", 1),
                "m",
                Optional.of("h:1"),
                state,
                exit == null ? OptionalInt.empty() : OptionalInt.of(exit),
                cause,
                List.of("last words"))));
  }

  private boolean cutOff;
  private boolean called;

  private FlameRunnerStatus next(
      Phase phase, Holding holding, Optional<RunnerReport> report, int seconds) {
    return next(phase, holding, report, seconds, SINCE);
  }

  private FlameRunnerStatus next(
      Phase phase,
      Holding holding,
      Optional<RunnerReport> report,
      int seconds,
      Instant watchedSince) {
    boolean connected = report.map(RunnerReport::connected).orElse(false);
    return Transitions.next(
            new Sighting(
                status(phase),
                holding,
                report,
                watchedSince,
                connected ? null : watchedSince,
                cutOff,
                called,
                phase == Phase.Draining,
                TIMES,
                SINCE.plusSeconds(seconds)))
        .status();
  }

  @Test
  void helloMakesABootingRunnerReady() {
    FlameRunnerStatus next =
        next(Phase.Booting, machine(Machine.State.RUNNING, null, ""), SERVING, 3);
    assertThat(next.phase()).isEqualTo(Phase.Ready);
    assertThat(next.codeVersion()).isEqualTo("v1");
  }

  @Test
  void aBootEndsAtItsTimeAndSaysWhatToCheck() {
    Holding running = machine(Machine.State.RUNNING, null, "");
    assertThat(next(Phase.Booting, running, SILENT, 29).phase()).isEqualTo(Phase.Booting);
    FlameRunnerStatus late = next(Phase.Booting, running, SILENT, 30);
    assertThat(late.phase()).isEqualTo(Phase.Stopping);
    assertThat(late.reason()).isEqualTo("BootTimeout");
    assertThat(late.message()).contains("30s", "connection refused", "serveIfRunner");
  }

  private static Optional<RunnerReport> said(
      boolean connected, RunnerReport.State state, String problem) {
    return Optional.of(new RunnerReport(connected, "v1", state, 0, "", problem));
  }

  /** The same end of the boot time, and another remedy each time. */
  @Test
  void theRemedyFitsWhatIsKnownOfALateBoot() {
    Holding running = machine(Machine.State.RUNNING, null, "");
    Optional<RunnerReport> slow = said(true, RunnerReport.State.BOOTING, "");
    assertThat(next(Phase.Booting, running, slow, 30).message())
        .contains("it said hello", "30s", "raise spec.bootTimeout")
        .doesNotContain("serveIfRunner(App");
    assertThat(
            next(
                    Phase.Booting,
                    running,
                    said(false, RunnerReport.State.BOOTING, "h:1: the connection was lost"),
                    30)
                .message())
        .contains("it said hello", "the connection was lost")
        .doesNotContain("serveIfRunner(App");
    assertThat(
            next(Phase.Booting, machine(Machine.State.STARTING, null, ""), Optional.empty(), 30)
                .message())
        .contains("its machine did not start within 30s", "spec.bootTimeout")
        .doesNotContain("serveIfRunner");
    String refused = "h:1" + RunnerReport.REFUSED + " (CERTIFICATE): another authority";
    assertThat(
            next(Phase.Booting, running, said(false, RunnerReport.State.UNKNOWN, refused), 30)
                .message())
        .contains("no hello within 30s", refused)
        .doesNotContain("serveIfRunner");
    assertThat(next(Phase.Booting, running, Optional.empty(), 30).message())
        .as("a local process that never opened its port")
        .contains("no hello within 30s", "serveIfRunner");
  }

  /** Who waits for it gives up about then, and is told what is known. */
  @Test
  void aBootThatTakesLongSaysSoBeforeItsTimeIsOver() {
    Holding running = machine(Machine.State.RUNNING, null, "");
    FlameRunnerStatus early = next(Phase.Booting, running, SILENT, 7);
    assertThat(early.reason()).isEqualTo("NoHello");
    assertThat(early.message()).as("it may be merely slow").isEqualTo("connection refused");
    assertThat(next(Phase.Booting, running, SILENT, 16).message())
        .contains("connection refused", "serveIfRunner");
    FlameRunnerStatus mute = next(Phase.Booting, running, Optional.empty(), 16);
    assertThat(mute.reason()).isEqualTo("NoHello");
    assertThat(mute.message()).contains("has not opened its port", "serveIfRunner");
    Optional<RunnerReport> starting = said(true, RunnerReport.State.BOOTING, "");
    assertThat(next(Phase.Booting, running, starting, 14).reason()).isNull();
    FlameRunnerStatus slow = next(Phase.Booting, running, starting, 16);
    assertThat(slow.reason()).isEqualTo("Starting");
    assertThat(slow.message()).contains("application has not started yet", "spec.bootTimeout");
  }

  @ParameterizedTest
  @CsvSource({
    "0, '', UNKNOWN, true", // a usage was printed
    "64, '', UNKNOWN, true",
    "1, '', BOOTING, false", // start() threw where nothing but the code is told
    "1, Failed, UNKNOWN, false", // the library's own word
    "127, '', UNKNOWN, false", // no such command
    "137, '', UNKNOWN, false", // killed
    "1, OutOfMemory, UNKNOWN, false"
  })
  void anEndBeforeTheHelloIsExplainedWhereTheLibraryHadNoSay(
      int exit, String cause, RunnerReport.State state, boolean hint) {
    FlameRunnerStatus next =
        next(
            Phase.Booting,
            machine(Machine.State.ENDED, exit, cause),
            said(false, state, "connection refused"),
            3);
    assertThat(next.reason()).isEqualTo("BootFailed");
    assertThat(next.message()).startsWith("exit code " + exit);
    assertThat(next.message().contains("serveIfRunner")).isEqualTo(hint);
    assertThat(next.log()).containsExactly("last words");
  }

  @Test
  void whatTheClusterDidToAProcessIsNotItsMain() {
    Trouble evicted = new Trouble("Evicted", "disk pressure", Optional.empty(), true);
    Machine machine = machine(Machine.State.ENDED, 1, "").machine().orElseThrow();
    assertThat(
            next(
                    Phase.Booting,
                    Holding.of(Optional.of(machine.with(Optional.of(evicted)))),
                    SILENT,
                    3)
                .message())
        .isEqualTo("exit code 1, Evicted: disk pressure");
    Trouble error = new Trouble("Error", "Usage: app FILE", Optional.empty(), true);
    assertThat(
            next(
                    Phase.Booting,
                    Holding.of(Optional.of(machine.with(Optional.of(error)))),
                    SILENT,
                    3)
                .message())
        .contains("exit code 1 before it said hello", "serveIfRunner", "Usage: app FILE");
  }

  @Test
  void aMachineThatRunsAndCannotBeReachedLacksARoute() {
    Optional<RunnerReport> nowhere =
        Optional.of(
            new RunnerReport(
                false,
                "",
                RunnerReport.State.UNKNOWN,
                0,
                "",
                "there is no route to [fdaa::1]:7600: Connect timed out"));
    FlameRunnerStatus late =
        next(Phase.Booting, machine(Machine.State.RUNNING, null, ""), nowhere, 30);
    assertThat(late.reason()).isEqualTo("NoRoute");
    assertThat(late.message()).contains("[fdaa::1]:7600", "WireGuard");
    assertThat(next(Phase.Booting, machine(Machine.State.STARTING, null, ""), nowhere, 30).reason())
        .as("its machine does not run yet")
        .isEqualTo("BootTimeout");
  }

  @Test
  void anOperatorThatJustCameCountsByItsOwnClock() {
    Holding running = machine(Machine.State.RUNNING, null, "");
    Instant came = SINCE.plusSeconds(100);
    assertThat(next(Phase.Booting, running, SILENT, 129, came).phase()).isEqualTo(Phase.Booting);
    assertThat(next(Phase.Booting, running, SILENT, 130, came).phase()).isEqualTo(Phase.Stopping);
  }

  @ParameterizedTest
  @CsvSource({
    "Ready, 0, '', Idle",
    "Ready, 10, '', SingleUse",
    "Ready, 11, '', Lifetime",
    "Ready, 12, '', Drained",
    "Ready, 13, '', Orphan",
    "Ready, 137, '', Lost",
    "Ready, 1, OutOfMemory, OutOfMemory",
    "Ready, 3, '', OutOfMemory",
    "Ready, 14, '', Exited",
    "Ready, 3, Exited, Exited",
    "Booting, 1, Exited, BootFailed",
    "Ready, 137, Deleted, Lost",
    "Booting, 0, '', BootFailed",
    "Booting, 1, '', BootFailed",
    "Booting, 3, '', BootFailed",
    "Booting, 137, OutOfMemory, BootFailed",
    "Booting, 143, Lifetime, BootFailed",
    "Booting, 0, Idle, Idle",
    "Booting, 12, Drained, Drained",
    "Booting, 143, Deleted, Deleted",
    "Draining, 0, '', Idle"
  })
  void anEndedMachineIsExplainedByWhatItLeft(Phase phase, int exit, String cause, String reason) {
    FlameRunnerStatus next = next(phase, machine(Machine.State.ENDED, exit, cause), SILENT, 3);
    assertThat(next.phase()).isEqualTo(Phase.Stopping);
    assertThat(next.reason()).isEqualTo(reason);
    boolean failure = EndReason.valueOf(reason).isFailure() || phase == Phase.Booting;
    assertThat(next.log()).isEqualTo(failure ? List.of("last words") : null);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "GONE, Idle, -, Idle",
        "DRAINING, Lifetime, -, Lifetime",
        "GONE, Idle, 137, Idle",
        "GONE, Idle, 3, OutOfMemory",
        "DRAINING, Exited, 3, Exited",
        "GONE, Exited, 0, Exited",
        "SERVING, '', -, Lost",
        "UNKNOWN, '', 0, Idle"
      })
  void whereTheBackendCannotTellTheRunnersOwnWordCounts(
      RunnerReport.State state, String cause, Integer exit, String reason) {
    Optional<RunnerReport> last =
        Optional.of(new RunnerReport(false, "v1", state, 0, cause, "connection reset"));
    assertThat(next(Phase.Ready, machine(Machine.State.ENDED, exit, ""), last, 3).reason())
        .isEqualTo(reason);
    if (exit == null) {
      assertThat(next(Phase.Ready, Holding.of(Optional.empty()), last, 3).reason())
          .as("also of a machine that is gone")
          .isEqualTo(reason);
    }
  }

  @Test
  void whatTheBackendSaysOfAnEndTakesThePlaceOfACode() {
    Holding untold =
        with(
            Machine.State.ENDED, new Trouble("NotStarted", "start failed", Optional.empty(), true));
    FlameRunnerStatus next = next(Phase.Booting, untold, SILENT, 3);
    assertThat(next.reason()).isEqualTo("BootFailed");
    assertThat(next.message()).isEqualTo("NotStarted: start failed");
  }

  @Test
  void whatEndedAMachineSaysMoreThanThatItsRunnerWasToldToEnd() {
    Holding taken = machine(Machine.State.ENDED, null, "SpotInterrupted");
    for (EndReason told : List.of(EndReason.Drained, EndReason.SpecChanged)) {
      FlameRunnerStatus draining =
          RunnerStatus.draining(status(Phase.Ready), told, "", SINCE.plusSeconds(1));
      Sighting seen =
          new Sighting(
              draining,
              taken,
              SILENT,
              SINCE,
              SINCE,
              false,
              false,
              true,
              TIMES,
              SINCE.plusSeconds(2));
      assertThat(Transitions.next(seen).status().reason())
          .isEqualTo(told == EndReason.Drained ? "SpotInterrupted" : "SpecChanged");
    }
    assertThat(next(Phase.Ready, taken, SILENT, 3).reason()).isEqualTo("SpotInterrupted");
  }

  @Test
  void aBackendThatCannotTellCausesNothing() {
    assertThat(next(Phase.Ready, Holding.UNKNOWN, SILENT, 30)).isEqualTo(status(Phase.Ready));
    assertThat(next(Phase.Booting, Holding.UNKNOWN, SILENT, 5)).isEqualTo(status(Phase.Booting));
    FlameRunnerStatus silent = next(Phase.Booting, Holding.UNKNOWN, SILENT, 20);
    assertThat(silent.phase()).isEqualTo(Phase.Booting);
    assertThat(silent.reason()).as("and a reason is told").isEqualTo("NoHello");
    assertThat(silent.message())
        .as("nobody knows whether its process runs")
        .isEqualTo("connection refused");
  }

  @Test
  void aRunnerOutOfReachIsWithdrawnAfterAMinuteNotStopped() {
    Holding running = machine(Machine.State.RUNNING, null, "");
    assertThat(next(Phase.Ready, running, SILENT, 59).phase()).isEqualTo(Phase.Ready);
    FlameRunnerStatus late = next(Phase.Ready, running, SILENT, 60);
    assertThat(late.phase()).isEqualTo(Phase.Draining);
    assertThat(late.reason()).isEqualTo("Unreachable");
  }

  @Test
  void aRunnerOutOfReachThatMayBeAtWorkIsLeftAloneAndSaysWhy() {
    Holding running = machine(Machine.State.RUNNING, null, "");
    called = true;
    FlameRunnerStatus kept = next(Phase.Ready, running, SILENT, 600);
    assertThat(kept.phase()).isEqualTo(Phase.Ready);
    assertThat(kept.reason()).isEqualTo("NotReached");
    assertThat(kept.message()).contains("60 s", "callers report calls");
    called = false;
    kept = next(Phase.Ready, Holding.UNKNOWN, SILENT, 600);
    assertThat(kept.phase()).as("its backend does not answer").isEqualTo(Phase.Ready);
    assertThat(kept.message()).contains("backend does not say");
    called = true;
    FlameRunnerStatus ended = next(Phase.Ready, machine(Machine.State.ENDED, 137, ""), SILENT, 600);
    assertThat(ended.reason()).as("its backend says that it is gone").isEqualTo("Lost");
  }

  @Test
  void anOperatorThatIsCutOffEndsNothing() {
    Holding running = machine(Machine.State.RUNNING, null, "");
    cutOff = true;
    assertThat(next(Phase.Ready, running, SILENT, 600)).isEqualTo(status(Phase.Ready));
    assertThat(next(Phase.Booting, running, SILENT, 600).phase()).isEqualTo(Phase.Booting);
    assertThat(next(Phase.Ready, machine(Machine.State.ENDED, 137, ""), SILENT, 1).reason())
        .isEqualTo("Lost");
  }

  @Test
  void aWithdrawnRunnerIsStoppedOnceItHasNoCalls() {
    Holding running = machine(Machine.State.RUNNING, null, "");
    Optional<RunnerReport> idle =
        Optional.of(new RunnerReport(true, "v1", RunnerReport.State.SERVING, 0, "", ""));
    assertThat(next(Phase.Draining, running, SERVING, 30).phase()).isEqualTo(Phase.Draining);
    assertThat(next(Phase.Draining, running, idle, 0).phase())
        .as("a caller may not have seen it yet")
        .isEqualTo(Phase.Draining);
    assertThat(next(Phase.Draining, running, idle, 1).phase()).isEqualTo(Phase.Stopping);
  }

  @Test
  void aRunnerThatIdlesHasNothingToDrainUnlessACallSlippedIn() {
    for (int calls = 0; calls < 2; calls++) {
      Optional<RunnerReport> leaving =
          Optional.of(new RunnerReport(true, "v1", RunnerReport.State.DRAINING, calls, "Idle", ""));
      FlameRunnerStatus next = next(Phase.Ready, Holding.UNKNOWN, leaving, 3);
      assertThat(next.phase()).isEqualTo(calls == 0 ? Phase.Stopping : Phase.Draining);
      assertThat(next.reason()).isEqualTo("Idle");
    }
  }

  @Test
  void aRunnerThatSaysItEndsDrainsForItsOwnReason() {
    Optional<RunnerReport> leaving =
        Optional.of(new RunnerReport(true, "v1", RunnerReport.State.DRAINING, 2, "Lifetime", ""));
    FlameRunnerStatus next = next(Phase.Ready, Holding.UNKNOWN, leaving, 3);
    assertThat(next.phase()).isEqualTo(Phase.Draining);
    assertThat(next.reason()).isEqualTo("Lifetime");
    assertThat(next(Phase.Draining, machine(Machine.State.RUNNING, null, ""), leaving, 59).phase())
        .isEqualTo(Phase.Draining);
    assertThat(next(Phase.Draining, machine(Machine.State.RUNNING, null, ""), leaving, 60).phase())
        .isEqualTo(Phase.Stopping);
  }

  private static Holding pending(Trouble trouble) {
    return with(Machine.State.STARTING, trouble);
  }

  private static Holding with(Machine.State state, Trouble trouble) {
    Machine machine = machine(state, null, "").machine().orElseThrow();
    return Holding.of(
        Optional.of(
            new Machine(
                machine.key(),
                machine.id(),
                Optional.empty(),
                machine.state(),
                machine.exitCode(),
                "",
                List.of(),
                Optional.of(trouble))));
  }

  @Test
  void whatMayPassHasTheBootTimeAndIsTold() {
    Holding unschedulable =
        pending(
            new Trouble(
                Trouble.UNSCHEDULABLE,
                "0/3 nodes are available",
                Optional.of(BackendException.Kind.CAPACITY),
                false));
    FlameRunnerStatus waiting = next(Phase.Booting, unschedulable, SILENT, 20);
    assertThat(waiting.phase()).isEqualTo(Phase.Booting);
    assertThat(waiting.reason()).isEqualTo(Trouble.UNSCHEDULABLE);
    assertThat(waiting.message()).isEqualTo("0/3 nodes are available");
    FlameRunnerStatus over = next(Phase.Booting, unschedulable, SILENT, 31);
    assertThat(over.phase()).isEqualTo(Phase.Stopping);
    assertThat(over.reason()).isEqualTo("InsufficientCapacity");
    assertThat(over.message()).contains("0/3 nodes are available");
    assertThat(next(Phase.Booting, machine(Machine.State.STARTING, null, ""), SILENT, 21).reason())
        .as("it has passed")
        .isNull();
  }

  @Test
  void whatCannotPassEndsTheBootAtOnce() {
    FlameRunnerStatus next =
        next(
            Phase.Booting,
            pending(
                new Trouble(
                    "InvalidImageName",
                    "couldn't parse image",
                    Optional.of(BackendException.Kind.CONFIGURATION),
                    true)),
            SILENT,
            1);
    assertThat(next.phase()).isEqualTo(Phase.Stopping);
    assertThat(next.reason()).isEqualTo("InvalidConfiguration");
    assertThat(next.message()).contains("InvalidImageName", "couldn't parse image");
  }

  @Test
  void aMachineThatItsNodeDidNotTakeHasNotFailedToBoot() {
    FlameRunnerStatus next =
        next(
            Phase.Booting,
            with(
                Machine.State.ENDED,
                new Trouble(
                    "OutOfcpu",
                    "Node didn't have enough resource: cpu",
                    Optional.of(BackendException.Kind.CAPACITY),
                    true)),
            SILENT,
            1);
    assertThat(next.reason()).isEqualTo("InsufficientCapacity");
    assertThat(next.message()).isEqualTo("OutOfcpu: Node didn't have enough resource: cpu");
  }

  @Test
  void whatKeptItFromStartingIsSaidAlsoIfItWasToPass() {
    FlameRunnerStatus late =
        next(
            Phase.Booting,
            pending(
                new Trouble(
                    "CreateContainerConfigError",
                    "failed to sync secret cache",
                    Optional.empty(),
                    false)),
            SILENT,
            30);
    assertThat(late.reason()).isEqualTo("BootTimeout");
    assertThat(late.message())
        .contains("30s", "failed to sync secret cache")
        .doesNotContain("serveIfRunner");
  }
}
