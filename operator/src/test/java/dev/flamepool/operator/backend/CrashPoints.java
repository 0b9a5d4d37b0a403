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
  private final String name;
  private final int pause;
  private final Runnable paused;
  private final List<String> reached = new ArrayList<>();
  private boolean dead;

  private CrashPoints(int fatal, String name, int pause, Runnable paused) {
    this.fatal = fatal;
    this.name = name;
    this.pause = pause;
    this.paused = paused;
  }

  private CrashPoints(int fatal, String name) {
    this(fatal, name, Integer.MAX_VALUE, () -> {});
  }

  /** Only records. */
  public static CrashPoints never() {
    return new CrashPoints(Integer.MAX_VALUE, "");
  }

  /** Dies at the n-th point, counted from 0. */
  public static CrashPoints at(int n) {
    return new CrashPoints(n, "");
  }

  /** Runs something at the n-th point, counted from 0, and goes on; see {@link #die}. */
  public static CrashPoints pausingAt(int n, Runnable paused) {
    return new CrashPoints(Integer.MAX_VALUE, "", n, paused);
  }

  /** Dies at the next point. */
  public synchronized void die() {
    dead = true;
  }

  /** Dies at the first point of a name. */
  public static CrashPoints at(String name) {
    return new CrashPoints(Integer.MAX_VALUE, name);
  }

  /**
   * A point is reached.
   *
   * @throws SimulatedCrash if it is the fatal one or a later one
   */
  public void reach(String point) {
    boolean pausing;
    synchronized (this) {
      reached.add(point);
      dead = dead || reached.size() > fatal || point.equals(name);
      if (dead) {
        throw new SimulatedCrash(point);
      }
      pausing = reached.size() == pause + 1;
    }
    if (pausing) {
      paused.run();
    }
  }

  /** Whether the fatal point has been reached. */
  public synchronized boolean dead() {
    return dead;
  }

  /** The points reached so far, in order. */
  public synchronized List<String> reached() {
    return List.copyOf(reached);
  }
}
