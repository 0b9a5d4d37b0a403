package dev.flamepool.caller;

import dev.flamepool.PoolState;
import java.time.Duration;
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
    String own = link.endCause();
    if (own != null) {
      return own;
    }
    for (PoolState.Failure failure : view.get().failures()) {
      boolean same =
          failure.uid().isEmpty()
              ? failure.runner().equals(link.runner())
              : failure.uid().equals(link.endpoint().uid());
      if (same) {
        return failure.reason() + (failure.message().isEmpty() ? "" : ": " + failure.message());
      }
    }
    return null;
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
