package dev.flamepool.operator.runner;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.backend.AccountPasses;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineOutput;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.Offerings;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.control.RunnerLinks;
import dev.flamepool.operator.control.RunnerReport;
import dev.flamepool.operator.control.RunnerTarget;
import dev.flamepool.operator.health.OperatorMetrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Looks after a runner that has a machine: awaits its hello, watches it, lets it drain. */
final class Tending {
  /** So long what is known of a machine may wait for something else to be stored with it. */
  static final Duration UNSTORED = Duration.ofSeconds(1);

  private static final Duration GATE = Duration.ofMillis(100);

  private final ClusterApi api;
  private final Keys keys;
  private final RunnerLinks links;
  private final PublishedEndpoints published;
  private final Offerings offerings;
  private final AccountPasses<FlameRunner> passes;
  private final Reach reach;
  private final OperatorMetrics metrics;
  private final Clock clock;

  Tending(
      ClusterApi api,
      Keys keys,
      RunnerLinks links,
      PublishedEndpoints published,
      Offerings offerings,
      AccountPasses<FlameRunner> passes,
      Reach reach,
      OperatorMetrics metrics,
      Clock clock) {
    this.api = api;
    this.keys = keys;
    this.links = links;
    this.published = published;
    this.offerings = offerings;
    this.passes = passes;
    this.reach = reach;
    this.metrics = metrics;
    this.clock = clock;
  }

  /**
   * One step. What a connected runner says is enough to know: the backend is asked only about
   * others.
   *
   * @param placed whether the backend may be called here
   */
  Progress run(
      FlameRunner stored,
      RunnerBackend backend,
      RunnerTimes times,
      RunnerWatch.Entry watch,
      boolean placed) {
    FlameRunner runner = watch.known(stored);
    FlameRunnerStatus status = RunnerStatus.of(runner);
    String uid = runner.getMetadata().getUid();
    keepLink(runner);
    Optional<RunnerReport> report = links.report(uid);
    boolean connected = report.map(RunnerReport::connected).orElse(false);
    boolean awaitsDial = report.isEmpty() && status.phase() == Phase.Ready && hasAddress(status);
    if (awaitsDial) {
      Duration wait = watch.awaitsDial(clock.instant());
      if (!wait.isZero()) {
        return Progress.in(runner, wait);
      }
    } else {
      watch.connected(connected || !hasAddress(status), clock.instant());
      reach.heard(runner, watch.unreachableSince);
    }
    Holding holding = Holding.UNKNOWN;
    if (!connected) {
      if (!placed) {
        return Progress.needsPlace(stored);
      }
      holding = find(runner, backend);
      watch.looked(clock.instant());
      Optional<String> address = address(holding.machine(), status);
      if (address.isPresent()) {
        return moved(stored, at(status, address.get()), watch);
      }
    }
    boolean gated = false;
    boolean withdrawn = false;
    if (status.phase() == Phase.Draining && !holding.ended() && !leaving(report)) {
      gated = published.contains(runner);
      if (!gated) {
        links.withdraw(uid);
        withdrawn = true;
      }
    }
    boolean cutOff = !connected && reach.isCutOff(runner);
    boolean called = !connected && !cutOff && reach.isCalled(runner, watch);
    Instant since = watch.since(status.phase(), clock.instant());
    Transition next =
        Transitions.next(
            new Sighting(
                status,
                holding,
                report,
                since,
                watch.unreachableSince,
                cutOff,
                called,
                withdrawn,
                times,
                clock.instant()));
    boolean changed = !next.status().equals(status);
    if (changed && next.status().phase() == Phase.Stopping) {
      // Before it can be read: whoever sees this end makes no other machine there.
      remember(runner, backend, next.status());
    }
    if (!changed && !isDue(stored, watch)) {
      if (awaitsDial) {
        return Progress.in(stored, watch.awaitsDial(clock.instant()));
      }
      Duration again = gated ? shorter(GATE, next.again()) : next.again();
      boolean unsaid = RunnerStatus.isPending(RunnerStatus.of(stored));
      return Progress.in(stored, unsaid ? shorter(UNSTORED, again) : again);
    }
    FlameRunner written =
        api.patchStatus(
            stored, changed ? withOutput(next.status(), runner, backend, report) : status);
    watch.stored();
    if (changed && next.status().phase() == Phase.Ready) {
      metrics.booted(backend.kind(), Duration.between(since, clock.instant()));
      offerings.served(runner.getSpec().backend(), offering(status));
      booted(runner, backend);
    }
    return Progress.now(written);
  }

  /** While it boots its address can wait for what there is to say next. */
  private Progress moved(
      FlameRunner stored, FlameRunnerStatus.Machine machine, RunnerWatch.Entry watch) {
    FlameRunnerStatus status = RunnerStatus.of(stored);
    if (status.phase() == Phase.Ready || status.phase() == Phase.Draining) {
      return Progress.now(api.patchStatus(stored, RunnerStatus.withMachine(status, machine)));
    }
    watch.learnt(machine, clock.instant());
    return Progress.now(stored);
  }

  /** Whether nobody but this process knows that there is a machine, and has for a while. */
  private boolean isDue(FlameRunner stored, RunnerWatch.Entry watch) {
    return watch
        .unstored(RunnerStatus.of(stored))
        .filter(known -> RunnerStatus.of(stored).machine() == null)
        .filter(known -> !clock.instant().isBefore(known.since().plus(UNSTORED)))
        .isPresent();
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  /** A machine that was refused after it was accepted: other runners need not ask for one, too. */
  private void remember(FlameRunner runner, RunnerBackend backend, FlameRunnerStatus status) {
    EndReason.of(status.reason())
        .flatMap(EndReason::refusal)
        .ifPresent(
            kind ->
                offerings.refuse(
                    backend,
                    runner.getSpec().backend(),
                    offering(status),
                    kind,
                    status.message() == null ? "" : status.message()));
  }

  private static String offering(FlameRunnerStatus status) {
    return status.launch() == null || status.launch().offering() == null
        ? ""
        : status.launch().offering();
  }

  /** Nothing waits for it. */
  private void booted(FlameRunner runner, RunnerBackend backend) {
    MachineRef ref = keys.ref(runner, RunnerStatus.of(runner).machine().attempt());
    passes.aside(
        backend.account(ref.tenant()),
        ref.key().pool(),
        () -> {
          try {
            backend.booted(ref);
          } catch (BackendException e) {
            // what is left goes with the machine
          }
        });
  }

  private static boolean hasAddress(FlameRunnerStatus status) {
    return status.machine() != null && status.machine().address() != null;
  }

  private void keepLink(FlameRunner runner) {
    FlameRunnerStatus status = RunnerStatus.of(runner);
    if (!hasAddress(status)) {
      return;
    }
    RunnerTarget target =
        new RunnerTarget(
            runner.getMetadata().getNamespace(),
            runner.getSpec().pool(),
            runner.getSpec().poolUid(),
            runner.getMetadata().getName(),
            runner.getMetadata().getUid(),
            status.machine().address());
    if (status.phase() == Phase.Booting) {
      links.keepFirst(target);
    } else {
      links.keep(target);
    }
  }

  private Holding find(FlameRunner runner, RunnerBackend backend) {
    FlameRunnerStatus.Machine machine = RunnerStatus.of(runner).machine();
    if (machine == null) {
      return Holding.UNKNOWN;
    }
    try {
      return Holding.of(backend.find(keys.ref(runner, machine.attempt())));
    } catch (BackendException e) {
      return Holding.UNKNOWN;
    }
  }

  /** What a failed runner wrote is the best hint why; afterwards it is gone. */
  private FlameRunnerStatus withOutput(
      FlameRunnerStatus next,
      FlameRunner runner,
      RunnerBackend backend,
      Optional<RunnerReport> report) {
    if (!isUnexplained(next)) {
      return next;
    }
    try {
      MachineOutput output = backend.output(keys.ref(runner, next.machine().attempt()));
      boolean hints =
          EndReason.BootFailed.name().equals(next.reason()) && !BootMessages.saidHello(report);
      return RunnerStatus.withOutput(
          next, output, hints ? BootMessages.hint(output.exitCode(), output.lines()) : "");
    } catch (BackendException e) {
      return next;
    }
  }

  private static boolean isUnexplained(FlameRunnerStatus next) {
    boolean failed =
        EndReason.of(next.reason())
            .map(EndReason::kind)
            .filter(
                kind ->
                    kind == EndReason.Kind.BOOT_FAILURE
                        || kind == EndReason.Kind.LOST
                        || (kind == EndReason.Kind.ORDERLY && !RunnerStatus.wasReachable(next)))
            .isPresent();
    return failed && next.phase() == Phase.Stopping && (next.log() == null || next.log().isEmpty());
  }

  private static Optional<String> address(Optional<Machine> machine, FlameRunnerStatus status) {
    return machine
        .filter(m -> m.state() != Machine.State.ENDED)
        .flatMap(Machine::address)
        .filter(address -> !address.equals(status.machine().address()));
  }

  private static FlameRunnerStatus.Machine at(FlameRunnerStatus status, String address) {
    return new FlameRunnerStatus.Machine(
        status.machine().attempt(), status.machine().id(), address);
  }

  private static boolean leaving(Optional<RunnerReport> report) {
    return report
        .map(
            r ->
                r.connected()
                    && (r.state() == RunnerReport.State.DRAINING
                        || r.state() == RunnerReport.State.GONE))
        .orElse(false);
  }
}
