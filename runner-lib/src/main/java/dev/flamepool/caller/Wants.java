package dev.flamepool.caller;

import dev.flamepool.wire.ControlMessage;
import java.util.concurrent.Executor;

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

  private final Executor threads;
  private final Line line;
  private int wanted;
  private int told;
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
    if (!saying && isDue()) {
      saying = true;
      threads.execute(this::say);
    }
  }

  private boolean isDue() {
    return wanted == 0 ? told > 0 : told <= wanted / 2;
  }

  /** One thread at a time, so that the last word is the last one sent. */
  private void say() {
    for (int calls = next(); calls >= 0; calls = next()) {
      if (!line.send(new ControlMessage.Want(calls))) {
        failed();
        return;
      }
    }
  }

  private synchronized int next() {
    if (!isDue()) {
      saying = false;
      return -1;
    }
    told = wanted;
    return wanted;
  }

  private synchronized void failed() {
    told = 0;
    saying = false;
  }

  /** The runner has granted so many. */
  synchronized void granted(int calls) {
    told = Math.max(0, told - Math.max(0, calls));
  }

  /** So many grants are not needed. */
  void giveBack(int calls) {
    if (calls > 0) {
      threads.execute(() -> line.send(new ControlMessage.Returned(calls)));
    }
  }

  /** What the runner believes is not known any more. */
  synchronized void forget() {
    told = 0;
  }
}
