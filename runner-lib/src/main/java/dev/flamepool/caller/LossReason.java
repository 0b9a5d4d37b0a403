package dev.flamepool.caller;

import dev.flamepool.PoolState;
import dev.flamepool.wire.EndCause;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Why a runner was lost. What it said itself comes before its connections end; what the operator
 * found, say that the kernel killed it, is in the pool's status a moment later, and is waited for
 * where there is such a status.
 */
final class LossReason {
  private static final Duration MOST = Duration.ofSeconds(3);

  /** Its own last word may be read a little after the end of another connection. */
  private static final long STEP_MS = 100;

  private static final String DRAINED = EndCause.inStatus(EndCause.DRAINED.name());

  private final boolean told;
  private final Supplier<PoolView> view;
  private final Object news = new Object();

  /**
   * Knows nothing yet.
   *
   * @param told whether the pool's status will say it
   */
  LossReason(boolean told, Supplier<PoolView> view) {
    this.told = told;
    this.view = view;
  }

  /** As far as it is known now. */
  @Nullable String now(RunnerLink link) {
    String why = found(link);
    PoolView pool = view.get();
    if (Verdict.isClosed(pool) && (why == null || why.equals(DRAINED))) {
      return pool.presence() == PoolView.Presence.PRESENT ? "Suspended" : "PoolDeleted";
    }
    return why;
  }

  private @Nullable String found(RunnerLink link) {
    String own = link.endCause();
    return own != null ? own : told(view.get().failures(), link.endpoint().uid());
  }

  /** By uid alone: a runner that takes another's place has its name too. */
  static @Nullable String told(List<PoolState.Failure> failures, String uid) {
    String last = null;
    for (PoolState.Failure failure : failures) {
      if (failure.uid().equals(uid)) {
        last = failure.reason() + (failure.message().isEmpty() ? "" : ": " + failure.message());
      }
    }
    return last;
  }

  /** The pool's status has changed. */
  void changed() {
    synchronized (news) {
      news.notifyAll();
    }
  }

  /**
   * Waits until it is known, but not for long.
   *
   * @param until when whoever waits for the call has waited enough
   */
  void await(RunnerLink link, long until) {
    long end = Math.min(until, Ticks.after(Ticks.now(), MOST));
    try {
      synchronized (news) {
        while (told && now(link) == null && !link.isCutOff()) {
          long left = (end - Ticks.now()) / 1_000_000;
          if (left <= 0) {
            return;
          }
          news.wait(Math.min(left, STEP_MS));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
