package dev.flamepool.runner;

import dev.flamepool.wire.HelloRefusedException.Reason;
import dev.flamepool.wire.Incoming;
import dev.flamepool.wire.Role;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Who is connected, each with all its connections, and how many of them each may have. */
final class Peers {
  /** Bytes of heap: what TLS holds, and buffers. */
  private static final int CONNECTION = 128 * 1024;

  private final ConcurrentHashMap<String, Peer> peers = new ConcurrentHashMap<>();
  private final AtomicInteger callers = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private final int maxConcurrency;
  private final int most;
  private final Runnable changed;

  /**
   * @param heap what it may grow to, in bytes; a quarter of it is for connections
   * @param changed told when there are more or fewer callers
   */
  Peers(int maxConcurrency, long heap, Runnable changed) {
    this.maxConcurrency = maxConcurrency;
    this.most = (int) Math.min(Integer.MAX_VALUE, heap / 4 / CONNECTION);
    this.changed = changed;
  }

  private static String key(Incoming in) {
    return in.role() + ":" + in.hello().callerId();
  }

  /** One more connection of that peer. */
  Peer join(Incoming in) {
    connections.incrementAndGet();
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
    connections.decrementAndGet();
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
   * Refuses the slots of a caller that has more than its share when there are too many, and all
   * connections of callers beyond those that the heap has room for; false if it did.
   *
   * @param slots that all have
   */
  boolean admits(Incoming in, int slots) throws IOException {
    if (in.role() == Role.CALLER && connections.get() >= most) {
      in.refuse(
          Reason.SHARE,
          "this runner has "
              + most
              + " connections, which is what its heap has room for; give the runners more (-Xmx)");
      return false;
    }
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
