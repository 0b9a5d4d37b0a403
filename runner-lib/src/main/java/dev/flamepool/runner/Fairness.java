package dev.flamepool.runner;

import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.Phase;
import dev.flamepool.wire.Refusal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Admission that is fair between callers: {@link Turns} over the runner's state, its clock and its
 * control connections. While nobody waits it costs a call one volatile read when it begins and one
 * when it ends. A runner of a single use grants nothing. Thread-safe.
 */
final class Fairness {
  private final RunnerState state;
  private final int maxConcurrency;
  private final boolean off;
  private final Ticker ticker;
  private final BiConsumer<Peer, ControlMessage> send;
  private final Alarm alarm;
  private final Turns<Peer> turns = new Turns<>();
  private volatile boolean quiet = true;

  /**
   * @param send sends on the caller's control connection, and does not block
   */
  Fairness(
      RunnerState state,
      int maxConcurrency,
      boolean singleUse,
      Ticker ticker,
      BiConsumer<Peer, ControlMessage> send) {
    this.state = state;
    this.maxConcurrency = maxConcurrency;
    this.off = singleUse;
    this.ticker = ticker;
    this.send = send;
    alarm = new Alarm(ticker, this::ring);
  }

  /** Takes a place for a call of the caller, or says why not. */
  @Nullable Refusal admit(Peer caller) {
    return quiet ? state.admit(ticker.nanos()) : inTurn(caller);
  }

  private synchronized @Nullable Refusal inTurn(Peer caller) {
    long now = ticker.nanos();
    boolean may = state.now().phase() != Phase.SERVING || turns.takes(caller, now);
    Refusal refusal = may ? state.admit(now) : Refusal.FULL;
    quiet = turns.isQuiet();
    return refusal;
  }

  /** A place has become free. */
  void finished() {
    if (!quiet) {
      next();
    }
  }

  /** Grants the places that are free. */
  private synchronized void next() {
    RunnerState.Snapshot s = state.now();
    long now = ticker.nanos();
    turns.expire(now);
    if (s.phase() == Phase.SERVING) {
      Map<Peer, Integer> chosen = new LinkedHashMap<>();
      turns
          .grant(maxConcurrency - s.inFlight() - turns.granted(), now)
          .forEach(caller -> chosen.merge(caller, 1, Integer::sum));
      chosen.forEach((caller, calls) -> send.accept(caller, new ControlMessage.Grant(calls)));
    }
    quiet = turns.isQuiet();
    if (turns.granted() > 0) {
      alarm.in(Math.max(0, turns.nextExpiry() - now));
    }
  }

  private @Nullable Long ring() {
    next();
    return null;
  }

  /** A caller waits, no longer waits, or waits for more. */
  synchronized void want(Peer caller, int calls) {
    if (!off) {
      turns.want(caller, Math.min(calls, maxConcurrency));
      quiet = false; // before next() looks at what is free: whoever finishes later looks here
      next();
    }
  }

  /** A caller does not need what it was granted. */
  synchronized void returned(Peer caller, int calls) {
    for (int i = 0; i < calls && turns.giveUp(caller); i++) {
      // as many as it has
    }
    next();
  }

  /** Nobody is there any more to use what the caller wanted or was granted. */
  synchronized void gone(Peer caller) {
    turns.gone(caller);
    next();
  }

  /** Whether calls of the caller need a grant. */
  boolean needsGrant(Peer caller) {
    if (quiet) {
      return false;
    }
    synchronized (this) {
      return turns.needsGrant(caller);
    }
  }
}
