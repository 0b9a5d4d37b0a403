package dev.flamepool.operator.backend;

import java.util.ArrayList;
import java.util.List;

/**
 * The side effects of one operator instance, numbered as they come. A clean run records them; the
 * crash matrix then repeats the run once per point and dies there, so no point is listed by hand.
 * Whatever has an edge to the world (a backend, an API) calls {@link #reach} before and after it.
 * Thread-safe; once dead, every further point dies too, as the other threads of a killed process
 * do.
 */
public final class CrashPoints {
  private final int fatal;
  private final List<String> reached = new ArrayList<>();

  private CrashPoints(int fatal) {
    this.fatal = fatal;
  }

  /** Only records. */
  public static CrashPoints never() {
    return new CrashPoints(Integer.MAX_VALUE);
  }

  /** Dies at the n-th point, counted from 0. */
  public static CrashPoints at(int n) {
    return new CrashPoints(n);
  }

  /**
   * A point is reached.
   *
   * @throws SimulatedCrash if it is the fatal one or a later one
   */
  public synchronized void reach(String point) {
    reached.add(point);
    if (reached.size() > fatal) {
      throw new SimulatedCrash(point);
    }
  }

  /** Whether the fatal point has been reached. */
  public synchronized boolean dead() {
    return reached.size() > fatal;
  }

  /** The points reached so far, in order. */
  public synchronized List<String> reached() {
    return List.copyOf(reached);
  }
}
