package dev.flamepool.runner;

import dev.flamepool.wire.EndCause;
import dev.flamepool.wire.Phase;
import dev.flamepool.wire.Refusal;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The one state of a runner: {@code Booting -> Serving -> Draining -> Gone} with the calls in
 * flight. Admission, idle end and single use are compare-and-set on it, so no call is admitted by a
 * runner that has decided to end, and none ends as idle with a call inside. Pure: times come in,
 * nothing goes out.
 */
final class RunnerState {
  /**
   * What is so at one moment.
   *
   * @param accepted calls admitted so far
   * @param cause why it ends, null before
   * @param activeAt time of the last admission, end of a call or change of what it waits for
   */
  record Snapshot(
      Phase phase, int inFlight, long accepted, @Nullable EndCause cause, long activeAt) {}

  private final int maxConcurrency;
  private final boolean singleUse;
  private final AtomicReference<Snapshot> state;

  RunnerState(int maxConcurrency, boolean singleUse, long now) {
    this.maxConcurrency = maxConcurrency;
    this.singleUse = singleUse;
    state = new AtomicReference<>(new Snapshot(Phase.BOOTING, 0, 0, null, now));
  }

  Snapshot now() {
    return state.get();
  }

  /** Booting is over; false if the runner is ending already. */
  boolean serve(long now) {
    while (true) {
      Snapshot s = state.get();
      if (s.phase != Phase.BOOTING) {
        return false;
      }
      if (state.compareAndSet(s, new Snapshot(Phase.SERVING, s.inFlight, s.accepted, null, now))) {
        return true;
      }
    }
  }

  /**
   * Takes a place for one call, or says why not. A call that was admitted must be {@link
   * #finish}ed.
   */
  @Nullable Refusal admit(long now) {
    while (true) {
      Snapshot s = state.get();
      if (s.phase == Phase.DRAINING) {
        return s.cause == EndCause.SINGLE_USE ? Refusal.CONSUMED : Refusal.DRAINING;
      }
      if (s.phase != Phase.SERVING) {
        return Refusal.GONE;
      }
      if (singleUse && s.accepted > 0) {
        return Refusal.CONSUMED;
      }
      if (s.inFlight >= maxConcurrency) {
        return Refusal.FULL;
      }
      if (state.compareAndSet(
          s, new Snapshot(Phase.SERVING, s.inFlight + 1, s.accepted + 1, null, now))) {
        return null;
      }
    }
  }

  /** Gives the place back. Returns the cause if the runner thereby starts to drain: single use. */
  @Nullable EndCause finish(long now) {
    while (true) {
      Snapshot s = state.get();
      boolean consumed = singleUse && s.phase == Phase.SERVING;
      Snapshot t =
          new Snapshot(
              consumed ? Phase.DRAINING : s.phase,
              s.inFlight - 1,
              s.accepted,
              consumed ? EndCause.SINGLE_USE : s.cause,
              now);
      if (state.compareAndSet(s, t)) {
        return consumed ? EndCause.SINGLE_USE : null;
      }
    }
  }

  /** Starts to drain; false if it did already. */
  boolean drain(EndCause cause, long now) {
    while (true) {
      Snapshot s = state.get();
      if (s.phase == Phase.DRAINING || s.phase == Phase.GONE) {
        return false;
      }
      if (state.compareAndSet(
          s, new Snapshot(Phase.DRAINING, s.inFlight, s.accepted, cause, now))) {
        return true;
      }
    }
  }

  /** Starts to drain as idle, only if nothing has happened since {@code seen}. */
  boolean drainIdle(Snapshot seen, long now) {
    return seen.phase == Phase.SERVING
        && seen.inFlight == 0
        && state.compareAndSet(
            seen, new Snapshot(Phase.DRAINING, 0, seen.accepted, EndCause.IDLE, now));
  }

  /** Counts idleness anew. */
  void active(long now) {
    while (true) {
      Snapshot s = state.get();
      if (state.compareAndSet(s, new Snapshot(s.phase, s.inFlight, s.accepted, s.cause, now))) {
        return;
      }
    }
  }

  /** The end; the cause stays. */
  Snapshot gone(long now) {
    while (true) {
      Snapshot s = state.get();
      Snapshot t = new Snapshot(Phase.GONE, s.inFlight, s.accepted, s.cause, now);
      if (state.compareAndSet(s, t)) {
        return t;
      }
    }
  }
}
