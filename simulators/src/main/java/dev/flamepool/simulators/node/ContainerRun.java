package dev.flamepool.simulators.node;

import dev.flamepool.simulators.machine.Exit;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateTerminatedBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A container of a Pod through all its lives. On the loop. */
final class ContainerRun {
  enum Phase {
    WAITING,
    RUNNING,
    ENDED
  }

  private static final int KILLED = 137;

  final Container spec;
  final boolean init;

  /** Its name at the machine runtime. */
  final String machine;

  Phase phase = Phase.WAITING;

  /** Why it waits. */
  String reason;

  String message = "";
  Instant notBefore = Instant.MIN;
  int restarts;

  /** How often it was started by this simulator, so that late answers of probes are told apart. */
  int life;

  @Nullable Instant startedAt;
  @Nullable ContainerStateTerminated end;
  @Nullable ContainerStateTerminated lastEnd;
  boolean ready;
  final Probing probing = new Probing();
  final BackOff pulls;
  BackOff crashes;

  private final Duration firstPause;

  /** Its next start is a restart. */
  private boolean hasRun;

  ContainerRun(Container spec, boolean init, String uid, boolean afterInit, Duration firstPause) {
    this.spec = spec;
    this.init = init;
    this.firstPause = firstPause;
    machine = uid + "." + spec.getName();
    reason = afterInit ? "PodInitializing" : "ContainerCreating";
    pulls = new BackOff(firstPause, false);
    crashes = new BackOff(firstPause, true);
  }

  /** What an earlier simulator wrote of it, and what is there now. */
  void adopt(ContainerStatus status, boolean alive, Instant now) {
    restarts = status.getRestartCount();
    lastEnd = status.getLastState() == null ? null : status.getLastState().getTerminated();
    hasRun = lastEnd != null;
    ContainerState state = status.getState();
    if (state != null && state.getRunning() != null) {
      hasRun = false;
    }
    if (alive) {
      boolean known = state != null && state.getRunning() != null;
      started(known ? Instant.parse(state.getRunning().getStartedAt()) : now);
      ready = Boolean.TRUE.equals(status.getReady());
    } else if (state != null && state.getTerminated() != null) {
      phase = Phase.ENDED;
      end = state.getTerminated();
    } else if (state != null && state.getRunning() != null) {
      started(Instant.parse(state.getRunning().getStartedAt()));
      ended(Exit.unseen(), "", now);
    }
  }

  void waits(String why, String words, Instant until) {
    phase = Phase.WAITING;
    reason = why;
    message = words;
    notBefore = until;
  }

  void started(Instant now) {
    phase = Phase.RUNNING;
    startedAt = now;
    end = null;
    life++;
    restarts += hasRun ? 1 : 0;
    hasRun = false;
    ready = spec.getReadinessProbe() == null;
    probing.reset(now, spec.getReadinessProbe());
  }

  /** Its process has ended; {@code lastWords} is for people. */
  void ended(Exit exit, String lastWords, Instant now) {
    boolean unseen = exit.code() == Exit.UNKNOWN;
    String why =
        unseen
            ? "ContainerStatusUnknown"
            : exit.oomKilled() ? "OOMKilled" : exit.code() == 0 ? "Completed" : "Error";
    ended(
        unseen ? KILLED : exit.code(),
        why,
        unseen ? "The container could not be located when the pod was terminated" : lastWords,
        now);
  }

  void ended(int code, String why, String words, Instant now) {
    phase = Phase.ENDED;
    ready = false;
    end =
        new ContainerStateTerminatedBuilder()
            .withExitCode(code)
            .withReason(why)
            .withMessage(words.isEmpty() ? null : words)
            .withStartedAt(NodeObject.time(Objects.requireNonNullElse(startedAt, now)))
            .withFinishedAt(NodeObject.time(now))
            .withContainerID(id())
            .build();
  }

  /** It is to be started once more; returns the pause before. */
  Duration again(Instant now, Duration healthy) {
    if (startedAt != null && startedAt.plus(healthy).isBefore(now)) {
      crashes = new BackOff(firstPause, true);
    }
    lastEnd = end;
    end = null;
    hasRun = true;
    return crashes.next();
  }

  boolean succeeded() {
    return end != null && end.getExitCode() == 0;
  }

  boolean failed() {
    return end != null && end.getExitCode() != 0;
  }

  private String id() {
    return "flamepool://" + machine + "." + restarts;
  }

  ContainerStatus status() {
    ContainerStateBuilder state = new ContainerStateBuilder();
    switch (phase) {
      case WAITING ->
          state
              .withNewWaiting()
              .withReason(reason)
              .withMessage(message.isEmpty() ? null : message)
              .endWaiting();
      case RUNNING ->
          state
              .withNewRunning()
              .withStartedAt(NodeObject.time(Objects.requireNonNull(startedAt)))
              .endRunning();
      case ENDED -> state.withTerminated(end);
    }
    boolean known = phase != Phase.WAITING || lastEnd != null;
    return new ContainerStatusBuilder()
        .withName(spec.getName())
        .withImage(spec.getImage())
        .withImageID(known ? spec.getImage() : "")
        .withContainerID(known ? id() : null)
        .withReady(init ? succeeded() : ready)
        .withStarted(phase == Phase.RUNNING)
        .withRestartCount(restarts)
        .withState(state.build())
        .withLastState(new ContainerStateBuilder().withTerminated(lastEnd).build())
        .build();
  }
}
