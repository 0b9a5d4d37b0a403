package dev.flamepool.wire;

/** Lets time pass for the control connections of this process, in which they hear nothing. */
public final class Silence {
  private Silence() {}

  /** The same for the slots of runners here. */
  public static void standStill(int seconds) {
    long now = System.nanoTime();
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
