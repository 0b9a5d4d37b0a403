package dev.flamepool.caller;

import dev.flamepool.wire.CallOptions;
import dev.flamepool.wire.ControlListener;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.EndCause;
import dev.flamepool.wire.HelloRefusedException;
import dev.flamepool.wire.Refusal;
import dev.flamepool.wire.Reply;
import dev.flamepool.wire.Slot;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One runner as this process uses it: how many of its places are taken, whether it would take
 * another call, and the way to make one. A place is taken by {@link #tryTake} and given back by
 * {@link #exchange} or {@link #release}.
 */
final class RunnerLink implements RunnerChoice.Candidate, ControlListener {
  private static final int CLOSED = Integer.MIN_VALUE / 2;
  private static final long STEP_MS = 50;

  private final PoolView.Endpoint endpoint;
  private final Wiring wiring;
  private final Runners owner;
  private final Connections connections;
  private final AtomicInteger taken = new AtomicInteger();
  private final Set<Hold> holds = ConcurrentHashMap.newKeySet();
  private final Room room = new Room();
  private final Wants wants;
  private volatile boolean draining;
  private volatile boolean withdrawn;
  private volatile @Nullable String endCause;
  private volatile @Nullable String trouble;

  RunnerLink(PoolView.Endpoint endpoint, Wiring wiring, Runners owner) {
    this.endpoint = endpoint;
    this.wiring = wiring;
    this.owner = owner;
    this.connections = new Connections(endpoint, wiring, owner, this);
    this.wants = new Wants(wiring.threads(), connections::send);
  }

  String runner() {
    return endpoint.runner();
  }

  PoolView.Endpoint endpoint() {
    return endpoint;
  }

  /** Why it ended, in its own words, or null. */
  @Nullable String endCause() {
    return endCause;
  }

  /** What keeps calls from it although it is in the endpoints, or null. */
  @Nullable String trouble() {
    return trouble;
  }

  @Override
  public boolean hasRoom() {
    int n = taken.get();
    return !draining && n >= 0 && n < places() && !room.isBlocked();
  }

  @Override
  public int calls() {
    return taken.get() + room.others();
  }

  /** This process's calls on it. */
  int taken() {
    return Math.max(0, taken.get());
  }

  /** Whether calls of other processes wait for it. */
  boolean isContended() {
    return room.isContended();
  }

  /** Processes connected to it; 0 if it did not say. */
  int callers() {
    return room.callers();
  }

  /** When it may be tried again after then, {@link Ticks#NEVER} if time will not tell. */
  long nextTry(long now) {
    return draining ? Ticks.NEVER : room.nextTry(now);
  }

  private int places() {
    return connections.places(endpoint.maxConcurrency());
  }

  boolean tryTake() {
    return tryTake(places());
  }

  /**
   * Takes a place that the runner granted: what it freed may not have been given back here yet.
   * False if it cannot be used any more.
   */
  boolean takeGranted() {
    return !draining
        && !withdrawn
        && tryTake(Math.min(2 * endpoint.maxConcurrency(), connections.places()));
  }

  private boolean tryTake(int limit) {
    while (true) {
      int n = taken.get();
      if (n < 0 || n >= limit) {
        return false;
      }
      if (taken.compareAndSet(n, n + 1)) {
        return true;
      }
    }
  }

  /** Gives a place back that was not used. */
  void release() {
    taken.decrementAndGet();
    if (withdrawn) {
      closeIfUnused();
    }
    owner.released();
  }

  /**
   * Makes the call on the place taken for it, and gives the place back unless something stays
   * there: then the call has a seat.
   *
   * @param poolTimeout the pool's execution limit in nanoseconds
   * @return null if it provably never started: then it ended here, or goes to another runner
   */
  @Nullable Reply exchange(Call call, long poolTimeout) {
    boolean keeps = false;
    try {
      Slot slot = connections.pop();
      if (slot != null) {
        connections.keepAhead(endpoint.maxConcurrency());
      } else {
        slot = open(call);
      }
      if (slot == null) {
        return null;
      }
      try {
        if (call.ending() != null) {
          return null;
        }
        Reply reply = understood(call, send(call, slot, poolTimeout));
        if (!slot.usable() && call.ending() == null) {
          doubted();
        }
        if (reply instanceof Reply.Stays) {
          keeps = true;
          call.seat = new RemoteSeat(this, slot, poolTimeout);
        }
        return reply;
      } finally {
        if (!keeps) {
          connections.giveBack(slot);
        }
      }
    } finally {
      if (!keeps) {
        release();
      }
    }
  }

  /**
   * A connection to it ended: its process may have. What waits must not be sent on the other
   * connections before that is known, because it would be lost with them.
   */
  private void doubted() {
    room.lost();
    connections.dropIdle();
  }

  /** Sends a call on a slot and waits for the reply. */
  Reply send(Call call, Slot slot, long poolTimeout) {
    long limit = call.executionLimit(Ticks.now(), poolTimeout);
    call.starts(this, slot.slot(), limit);
    CallOptions options =
        new CallOptions(
            limit == Ticks.NEVER ? -1 : Math.max(1, limit / 1_000_000),
            !call.options.isDetached(),
            call.body.extras().headers());
    call.body.extras().progress().sending(runner());
    return slot.call(call.stay, call.body, options, wiring.decoder().to(call.body), call);
  }

  /** Takes a slot back that was kept, and its place. */
  void giveBack(Slot slot) {
    connections.giveBack(slot);
    release();
  }

  /** Has it told when the connection to the runner ends, until {@link #forget}. */
  void holds(Hold hold) {
    holds.add(hold);
  }

  void forget(Hold hold) {
    holds.remove(hold);
  }

  /**
   * Waits for a connection as long as the call is wanted and no other runner has room: the machine
   * may be gone, and what waits is bound late.
   */
  private @Nullable Slot open(Call call) {
    CompletableFuture<Slot> opening = connections.open();
    while (true) {
      try {
        Slot slot = opening.get(STEP_MS, TimeUnit.MILLISECONDS);
        room.reached();
        trouble = null;
        return slot;
      } catch (TimeoutException e) {
        if (call.ending() == null && !owner.isCutOff() && !owner.hasWaitedEnough(call)) {
          if (!owner.hasRoomBeside(this)) {
            continue;
          }
          room.lost();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException e) {
        unreachable(e.getCause());
        return null;
      }
      Futures.atEnd(
          opening,
          (slot, failure) -> {
            if (slot != null) {
              connections.giveBack(slot);
              room.unblock();
              owner.released();
            }
          });
      return null;
    }
  }

  private @Nullable Reply understood(Call call, Reply reply) {
    if (reply instanceof Reply.Refused refused) {
      call.body.extras().progress().refused(runner());
      refused(refused.reason());
      return null;
    }
    if (reply instanceof Reply.NotStarted not) {
      trouble = not.why();
      return null;
    }
    return reply;
  }

  private void refused(Refusal reason) {
    switch (reason) {
      case DRAINING, GONE, CONSUMED -> draining = true;
      case BUSY -> {}
      default -> refusedAsFull();
    }
  }

  private void refusedAsFull() {
    room.refused();
    wants.forget(); // whatever it believes, it did not let this one in
  }

  private void unreachable(@Nullable Throwable failure) {
    trouble = failure == null ? "unreachable" : failure.getMessage();
    if (failure instanceof HelloRefusedException refused) {
      if (refused.reason() == HelloRefusedException.Reason.DRAINING) {
        draining = true;
      } else if (refused.reason() == HelloRefusedException.Reason.CERTIFICATE) {
        owner.identityRefused();
      } else if (refused.reason() == HelloRefusedException.Reason.SHARE) {
        connections.crowded();
        refusedAsFull();
        return;
      }
    }
    room.lost();
  }

  /**
   * So many calls wait and no runner has room: says so to this one if it is full because of others.
   */
  void want(int calls) {
    boolean here = room.isFull() && !draining && !withdrawn;
    int most = Math.min(endpoint.maxConcurrency(), connections.places() - taken());
    wants.set(here ? Math.max(0, Math.min(calls, most)) : 0);
  }

  @Override
  public void received(ControlMessage message) {
    if (message instanceof ControlMessage.Load load) {
      if (room.heard(load, taken())) {
        owner.released();
      }
    } else if (message instanceof ControlMessage.Grant grant) {
      wants.granted(grant.calls());
      wants.giveBack(owner.granted(this, grant.calls()));
    } else if (message instanceof ControlMessage.Draining end) {
      endCause = EndCause.inStatus(end.cause());
      draining = true;
      connections.retire();
    }
  }

  @Override
  public void closed(IOException cause) {
    trouble = "its connection ended: " + cause.getMessage();
    wants.forget();
    room.lost();
    holds.forEach(Hold::lost);
    owner.released();
  }

  boolean isCutOff() {
    return owner.isCutOff();
  }

  void cancel(int slot, int call) {
    connections.cancel(slot, call);
  }

  /** It is no longer in the endpoints: nothing new, and closed when its calls are done. */
  void withdraw() {
    withdrawn = true;
    want(0);
    closeIfUnused();
  }

  boolean isClosed() {
    return taken.get() < 0;
  }

  private void closeIfUnused() {
    if (taken.compareAndSet(0, CLOSED)) {
      connections.close();
    }
  }

  void closeIdle(long now) {
    connections.closeIdle(now);
  }

  boolean isConnected() {
    return !connections.isEmpty();
  }

  /** Ends all connections at once, with whatever runs on them. */
  void cutOff() {
    connections.close();
    connections.abort();
  }
}
