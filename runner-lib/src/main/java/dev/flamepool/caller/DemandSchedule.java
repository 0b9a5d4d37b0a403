package dev.flamepool.caller;

import java.time.Duration;

/**
 * When this process's demand is written, and what. A pure state machine: time comes in with every
 * question, in nanoseconds of any one clock.
 *
 * <ul>
 *   <li>{@code queued} leaves 0 or grows: written after 10 ms of gathering, then once a second with
 *       a burst of 3;
 *   <li>calls of other processes wait where this one's run, which are more than were written: so
 *       too, or the pool would not grow before the next period;
 *   <li>{@code queued} is lower than was written, and has been so for 250 ms: written too, once a
 *       second at most, or the pool would grow for calls that are over;
 *   <li>otherwise every 10 s while there are calls, if anything was ever queued or run;
 *   <li>60 s without a call: deleted.
 * </ul>
 *
 * So a call that finds a slot causes no write. Not thread-safe: its owner asks under a lock.
 */
final class DemandSchedule {
  static final long GATHER = Duration.ofMillis(10).toNanos();
  static final long REFILL = Duration.ofSeconds(1).toNanos();
  static final int BURST = 3;
  static final long SETTLE = Duration.ofMillis(250).toNanos();
  static final long PERIOD = Duration.ofSeconds(10).toNanos();
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  static final long FORGET = Duration.ofSeconds(60).toNanos();

  private static final long NEVER = Long.MIN_VALUE;

  /** What to do now. */
  enum Act {
    NOTHING,
    WRITE,
    DELETE
  }

  /**
   * An answer.
   *
   * @param act what to do now
   * @param inFlight what to write
   * @param queued what to write
   * @param idleNanos since the last call, 0 while calls run or wait
   * @param next when to ask again at the latest, {@link Long#MAX_VALUE} for not before something
   *     changes
   */
  record Answer(Act act, int inFlight, int queued, long idleNanos, long next) {
    private static Answer of(Act act, long next) {
      return new Answer(act, 0, 0, 0, next);
    }

    Demand demand(String codeVersion) {
      int idleSeconds = (int) ((idleNanos + SECOND - 1) / SECOND);
      return new Demand(inFlight, queued, idleSeconds, codeVersion);
    }
  }

  private final RunningAverage average = new RunningAverage(PERIOD);
  private final double chance;
  private boolean exists;
  private boolean everCalled;
  private long lastCall;
  private long lastWrite;
  private int level; // of queued, above which growth counts
  private int written; // of calls in flight
  private int waited; // of queued, as it was written
  private long lowerSince = NEVER;
  private long lastFall = NEVER;
  private long gatherUntil = Long.MIN_VALUE;
  private boolean gathering;
  private double tokens = BURST;
  private long tokensAt = Long.MIN_VALUE;

  DemandSchedule() {
    this(Math.random());
  }

  /**
   * Creates one.
   *
   * @param chance in [0, 1), another one in each process: who of many callers rounds up
   */
  DemandSchedule(double chance) {
    this.chance = chance;
  }

  /**
   * Calls in flight as a whole number. While calls wait, all that run are counted: they fill what
   * there is, however short they have been there. Else a caller that shares its runners with few
   * others, or whose calls wait, rounds up. Of many that all did so, a trickle of calls would look
   * like one call of each and keep runners that nobody needs; so they round up or down, such that
   * their sum is about right, and about one of them speaks for the pool if all do next to nothing.
   */
  private int inFlight(long now, int running, boolean waiting, int callers) {
    double level = average.at(now);
    int up = (int) Math.ceil(level - 1e-9);
    if (waiting) {
      return Math.max(up, running);
    }
    boolean few = callers <= 2 || up <= level;
    double fraction = level - (up - 1);
    return few || chance < Math.max(fraction, 1.0 / callers) ? up : up - 1;
  }

  /**
   * Asks.
   *
   * @param now nanoseconds
   * @param running calls on a runner at this moment
   * @param queued calls that no runner could take
   * @param called whether a call was made since the last question
   * @param callers processes that use the same runners, this one included, as far as is known
   * @param contended whether calls of other processes wait for these runners
   */
  Answer ask(long now, int running, int queued, boolean called, int callers, boolean contended) {
    average.add(now, running);
    if (running > 0 || queued > 0 || called) {
      if (!everCalled) {
        lastWrite = now; // the first period starts with the first call
      }
      everCalled = true;
      lastCall = now;
    }
    boolean pressed = contended && running > written;
    if (queued == 0) {
      level = 0;
    }
    if (queued >= waited) {
      lowerSince = NEVER;
    } else if (lowerSince == NEVER) {
      lowerSince = now;
    }
    if (queued == 0 && !pressed) {
      gathering = false;
    } else if ((queued > level || pressed) && !gathering) {
      gathering = true;
      gatherUntil = now + GATHER;
    }
    if (!everCalled) {
      return Answer.of(Act.NOTHING, Long.MAX_VALUE);
    }
    if (now - lastCall >= FORGET) {
      boolean delete = exists;
      exists = false;
      everCalled = false;
      written = 0;
      waited = 0;
      lowerSince = NEVER;
      return Answer.of(delete ? Act.DELETE : Act.NOTHING, Long.MAX_VALUE);
    }
    boolean grown = gathering && now >= gatherUntil && takeToken(now);
    boolean due = now - lastWrite >= PERIOD && now - lastCall < PERIOD;
    boolean fallen = lowerSince != NEVER && now >= fallDue();
    if (grown || due || fallen) {
      exists = true;
      lastWrite = now;
      lastFall = fallen ? now : lastFall;
      level = fallen ? queued : Math.max(level, queued);
      gathering = gathering && !grown && !due;
      waited = queued;
      lowerSince = NEVER;
      // Those that have just ceased to wait run, though they are not yet in the average.
      written = inFlight(now, running, queued > 0 || pressed || fallen, callers);
      return new Answer(Act.WRITE, written, queued, now - lastCall, next(now));
    }
    return Answer.of(Act.NOTHING, next(now));
  }

  /** When it is written that fewer calls wait. */
  private long fallDue() {
    long settled = lowerSince + SETTLE;
    return lastFall == NEVER ? settled : Math.max(settled, lastFall + REFILL);
  }

  private long next(long now) {
    long next = lastCall + FORGET;
    if (lowerSince != NEVER) {
      next = Math.min(next, fallDue());
    }
    if (now - lastCall < PERIOD) {
      next = Math.min(next, lastWrite + PERIOD);
    }
    if (gathering) {
      long token = tokens >= 1 ? now : tokensAt + (long) ((1 - tokens) * REFILL) + 1;
      next = Math.min(next, Math.max(gatherUntil, token));
    }
    return next;
  }

  private boolean takeToken(long now) {
    if (tokensAt != Long.MIN_VALUE) {
      tokens = Math.min(BURST, tokens + (double) (now - tokensAt) / REFILL);
    }
    tokensAt = now;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }
}
