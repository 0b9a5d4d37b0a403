package dev.flamepool.runner;

import dev.flamepool.wire.HelloRefusedException.Reason;
import dev.flamepool.wire.Incoming;
import dev.flamepool.wire.Role;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Who is connected, each with all its connections, and how many of them each may have. */
final class Peers {
  private final ConcurrentHashMap<String, Peer> peers = new ConcurrentHashMap<>();
  private final AtomicInteger callers = new AtomicInteger();
  private final int maxConcurrency;
  private final Runnable changed;

  /**
   * @param changed told when there are more or fewer callers
   */
  Peers(int maxConcurrency, Runnable changed) {
    this.maxConcurrency = maxConcurrency;
    this.changed = changed;
  }

  private static String key(Incoming in) {
    return in.role() + ":" + in.hello().callerId();
  }

  /** One more connection of that peer. */
  Peer join(Incoming in) {
    return peers.compute(
        key(in),
        (key, known) -> {
          Peer p = known == null ? new Peer() : known;
          if (p.use(1) == 1) {
            count(in, 1);
          }
          return p;
        });
  }

  /** One less. */
  void leave(Incoming in) {
    peers.computeIfPresent(
        key(in),
        (key, p) -> {
          if (p.use(-1) > 0) {
            return p;
          }
          count(in, -1);
          return null;
        });
  }

  private void count(Incoming in, int change) {
    if (in.role() == Role.CALLER) {
      callers.addAndGet(change);
      changed.run();
    }
  }

  /** Callers that are connected. */
  int callers() {
    return callers.get();
  }

  /** Slot connections that each caller may keep open. */
  int share() {
    return Shares.share(maxConcurrency, callers.get());
  }

  /**
   * Refuses the slots of a caller that has more than its share when there are too many; false if it
   * did.
   *
   * @param slots that all have
   */
  boolean admits(Incoming in, int slots) throws IOException {
    Peer peer = peers.get(key(in));
    int own = peer == null ? 0 : peer.open();
    if (in.isControl() || !Shares.refuses(own, slots, maxConcurrency, callers.get())) {
      return true;
    }
    in.refuse(
        Reason.SHARE,
        "this caller has "
            + own
            + " of the "
            + slots
            + " slot connections that this runner keeps; its share is "
            + share());
    return false;
  }
}
