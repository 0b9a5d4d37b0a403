package dev.flamepool.simulators.node;

import java.time.Duration;

/** Pauses that double up to thirty times the first, as the kubelet's do (10 s to 5 min). */
final class BackOff {
  private static final int MOST = 30;

  private final Duration first;
  private int factor;

  /** With {@code free}, the first pause is none at all. */
  BackOff(Duration first, boolean free) {
    this.first = first;
    factor = free ? 0 : 1;
  }

  Duration next() {
    Duration pause = first.multipliedBy(factor);
    factor = Math.min(MOST, factor == 0 ? 1 : factor * 2);
    return pause;
  }

  /** In the kubelet's notation, such as {@code 1m20s}. */
  static String words(Duration pause) {
    long minutes = pause.toMinutes();
    String seconds = pause.toSecondsPart() + "s";
    return pause.toSeconds() == 0
        ? pause.toMillis() + "ms"
        : minutes == 0 ? seconds : minutes + "m" + seconds;
  }
}
