package dev.flamepool.runner;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What others need to know of a slot's running call in order to interrupt it and nothing else:
 * begin and end share a lock with whoever interrupts, so an interrupt reaches exactly the call it
 * was meant for, and none is left when the reply is written (an interrupt there would close the
 * connection of a virtual thread).
 */
final class CallGate {
  /** Why a call was interrupted. */
  enum Why {
    CANCELLED,
    TIMED_OUT,
    CALLER_GONE,
    RUNNER_ENDS
  }

  private final BooleanSupplier awaitsBody;
  private @Nullable Thread thread;
  private int running;
  private boolean linked;
  private long deadline;
  private @Nullable Why interrupted;
  private int cancelledAhead;

  /**
   * @param awaitsBody whether the call's thread waits for more of the call: that time is not the
   *     call's
   */
  CallGate(BooleanSupplier awaitsBody) {
    this.awaitsBody = awaitsBody;
  }

  /**
   * @param deadlineNanos on the ticker's clock; {@code Long.MAX_VALUE} for none
   */
  synchronized void begin(int call, boolean isLinked, long deadlineNanos) {
    thread = Thread.currentThread();
    running = call;
    linked = isLinked;
    deadline = deadlineNanos;
    interrupted = null;
    if (cancelledAhead == call) {
      interrupt(call, Why.CANCELLED);
    }
  }

  /**
   * After this no interrupt of the call can arrive; one that has arrived is cleared. Says why, if
   * it was.
   */
  synchronized @Nullable Why end() {
    running = 0;
    thread = null;
    Thread.interrupted();
    return interrupted;
  }

  /**
   * Interrupts that call if it is the one that runs. A cancel may overtake its call: then the call
   * begins interrupted.
   */
  synchronized boolean interrupt(int call, Why why) {
    Thread t = thread;
    if (t == null || running == 0 || running != call) {
      if (why == Why.CANCELLED) {
        cancelledAhead = call;
      }
      return false;
    }
    if (interrupted == null) {
      interrupted = why;
    }
    t.interrupt();
    return true;
  }

  /** Interrupts the call that runs, if one does. */
  synchronized void interruptAny(Why why) {
    interrupt(running, why);
  }

  synchronized void interruptLinked(Why why) {
    if (running != 0 && linked) {
      interrupt(running, why);
    }
  }

  /** All of the call is there: its time begins, unless it is over already. */
  synchronized void received(long deadlineNanos) {
    if (interrupted == null) {
      deadline = deadlineNanos;
    }
  }

  /** The number of the running call, 0 for none. */
  synchronized int running() {
    return running;
  }

  /** When the running call must be interrupted, {@code Long.MAX_VALUE} for never. */
  synchronized long deadline() {
    return running == 0 ? Long.MAX_VALUE : deadline;
  }

  /**
   * The time is over: interrupts, and moves the deadline by the grace. Returns false if it was
   * interrupted for that before.
   */
  synchronized boolean expire(long graceNanos) {
    if (awaitsBody.getAsBoolean()) {
      deadline += graceNanos;
      return true;
    }
    boolean first = interrupted != Why.TIMED_OUT;
    deadline += graceNanos;
    interrupt(running, Why.TIMED_OUT);
    return first;
  }
}
