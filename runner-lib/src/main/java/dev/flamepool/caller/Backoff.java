package dev.flamepool.caller;

/** When a runner that refused a call, or could not be reached, is tried again. Thread-safe. */
final class Backoff {
  private volatile long until;
  private long step;

  /** Not before {@code first} from now, twice as long the next time in a row up to {@code last}. */
  synchronized void block(long now, long first, long last) {
    step = Math.min(last, Math.max(first, step * 2));
    until = now + step;
  }

  /** At once. */
  synchronized void unblock() {
    step = 0;
    until = 0;
  }

  /** The next wait is a first one again; the present one stays. */
  synchronized void succeeded() {
    step = 0;
  }

  boolean isBlocked() {
    return until != 0;
  }

  /** Whether it is not to be tried now. Asks for the time only if it may be so. */
  boolean holds() {
    long at = until;
    return at != 0 && Ticks.now() < at;
  }

  /** When it may be tried after then, {@link Ticks#NEVER} if it may be already. */
  long nextTry(long now) {
    long at = until;
    return at <= now ? Ticks.NEVER : at;
  }
}
