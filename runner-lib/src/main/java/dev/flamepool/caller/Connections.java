package dev.flamepool.caller;

import dev.flamepool.wire.Control;
import dev.flamepool.wire.ControlListener;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.Hello;
import dev.flamepool.wire.Identity;
import dev.flamepool.wire.Slot;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one runner: a control connection while there is a slot, and as many slots as
 * its calls need. Opened on first use and one ahead of need, never on the thread of a call, which
 * could not be interrupted there; idle ones are closed after 30 s.
 */
final class Connections {
  /** How long a slot may be idle. */
  static final long IDLE = Duration.ofSeconds(30).toNanos();

  /** How long a slot may outlive its control connection. */
  private static final long ORPHANED = Duration.ofSeconds(3).toNanos();

  /** How long a slot beyond this caller's share may be idle. */
  private static final long BEYOND_SHARE = Duration.ofSeconds(1).toNanos();

  private static final long CROWDED = Duration.ofSeconds(5).toNanos();

  private final Route route;
  private final Wiring wiring;
  private final ControlLine control;
  private final SlotStack idle = new SlotStack();
  private final Set<Slot> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicBoolean spareComing = new AtomicBoolean();
  private volatile long lastUse;

  /** Slots that the runner wants this caller to keep open at most. */
  private volatile int share = Integer.MAX_VALUE;

  private volatile long crowdedUntil;

  /** What every connection to a runner of the pool is made with. */
  interface Peers {
    /** What this process says of itself. */
    Hello hello();

    /** What it shows, null if that could not be read. */
    @Nullable Identity identity();
  }

  Connections(PoolView.Endpoint endpoint, Wiring wiring, Peers peers, ControlListener listener) {
    this.route = new Route(endpoint, peers);
    this.wiring = wiring;
    this.control = new ControlLine(route, wiring, new Guard(listener));
  }

  /** An idle slot, or null. */
  @Nullable Slot pop() {
    while (true) {
      Slot slot = idle.pop();
      if (slot == null || slot.usable()) {
        return slot;
      }
      discard(slot);
    }
  }

  /** Connects in the background. The control connection comes along if there is none. */
  CompletableFuture<Slot> open() {
    count.incrementAndGet();
    CompletableFuture<Slot> opening;
    try {
      CompletableFuture<Control> side = control.open();
      opening = CompletableFuture.supplyAsync(() -> connect(side), wiring.threads());
    } catch (OutOfMemoryError e) { // no thread: as if the runner could not be reached
      opening = CompletableFuture.failedFuture(e);
    }
    return opening.whenComplete(
        (slot, failure) -> {
          if (failure != null) {
            count.decrementAndGet();
          }
        });
  }

  private Slot connect(CompletableFuture<Control> side) {
    Slot slot = null;
    try {
      slot = wiring.network().slot(route, numbers.incrementAndGet());
      side.join(); // without it the runner could not tell whether this process lives
      open.add(slot);
      if (control.hasEnded()) { // whoever cut all may not have seen this one
        open.remove(slot);
        slot.abort();
        throw new IOException("closed");
      }
      return slot;
    } catch (IOException e) {
      throw new CompletionException(e);
    } catch (CompletionException e) {
      if (slot != null) {
        slot.abort();
      }
      throw e;
    }
  }

  /** Tells the runner to interrupt that call, if there is a way to. */
  void cancel(int slot, int call) {
    // A write may block, and the thread that asks has 250 ms.
    wiring.threads().execute(() -> control.send(new ControlMessage.Cancel(slot, call)));
  }

  /** Sends if there is a control connection; false if not. May block. */
  boolean send(ControlMessage message) {
    return control.send(message);
  }

  /** The runner refused a slot because it has too many: for a while those there are must do. */
  void crowded() {
    crowdedUntil = Ticks.now() + CROWDED;
  }

  /** How many calls at once there are or may be slots for. */
  int places() {
    return Ticks.now() < crowdedUntil ? Math.max(1, count.get()) : Integer.MAX_VALUE;
  }

  /** How many of so many calls at once there are slots for, or may be by this process's heap. */
  int places(int wanted) {
    return SlotRoom.OF_HEAP.calls(count.get(), wanted);
  }

  /** Takes a slot back after a call. */
  void giveBack(Slot slot) {
    if (!slot.usable() || !idle.push(slot)) {
      discard(slot);
    }
  }

  /** After an idle slot was taken: opens another if that was the last and there may be more. */
  void keepAhead(int limit) {
    lastUse = Ticks.now();
    if (count.get() < places(Math.min(limit, share))
        && idle.isEmpty()
        && spareComing.compareAndSet(false, true)) {
      Futures.atEnd(
          open(),
          (slot, failure) -> {
            spareComing.set(false);
            if (slot != null) {
              giveBack(slot);
            }
          });
    }
  }

  /** Closes what was not needed for 30 s, or is beyond this caller's share and idle. */
  void closeIdle(long now) {
    boolean inUse = now - lastUse < IDLE;
    idle.idleSince(now - IDLE, inUse, Integer.MAX_VALUE).forEach(this::discard);
    idle.idleSince(now - BEYOND_SHARE, inUse, count.get() - share).forEach(this::discard);
    if (!inUse && count.get() == 0) {
      control.close();
    }
  }

  /** Closes what is idle, whatever it was last used for. */
  void dropIdle() {
    idle.idleSince(Ticks.NEVER, false, Integer.MAX_VALUE).forEach(this::discard);
  }

  boolean isEmpty() {
    return count.get() == 0 && !control.isOpen();
  }

  /** The runner ends: it waits for its slots to be closed, so those that are idle close now. */
  void retire() {
    idle.close().forEach(this::discard);
  }

  /** No new ones: idle ones close now, others when their call is done. */
  void close() {
    control.end();
    idle.close().forEach(this::discard);
    control.close();
  }

  /**
   * The slots in use end by themselves if the runner's process has; if its machine is silent they
   * do not.
   */
  private void abortSoon() {
    List<Slot> left = List.copyOf(open);
    if (!left.isEmpty()) {
      Alarm alarm = new Alarm(wiring.timer(), () -> left.forEach(Slot::abort));
      alarm.at(Ticks.now() + ORPHANED);
    }
  }

  /** Cuts all slots, whatever their threads do. */
  void abort() {
    open.forEach(Slot::abort);
  }

  private void discard(Slot slot) {
    if (open.remove(slot)) {
      count.decrementAndGet();
      try {
        wiring.threads().execute(slot::abort);
      } catch (OutOfMemoryError e) { // no thread
        slot.abort();
      }
    }
  }

  /** What comes in on the control connection; its end is the end of the slots as well. */
  private final class Guard implements ControlListener {
    private final ControlListener next;

    Guard(ControlListener next) {
      this.next = next;
    }

    @Override
    public void received(ControlMessage message) {
      if (message instanceof ControlMessage.Load load) {
        share = load.share() > 0 ? load.share() : Integer.MAX_VALUE;
      }
      next.received(message);
    }

    @Override
    public void closed(IOException cause) {
      dropIdle();
      abortSoon();
      next.closed(cause);
    }
  }
}
