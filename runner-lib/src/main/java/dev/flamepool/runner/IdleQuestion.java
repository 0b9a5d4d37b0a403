package dev.flamepool.runner;

import dev.flamepool.IdleCheck;

/**
 * Asks the application whether it may end, on a thread of its own: an answer that does not come
 * keeps the runner from ending as idle, and holds up nothing else.
 */
final class IdleQuestion {
  /** Takes the answer. */
  interface Answer {
    void take(boolean mayEnd);
  }

  /** An answer is one look at the application's own work; longer than this is worth a line. */
  static final long LONG_NANOS = 10_000_000_000L;

  private final Ticker ticker;
  private final Threads threads;
  private volatile IdleCheck check = IdleCheck.ALWAYS;
  private volatile boolean open;

  IdleQuestion(Ticker ticker, Threads threads) {
    this.ticker = ticker;
    this.threads = threads;
  }

  void about(IdleCheck now) {
    check = now;
  }

  /** Whether it has been asked and not answered. */
  boolean isOpen() {
    return open;
  }

  /** Not while it is open. An application without a check answers at once. */
  void ask(Answer answer) {
    IdleCheck asked = check;
    if (asked == IdleCheck.ALWAYS) {
      answer.take(true);
      return;
    }
    open = true;
    boolean started = false;
    try {
      Thread thread = threads.start(() -> answer(asked, answer), "flame-idle-check");
      started = true;
      ticker.after(LONG_NANOS, () -> remark(thread));
    } finally {
      open = started && open;
    }
  }

  private void answer(IdleCheck asked, Answer answer) {
    boolean may = mayEnd(asked);
    open = false;
    answer.take(may);
  }

  private static boolean mayEnd(IdleCheck asked) {
    try {
      return asked.mayEnd();
    } catch (Throwable e) {
      Say.warn("the application's IdleCheck failed and does not count: " + e);
      return true;
    }
  }

  private static void remark(Thread asked) {
    if (asked.isAlive()) {
      Say.warn(
          "the application's IdleCheck has not answered for "
              + LONG_NANOS / 1_000_000_000
              + " s: the runner does not end as idle until it does");
    }
  }
}
