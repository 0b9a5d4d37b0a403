package dev.flamepool.caller;

import dev.flamepool.wire.ControlMessage;
import java.time.Duration;

/**
 * Whether a runner would take another call, as far as its refusals and its {@code Load} tell: when
 * it is tried again, how busy others keep it, whether they fill it. Thread-safe.
 */
final class Room {
  private static final long FULL_FIRST = Duration.ofMillis(10).toNanos();
  private static final long FULL_LAST = Duration.ofMillis(200).toNanos();
  // A runner that grants places lets this process know when there is one.
  private static final long TURNS_FIRST = Duration.ofMillis(500).toNanos();
  private static final long TURNS_LAST = Duration.ofSeconds(1).toNanos();
  private static final long LOST_FIRST = Duration.ofMillis(200).toNanos();
  private static final long LOST_LAST = Duration.ofSeconds(5).toNanos();

  private volatile long blockedUntil;
  private long wait;
  private volatile boolean full;
  private volatile boolean grants;
  private volatile int others;
  private volatile int callers;
  private volatile boolean contended;

  /** Whether it is not to be tried now. Asks for the time only if it may be so. */
  boolean isBlocked() {
    long blocked = blockedUntil;
    return blocked != 0 && Ticks.now() < blocked;
  }

  /** When it may be tried again after then, {@link Ticks#NEVER} if it may be already. */
  long nextTry(long now) {
    long blocked = blockedUntil;
    return blocked <= now ? Ticks.NEVER : blocked;
  }

  /** Whether it refused a call because others fill it, and has not said since that it has room. */
  boolean isFull() {
    return full;
  }

  /** Calls of other processes on it. */
  int others() {
    return others;
  }

  /** Processes connected to it, this one included; 0 if it did not say. */
  int callers() {
    return callers;
  }

  /** Whether calls of others wait for it. */
  boolean isContended() {
    return contended;
  }

  /** It refused a call because it is full. */
  void refused() {
    full = true;
    block(grants ? TURNS_FIRST : FULL_FIRST, grants ? TURNS_LAST : FULL_LAST);
  }

  /** It could not be reached, or not in time. */
  void lost() {
    block(LOST_FIRST, LOST_LAST);
  }

  private synchronized void block(long first, long last) {
    wait = Math.min(last, Math.max(first, wait * 2));
    blockedUntil = Ticks.now() + wait;
  }

  /** It was reached: the next time that it is not is a first one again. */
  synchronized void reached() {
    wait = 0;
  }

  /** It may be tried at once. */
  synchronized void unblock() {
    wait = 0;
    blockedUntil = 0;
  }

  /**
   * It says how it is.
   *
   * @param own calls of this process on it
   * @return true if it was not to be tried, and now may be
   */
  boolean heard(ControlMessage.Load load, int own) {
    others = Math.max(0, load.inFlight() - own);
    grants = load.share() > 0;
    callers = load.callers();
    contended = load.turns();
    boolean room = load.inFlight() < load.capacity() || others == 0;
    if (blockedUntil == 0 || !room || load.turns()) {
      return false;
    }
    full = false;
    unblock();
    return true;
  }
}
