package dev.flamepool.runner;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of the heap what large calls bring may take at once, from their admission to their end:
 * half of it. The other half is for results and for what calls make themselves. Thread-safe.
 */
final class BodyBudget {
  private final long most;
  private final AtomicLong taken = new AtomicLong();

  /**
   * Nothing is taken.
   *
   * @param heapBytes what the heap may grow to
   */
  BodyBudget(long heapBytes) {
    most = heapBytes / 2;
  }

  /** False if that never fits. */
  boolean canHold(long bytes) {
    return bytes <= most;
  }

  /** False if it does not fit now; else {@link #giveBack} must follow. */
  boolean take(long bytes) {
    if (taken.addAndGet(bytes) <= most) {
      return true;
    }
    taken.addAndGet(-bytes);
    return false;
  }

  void giveBack(long bytes) {
    taken.addAndGet(-bytes);
  }

  /** Why a call of that size is refused for good. */
  String explain(long bytes) {
    return "what the call brings takes "
        + mebibytes(bytes)
        + ", and a runner of this pool takes at most "
        + mebibytes(most)
        + ", half of its heap of "
        + mebibytes(2 * most)
        + ": give the runners more (-Xmx), or pass where the data is instead of the data";
  }

  /** Why a call of that size is refused now. */
  String explainNow(long bytes) {
    return "what the call brings takes "
        + mebibytes(bytes)
        + ", and what other large calls brought holds "
        + mebibytes(taken.get())
        + " of the "
        + mebibytes(most)
        + " that this runner has for that: make it again, or give the runners more (-Xmx)";
  }

  private static String mebibytes(long bytes) {
    return (bytes >> 20) + " MiB (" + bytes + " bytes)";
  }
}
