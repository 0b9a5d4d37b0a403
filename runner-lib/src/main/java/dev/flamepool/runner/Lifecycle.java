package dev.flamepool.runner;

import dev.flamepool.FlameParent;
import dev.flamepool.IdleCheck;
import dev.flamepool.wire.EndCause;
import dev.flamepool.wire.Phase;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a runner ends by itself: idle, lifetime, orphan. Asked by one alarm; what changes in
 * between only matters when that rings, but for a shorter limit, which sets it anew.
 */
final class Lifecycle {
  /**
   * What it waits for. All in nanoseconds, negative for never.
   *
   * @param idle limit for the present role, kept or not
   * @param idleSince idleness counts from here at the earliest: the last word of the operator
   * @param contacts open connections
   * @param contactAt when the last one ended
   */
  record Rules(
      long idle,
      long idleSince,
      long orphan,
      int contacts,
      long contactAt,
      long lifetime,
      long bornAt) {}

  /**
   * What follows now.
   *
   * @param cause what to end of, or null
   * @param waitNanos nanoseconds until the next thing can happen, or null if none can
   */
  record Decision(@Nullable EndCause cause, @Nullable Long waitNanos) {}

  /**
   * The idle time of a runner that no caller has reached yet is no shorter: on a busy cluster those
   * it was booted for need that long to hear of it.
   */
  private static final long UNMET_NANOS = 10_000_000_000L;

  /** How soon to look again after somebody who is about to say hello. */
  private static final long ARRIVAL_NANOS = 50_000_000;

  /** How long to look: hello follows the certificate at once, on a busy core within a second. */
  private static final long HELLO_NANOS = 2_000_000_000L;

  private final RunnerState state;
  private final Ticker ticker;
  private final Alarm alarm;
  private final Consumer<EndCause> end;
  private final long bornAt;
  private final long lifetime;
  private final long orphan;
  private final IdleQuestion question;
  private final AtomicInteger certified = new AtomicInteger();
  private long waitedAfter = Long.MIN_VALUE; // what happened last; by the alarm only
  private long waitsUntil;
  private volatile boolean met;
  private boolean kept;
  private long idle;
  private long idleKept;
  private long idleSince;
  private int contacts;
  private long contactAt;

  /**
   * @param jitter in [0, 1): takes up to a tenth off the lifetime, so that runners born together do
   *     not end together
   * @param end told once for idle (then the state drains already), lifetime or orphan
   */
  Lifecycle(
      FlameParent parent,
      double jitter,
      RunnerState state,
      Ticker ticker,
      Threads threads,
      Consumer<EndCause> end) {
    this.state = state;
    this.ticker = ticker;
    this.end = end;
    bornAt = ticker.nanos();
    idle = nanos(parent.idleShutdownAfterMs());
    idleKept = nanos(parent.minIdleShutdownAfterMs());
    orphan = nanos(parent.orphanAfterMs());
    long life = nanos(parent.maxLifetimeMs());
    lifetime = life < 0 ? -1 : life - (long) (life * 0.1 * jitter);
    idleSince = bornAt;
    contactAt = bornAt;
    alarm = new Alarm(ticker, this::ring);
    question = new IdleQuestion(ticker, threads);
  }

  void start() {
    alarm.in(0);
  }

  void idleCheck(IdleCheck check) {
    question.about(check);
  }

  private static long nanos(long ms) {
    return ms < 0 ? -1 : Ticker.nanos(ms);
  }

  /**
   * The operator says whether this runner is held for {@code min}. It says so when it first meets
   * the runner and on changes: idleness counts anew even if this is no news.
   */
  void kept(boolean now) {
    synchronized (this) {
      kept = now;
      idleSince = ticker.nanos();
    }
    alarm.in(0);
  }

  /** The operator says its limits: idleness counts anew. */
  void limits(long idleMs, long idleKeptMs) {
    synchronized (this) {
      idle = nanos(idleMs);
      idleKept = nanos(idleKeptMs);
      idleSince = ticker.nanos();
    }
    alarm.in(0);
  }

  /** Somebody has shown a certificate: until it says hello the runner does not end as idle. */
  void certified() {
    certified.incrementAndGet();
  }

  /** It has said hello, or never will. */
  void greeted() {
    certified.decrementAndGet();
  }

  boolean awaitsHello() {
    return certified.get() > 0;
  }

  /** A caller has connected; its first call may take a while to follow. */
  void active() {
    state.active(ticker.nanos());
    if (!met) {
      met = true;
      alarm.in(0); // its limit may be a shorter one from now on
    }
  }

  synchronized void connected() {
    contacts++;
  }

  void disconnected() {
    synchronized (this) {
      contacts--;
      contactAt = ticker.nanos();
    }
    if (orphan >= 0) {
      alarm.in(orphan);
    }
  }

  synchronized boolean isKept() {
    return kept;
  }

  synchronized int contacts() {
    return contacts;
  }

  private synchronized Rules rules() {
    long limit = question.isOpen() ? -1 : kept ? idleKept : idle;
    return new Rules(
        met || limit < 0 ? limit : Math.max(limit, UNMET_NANOS),
        idleSince,
        orphan,
        contacts,
        contactAt,
        lifetime,
        bornAt);
  }

  /** Pure. */
  static Decision decide(RunnerState.Snapshot s, Rules r, long now) {
    if (s.phase() == Phase.DRAINING || s.phase() == Phase.GONE) {
      return new Decision(null, null);
    }
    long wait = Long.MAX_VALUE;
    if (r.lifetime >= 0) {
      long left = r.bornAt + r.lifetime - now;
      if (left <= 0) {
        return new Decision(EndCause.LIFETIME, null);
      }
      wait = left;
    }
    if (r.orphan >= 0 && r.contacts == 0) {
      long left = r.contactAt + r.orphan - now;
      if (left <= 0) {
        return new Decision(EndCause.ORPHAN, null);
      }
      wait = Math.min(wait, left);
    }
    if (r.idle >= 0 && s.phase() == Phase.SERVING) {
      long left = s.inFlight() > 0 ? r.idle : Math.max(s.activeAt(), r.idleSince) + r.idle - now;
      if (left <= 0) {
        return new Decision(EndCause.IDLE, null);
      }
      wait = Math.min(wait, left);
    }
    return new Decision(null, wait == Long.MAX_VALUE ? null : wait);
  }

  private @Nullable Long ring() {
    RunnerState.Snapshot seen = state.now();
    long now = ticker.nanos();
    Decision d = decide(seen, rules(), now);
    EndCause cause = d.cause();
    if (cause == null) {
      return d.waitNanos();
    }
    if (cause != EndCause.IDLE) {
      end.accept(cause);
      return null;
    }
    if (awaitsHello() && waitsForHello(seen, now)) {
      return ARRIVAL_NANOS;
    }
    question.ask(may -> answered(seen, may));
    return 0L;
  }

  private void answered(RunnerState.Snapshot seen, boolean mayEnd) {
    long now = ticker.nanos();
    if (!mayEnd) {
      state.active(now);
    } else if (decide(seen, rules(), now).cause() == EndCause.IDLE && state.drainIdle(seen, now)) {
      end.accept(EndCause.IDLE);
    }
    alarm.in(0); // else a call came in between, or it is kept from now on
  }

  /** Once for each time of being idle, or a connection that is made again and again would do. */
  private boolean waitsForHello(RunnerState.Snapshot seen, long now) {
    if (waitedAfter != seen.activeAt()) {
      waitedAfter = seen.activeAt();
      waitsUntil = now + HELLO_NANOS;
    }
    return now < waitsUntil;
  }
}
