package dev.flamepool.wire;

/** Lets time pass for the control connections of this process, in which they hear nothing. */
public final class Silence {
  private static long pretended = System.nanoTime();

  private Silence() {}

  /** The same for the slots of runners here; again, it goes on from where it was. */
  public static synchronized void standStill(int seconds) {
    long now = Math.max(System.nanoTime(), pretended);
    pretended = now + seconds * LinkTimer.TICK_NANOS;
    for (int i = 1; i <= seconds; i++) {
      TransferWatch.look(now + i * LinkTimer.TICK_NANOS);
    }
  }

  public static void elapse(int seconds) {
    long now = System.nanoTime();
    for (int i = 1; i <= seconds; i++) {
      LinkWatch.look(now + i * LinkTimer.TICK_NANOS);
    }
  }
}
