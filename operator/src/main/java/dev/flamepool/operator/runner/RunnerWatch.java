package dev.flamepool.operator.runner;

import dev.flamepool.api.FlameRunner;
import dev.flamepool.api.FlameRunnerStatus;
import dev.flamepool.api.FlameRunnerStatus.Phase;
import dev.flamepool.operator.backend.Turn;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What this process knows of the runners it looks after and need not survive it. Thread-safe; a
 * runner's entry is used by one reconcile at a time.
 */
final class RunnerWatch {
  private static final Duration FIRST_LOOK = Duration.ofSeconds(5);

  /** One runner. */
  static final class Entry {
    private final Map<Phase, Instant> phases = new EnumMap<>(Phase.class);
    @Nullable Instant unreachableSince;

    /**
     * Since when its first connection is awaited; null when it has been tried, or is not wanted.
     */
    @Nullable Instant dialledSince;

    /** When its backend is to be asked about it although its connection is still awaited. */
    @Nullable Instant lookAt;

    /** When its callers last reported calls that may run on it although it was out of reach. */
    @Nullable Instant calledAt;

    /** Whether a create of the attempt may still be under way. */
    boolean ambiguous = true;

    /** Since when this process has asked for the machine without being put off or answered. */
    @Nullable Instant askedSince;

    /** Since when its pool has been gone for sure; null while it has one. */
    @Nullable Instant strayedSince;

    /** Where it stands who waits until its machine may be asked for. */
    private volatile @Nullable Turn turn;

    /** Since when the API server has failed every pass over it. */
    @Nullable Instant troubledSince;

    /** Whether this process has tried to begin the first attempt. */
    boolean tried;

    private @Nullable Unstored unstored;

    /** Whether SIGTERM was sent by this process. */
    boolean told;

    /** How often in a row its end came to nothing for what the backend said, or did not say. */
    int endsFailed;

    /** Whether its machine was asked to be deleted by this process. */
    boolean deleted;

    /** Whether it was said that the annotation to abandon the machine is wrong. */
    boolean abandonmentRefused;

    /**
     * Since when this process has seen the runner in a phase. Time limits count from then: what is
     * stored was told by the clock of whoever led at that time, and clocks differ.
     */
    Instant since(Phase phase, Instant now) {
      return phases.computeIfAbsent(phase, unseen -> now);
    }

    /** How long to wait for the turn, at the latest; zero for no longer. */
    Duration turnLeft() {
      Turn waited = turn;
      return waited == null ? Duration.ZERO : waited.left();
    }

    /** Waits for this turn from now on, and for no other. */
    void turn(Optional<Turn> next) {
      Turn waited = turn;
      turn = next.orElse(null);
      if (waited != null && !waited.equals(turn)) {
        waited.leave();
      }
    }

    /** Nothing is waited for any more. */
    void leaveTurn() {
      turn(Optional.empty());
    }

    /**
     * Its first connection is awaited: that it is there, or fails, is told. The backend is asked
     * meanwhile after five seconds, and ever more rarely.
     *
     * @return how long not to ask yet; zero for now
     */
    Duration awaitsDial(Instant now) {
      if (dialledSince == null || lookAt == null) {
        dialledSince = now;
        lookAt = now.plus(FIRST_LOOK);
      }
      return now.isBefore(lookAt) ? Duration.between(now, lookAt) : Duration.ZERO;
    }

    /** The backend was asked. */
    void looked(Instant now) {
      if (dialledSince != null) {
        lookAt = now.plus(Duration.between(dialledSince, now));
      }
    }

    /** The machine is known as this, which is stored with the next thing that there is to say. */
    void learnt(FlameRunnerStatus.Machine machine, Instant now) {
      unstored = new Unstored(machine, unstored == null ? now : unstored.since());
    }

    /** The machine is stored, or is no more. */
    void stored() {
      unstored = null;
    }

    /** What is known of its machine and not stored, if it fits what is stored. */
    Optional<Unstored> unstored(FlameRunnerStatus status) {
      return Optional.ofNullable(unstored).filter(known -> known.fits(status));
    }

    /** The runner as it is known. */
    FlameRunner known(FlameRunner stored) {
      return unstored(RunnerStatus.of(stored))
          .map(known -> RunnerStatus.with(stored, known.status(RunnerStatus.of(stored))))
          .orElse(stored);
    }

    void connected(boolean connected, Instant now) {
      dialledSince = null;
      lookAt = null;
      if (connected) {
        unreachableSince = null;
        calledAt = null;
      } else if (unreachableSince == null) {
        unreachableSince = now;
      }
    }
  }

  /**
   * A machine that is not stored as it is.
   *
   * @param since when it was accepted
   */
  record Unstored(FlameRunnerStatus.Machine machine, Instant since) {
    /** Whether it is the machine of that attempt, and still boots. */
    boolean fits(FlameRunnerStatus status) {
      return status.machine() == null
          ? RunnerStatus.isPending(status)
              && status.launch() != null
              && Objects.equals(status.launch().attempt(), machine.attempt())
          : status.phase() == Phase.Booting
              && Objects.equals(status.machine().attempt(), machine.attempt())
              && Objects.equals(status.machine().id(), machine.id());
    }

    FlameRunnerStatus status(FlameRunnerStatus stored) {
      return RunnerStatus.isPending(stored)
          ? RunnerStatus.accepted(stored, machine, since)
          : RunnerStatus.withMachine(stored, machine);
    }
  }

  private final Map<String, Entry> entries = new ConcurrentHashMap<>();

  Entry of(String runnerUid) {
    return entries.computeIfAbsent(runnerUid, uid -> new Entry());
  }

  /** A pass came to its end. */
  void untroubled(String runnerUid) {
    entries.computeIfPresent(
        runnerUid,
        (uid, entry) -> {
          entry.troubledSince = null;
          return entry;
        });
  }

  void forget(String runnerUid) {
    Entry entry = entries.remove(runnerUid);
    if (entry != null) {
      entry.leaveTurn();
    }
  }
}
