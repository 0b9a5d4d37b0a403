package dev.flamepool.operator.backend;

import java.time.Duration;

/** Pauses between tries that fail. */
public final class Growing {
  private Growing() {}

  /**
   * The pause after so many failures in a row, from 1: the first one, then each twice as long as
   * the one before, up to the longest.
   */
  public static Duration pause(int failures, Duration first, Duration longest) {
    Duration pause = first;
    for (int i = 1; i < failures && pause.compareTo(longest) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    return pause.compareTo(longest) < 0 ? pause : longest;
  }
}
