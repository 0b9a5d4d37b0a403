package dev.flamepool.operator.sweep;

/** Whether a listing can be believed. One that cannot does nothing. */
final class Suspicion {
  /** Below this a listing may halve in one pass without a word. */
  private static final int FEW = 8;

  private Suspicion() {}

  /**
   * A listing that became empty, or lost more than half of many entries, since the one before it.
   * Its successor is compared with it: what stays that way is believed.
   */
  static boolean of(int before, int now) {
    return (before > 0 && now == 0) || (before >= FEW && now * 2 < before);
  }
}
