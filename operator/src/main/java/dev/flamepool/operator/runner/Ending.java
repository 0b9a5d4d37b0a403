package dev.flamepool.operator.runner;

import dev.flamepool.api.BackendEntry;
import dev.flamepool.api.Durations;
import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.api.Names;
import dev.flamepool.operator.backend.BackendException;
import dev.flamepool.operator.backend.BackendException.Kind;
import dev.flamepool.operator.backend.Backends;
import dev.flamepool.operator.backend.Growing;
import dev.flamepool.operator.backend.Machine;
import dev.flamepool.operator.backend.MachineRef;
import dev.flamepool.operator.backend.RunnerBackend;
import dev.flamepool.operator.cluster.ClusterApi;
import dev.flamepool.operator.control.RunnerLinks;
import dev.flamepool.operator.validation.References;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The end of a runner: SIGTERM with grace, then delete, repeated until the backend is sure to hold
 * nothing, and only then the finalizer.
 */
final class Ending {
  /** What a machine gets on top of its grace before it is ended by force. */
  static final Duration MARGIN = Duration.ofSeconds(2);

  private static final Duration POLL = Duration.ofMillis(200);

  /** Whose machine takes long to end is asked so rarely. */
  private static final Duration LONG_POLL = Duration.ofSeconds(4);

  /** A runner that has been deleted for so long and is still there says that it ends. */
  private static final Duration UNSAID = Duration.ofSeconds(1);

  /** So long an exit takes that nothing stands in the way of. */
  private static final Duration ITSELF = Duration.ofSeconds(2);

  /** Its pool deletes it as soon as it has written down why it ended. */
  private static final Duration UNDELETED = Duration.ofMinutes(1);

  private static final Duration UNSERVED = Duration.ofSeconds(30);
  private static final Duration UNSURE = Duration.ofSeconds(1);

  /** A backend that was mended is found out about in this time. */
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final ClusterApi api;
  private final Keys keys;
  private final RunnerLinks links;
  private final PublishedEndpoints published;
  private final Clock clock;

  Ending(ClusterApi api, Keys keys, RunnerLinks links, PublishedEndpoints published, Clock clock) {
    this.api = api;
    this.keys = keys;
    this.links = links;
    this.published = published;
    this.clock = clock;
  }

  Progress run(FlameRunner stored, RunnerBackend backend, RunnerWatch.Entry watch, boolean placed) {
    FlameRunner runner = watch.known(stored);
    boolean deleted = runner.getMetadata().getDeletionTimestamp() != null;
    if (isWorthSaying(runner, watch)) {
      FlameRunner said = api.patchStatus(stored, stopping(RunnerStatus.of(runner)));
      watch.stored();
      return Progress.now(said);
    }
    List<MachineRef> possible = possible(runner);
    if (!placed && !possible.isEmpty()) {
      return Progress.needsPlace(stored);
    }
    for (MachineRef ref : possible) {
      try {
        Optional<Duration> again = end(runner, backend, ref, watch);
        watch.endsFailed = 0;
        if (again.isPresent()) {
          return Progress.in(stored, again.get());
        }
      } catch (BackendException e) {
        unsure(runner, backend, ref);
        return Progress.in(deleted ? stuck(stored, e) : stored, pause(watch, e));
      } catch (IllegalArgumentException | IllegalStateException e) {
        // What an entry of another operator's makes of a request must not hide the reason.
        BackendException wrong = new BackendException(Kind.CONFIGURATION, e.toString(), e);
        return Progress.in(stuck(stored, wrong), pause(watch, wrong));
      }
    }
    watch.stored();
    links.drop(runner.getMetadata().getUid());
    if (!deleted) {
      return Progress.in(stored, UNDELETED);
    }
    api.removeFinalizer(runner, Names.MACHINE_FINALIZER);
    return Progress.OVER;
  }

  /** Whether it is time to write that a runner ends: that it is deleted says so for a moment. */
  private boolean isWorthSaying(FlameRunner runner, RunnerWatch.Entry watch) {
    Phase phase = RunnerStatus.phase(runner);
    Instant since = watch.since(Phase.Stopping, clock.instant());
    return phase != Phase.Stopping
        && phase != Phase.Gone
        && !clock.instant().isBefore(since.plus(UNSAID));
  }

  private FlameRunnerStatus stopping(FlameRunnerStatus status) {
    EndReason reason =
        status.phase() == Phase.Draining
            ? EndReason.of(status.reason()).orElse(EndReason.Deleted)
            : EndReason.Deleted; // what else it says is why it waited
    return RunnerStatus.stopping(status, reason, "", List.of(), clock.instant());
  }

  /**
   * This operator does not serve the runner's backend: it can go only if it never had a machine.
   */
  Progress unserved(FlameRunner runner) {
    if (runner.getMetadata().getDeletionTimestamp() == null) {
      return Progress.in(runner, UNSERVED);
    }
    if (possible(runner).isEmpty()) {
      api.removeFinalizer(runner, Names.MACHINE_FINALIZER);
      return Progress.OVER;
    }
    String why = Backends.unserved(runner.getSpec().backend().kind());
    return Progress.in(stuck(runner, new BackendException(Kind.CONFIGURATION, why)), UNSERVED);
  }

  /** What names nothing that can exist has no machine. */
  private List<MachineRef> possible(FlameRunner runner) {
    BackendEntry entry = runner.getSpec().backend();
    boolean never =
        RunnerStatus.of(runner).machine() == null
            && (entry.kind() == null || References.areImpossible(entry));
    return never ? List.of() : keys.possible(runner);
  }

  /** Ends one machine; empty when the backend is sure that it holds none. */
  private Optional<Duration> end(
      FlameRunner runner, RunnerBackend backend, MachineRef ref, RunnerWatch.Entry watch)
      throws BackendException {
    Optional<Machine> machine = backend.find(ref);
    if (machine.isEmpty()) {
      return Optional.empty();
    }
    if (machine.get().state() != Machine.State.ENDED) {
      if (published.contains(runner) || endsItself(runner, watch)) {
        return Optional.of(poll(watch));
      }
      Duration grace = grace(runner);
      Duration left = Duration.between(clock.instant(), stopBy(watch, grace));
      if (left.compareTo(Duration.ZERO) > 0) {
        if (!watch.told) {
          backend.stop(ref, grace);
          watch.told = true;
        }
        Duration again = poll(watch);
        return backend.find(ref).map(there -> again.compareTo(left) < 0 ? again : left);
      }
    }
    backend.delete(ref);
    boolean again = watch.deleted;
    watch.deleted = true;
    return again // it was not gone at once
        ? Optional.of(poll(watch))
        : backend.find(ref).map(there -> poll(watch));
  }

  /** Looks often at first and less often the longer it takes. */
  private Duration poll(RunnerWatch.Entry watch) {
    Instant now = clock.instant();
    Instant since = watch.since(Phase.Stopping, now);
    return within(POLL, Duration.between(since, now).dividedBy(8), LONG_POLL);
  }

  private static Duration within(Duration least, Duration wanted, Duration most) {
    Duration enough = wanted.compareTo(least) < 0 ? least : wanted;
    return enough.compareTo(most) > 0 ? most : enough;
  }

  /** A runner that said that it idles is about to exit, and need not be told. */
  private boolean endsItself(FlameRunner runner, RunnerWatch.Entry watch) {
    FlameRunnerStatus status = RunnerStatus.of(runner);
    return status.phase() == Phase.Stopping
        && EndReason.Idle.name().equals(status.reason())
        && clock.instant().isBefore(watch.since(Phase.Stopping, clock.instant()).plus(ITSELF));
  }

  /**
   * The backend cannot tell. Where no calls can be running a delete makes a create that is still
   * under way come to nothing.
   */
  private static void unsure(FlameRunner runner, RunnerBackend backend, MachineRef ref) {
    if (grace(runner).isZero()) {
      try {
        backend.delete(ref);
      } catch (BackendException e) {
        // asked again soon
      }
    }
  }

  /** What only settles is asked for soon; all else ever more slowly. */
  private static Duration pause(RunnerWatch.Entry watch, BackendException e) {
    return e.isUnsettled() ? UNSURE : Growing.pause(++watch.endsFailed, UNSURE, LONGEST);
  }

  /** Says once why a deleted runner does not go away, if that will not pass by itself. */
  private FlameRunner stuck(FlameRunner runner, BackendException e) {
    FlameRunnerStatus status = RunnerStatus.of(runner);
    boolean lasts = e.kind() == Kind.CREDENTIALS || e.kind() == Kind.CONFIGURATION;
    boolean said = status.message() != null && status.message().startsWith(RunnerStatus.CANNOT_END);
    return lasts && !said
        ? api.patchStatus(
            runner,
            RunnerStatus.held(
                status,
                status.reason(),
                RunnerStatus.CANNOT_END
                    + e.getMessage()
                    + "; if it never can be: annotation "
                    + Names.ABANDON_MACHINE))
        : runner;
  }

  private Instant stopBy(RunnerWatch.Entry watch, Duration grace) {
    Instant since = watch.since(Phase.Stopping, clock.instant());
    return grace.isZero() ? since : since.plus(grace).plus(MARGIN);
  }

  /** A runner that never said hello has no calls to finish. */
  private static Duration grace(FlameRunner runner) {
    return RunnerStatus.wasReachable(RunnerStatus.of(runner))
        ? Durations.parse("shutdownTimeout", runner.getSpec().shutdownTimeout())
        : Duration.ZERO;
  }
}
