package dev.flamepool.caller;

import dev.flamepool.wire.ControlMessage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What this process wants of a runner that is full, and what that runner believes it wants. Said
 * anew only when the runner believes in less than half of it, so that a long line does not cost a
 * message for each call. Thread-safe; nothing blocks.
 */
final class Wants {
  /** The way to the runner. */
  interface Line {
    /** False if there is none at the moment. May block. */
    boolean send(ControlMessage message);
  }

  /** Places of one runner. */
  private static final int MOST = 10_000;

  private final Executor threads;
  private final Line line;
  private int wanted;
  private int told;
  private int unneeded;
  private boolean saying;

  /**
   * @param threads for what may block
   */
  Wants(Executor threads, Line line) {
    this.threads = threads;
    this.line = line;
  }

  /** So many calls wait. */
  synchronized void set(int calls) {
    wanted = calls;
    if (isDue()) {
      saySoon();
    }
  }

  private boolean isDue() {
    return wanted == 0 ? told > 0 : told <= wanted / 2;
  }

  /** One thread at a time, so that the last word is the last one sent. */
  private void say() {
    boolean said = false;
    try {
      said = sayAll();
    } finally {
      if (!said) {
        failed(); // an Error as well costs this one word
      }
    }
  }

  private boolean sayAll() {
    for (ControlMessage m = next(); m != null; m = next()) {
      if (!line.send(m)) {
        return false;
      }
    }
    return true;
  }

  private synchronized @Nullable ControlMessage next() {
    if (unneeded > 0) {
      int calls = unneeded;
      unneeded = 0;
      return new ControlMessage.Returned(calls);
    }
    if (!isDue()) {
      saying = false;
      return null;
    }
    told = wanted;
    return new ControlMessage.Want(wanted);
  }

  private synchronized void failed() {
    told = 0;
    unneeded = 0;
    saying = false;
  }

  private void saySoon() {
    if (!saying) {
      saying = true;
      try {
        threads.execute(this::say);
      } catch (OutOfMemoryError | RejectedExecutionException e) {
        saying = false; // no thread now: the next word tries again
      }
    }
  }

  /** The runner has granted so many. */
  synchronized void granted(int calls) {
    told = Math.max(0, told - Math.max(0, calls));
  }

  /** So many grants are not needed. */
  synchronized void giveBack(int calls) {
    if (calls > 0) {
      unneeded = Math.min(unneeded + calls, MOST);
      saySoon();
    }
  }

  /** What the runner believes is not known any more. */
  synchronized void forget() {
    told = 0;
    unneeded = 0;
  }
}
