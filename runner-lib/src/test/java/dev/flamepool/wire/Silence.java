package dev.flamepool.wire;

/** Lets time pass for the control connections of this process, in which they hear nothing. */
public final class Silence {
  private static long pretended = System.nanoTime();

  private Silence() {}

  /** The same for slots, of callers and of runners; again, it goes on from where it was. */
  public static synchronized void standStill(int seconds) {
    long now = Math.max(System.nanoTime(), pretended);
    pretended = now + seconds * LinkTimer.TICK_NANOS;
    for (int i = 1; i <= seconds; i++) {
      long later = now + i * LinkTimer.TICK_NANOS;
      TransferWatch.look(later);
      SlotWatch.look(slot -> slot.endIfStuck(later));
    }
  }

  /** What callers here have moved on slots that wait in the middle of a body. */
  public static long moved() {
    long[] most = {-1};
    SlotWatch.look(slot -> most[0] = Math.max(most[0], slot.moved()));
    return most[0];
  }

  public static void elapse(int seconds) {
    long now = System.nanoTime();
    for (int i = 1; i <= seconds; i++) {
      LinkWatch.look(now + i * LinkTimer.TICK_NANOS);
    }
  }
}
