package dev.flamepool.caller;

import dev.flamepool.closure.CodeVersion;
import dev.flamepool.wire.ControlConnection;
import dev.flamepool.wire.ControlListener;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.Hello;
import dev.flamepool.wire.HelloAck;
import dev.flamepool.wire.Identity;
import dev.flamepool.wire.SlotConnection;
import dev.flamepool.wire.Timeouts;
import java.io.IOException;
import java.net.InetSocketAddress;
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

  /** A runner that was started from other code although its endpoint does not say so. */
  static final class OtherCodeException extends IOException {
    OtherCodeException(String message) {
      super(message);
    }
  }

  private final PoolView.Endpoint endpoint;
  private final Wiring wiring;
  private final Peers peers;
  private final ControlListener listener;
  private final SlotStack idle = new SlotStack();
  private final Set<SlotConnection> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicBoolean spareComing = new AtomicBoolean();
  private volatile long lastUse;
  private @Nullable CompletableFuture<ControlConnection> control;
  private boolean closed;

  /** What every connection to a runner of the pool is made with. */
  interface Peers {
    /** What this process says of itself. */
    Hello hello();

    /** What it shows, null if that could not be read. */
    @Nullable Identity identity();
  }

  Connections(PoolView.Endpoint endpoint, Wiring wiring, Peers peers, ControlListener listener) {
    this.endpoint = endpoint;
    this.wiring = wiring;
    this.peers = peers;
    this.listener = listener;
  }

  /** An idle slot, or null. */
  @Nullable SlotConnection pop() {
    while (true) {
      SlotConnection slot = idle.pop();
      if (slot == null || slot.usable()) {
        return slot;
      }
      discard(slot);
    }
  }

  /** Connects in the background. The control connection comes along if there is none. */
  CompletableFuture<SlotConnection> open() {
    count.incrementAndGet();
    CompletableFuture<ControlConnection> side = control();
    return CompletableFuture.supplyAsync(() -> connect(side), wiring.threads())
        .whenComplete(
            (slot, failure) -> {
              if (failure != null) {
                count.decrementAndGet();
              }
            });
  }

  private SlotConnection connect(CompletableFuture<ControlConnection> side) {
    SlotConnection slot = null;
    try {
      slot =
          SlotConnection.open(
              address(),
              endpoint.uid(),
              identity(),
              peers.hello(),
              numbers.incrementAndGet(),
              Timeouts.DEFAULT);
      side.join(); // without it the runner could not tell whether this process lives
      open.add(slot);
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

  private synchronized CompletableFuture<ControlConnection> control() {
    if (closed) {
      return CompletableFuture.failedFuture(new IOException("closed"));
    }
    if (control == null) {
      CompletableFuture<ControlConnection> opening =
          CompletableFuture.supplyAsync(this::connectControl, wiring.threads());
      control = opening;
      Futures.atEnd(
          opening,
          (connection, failure) -> {
            if (failure != null) {
              forget(opening);
            }
          });
    }
    return control;
  }

  private ControlConnection connectControl() {
    try {
      Guard guard = new Guard();
      ControlConnection connection =
          ControlConnection.open(
              address(), endpoint.uid(), identity(), peers.hello(), Timeouts.DEFAULT, guard);
      HelloAck ack = connection.ack();
      if (!ack.codeVersion().equals(peers.hello().codeVersion())) {
        guard.mute = true;
        connection.close();
        throw new OtherCodeException(difference(ack));
      }
      synchronized (this) {
        guard.connection = connection;
        if (closed) {
          guard.mute = true;
          connection.close();
          throw new IOException("closed");
        }
      }
      return connection;
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private String difference(HelloAck ack) {
    String first = CodeVersion.firstDifference(wiring.code().get().artifacts(), ack.artifacts());
    return "runner "
        + endpoint.runner()
        + " runs code version "
        + ack.codeVersion()
        + (first == null ? "" : "; the first difference is " + first);
  }

  private synchronized void forget(@Nullable CompletableFuture<ControlConnection> which) {
    if (control == which) {
      control = null;
    }
  }

  /** Tells the runner to interrupt that call, if there is a way to. */
  void cancel(int slot, int call) {
    ControlConnection connection = current();
    if (connection != null) {
      // A write may block, and the thread that asks has 250 ms.
      wiring.threads().execute(() -> send(connection, new ControlMessage.Cancel(slot, call)));
    }
  }

  private static void send(ControlConnection connection, ControlMessage message) {
    try {
      connection.send(message);
    } catch (IOException e) {
      // The connection is over, which cancels as well.
    }
  }

  private synchronized @Nullable ControlConnection current() {
    return control != null && control.isDone() && !control.isCompletedExceptionally()
        ? control.join()
        : null;
  }

  /** Takes a slot back after a call. */
  void giveBack(SlotConnection slot) {
    if (!slot.usable() || !idle.push(slot)) {
      discard(slot);
    }
  }

  /** After an idle slot was taken: opens another if that was the last and there may be more. */
  void keepAhead(int limit) {
    lastUse = Ticks.now();
    if (count.get() < limit && idle.isEmpty() && spareComing.compareAndSet(false, true)) {
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

  /** Closes what was not needed for 30 s. */
  void closeIdle(long now) {
    boolean inUse = now - lastUse < IDLE;
    idle.idleSince(now - IDLE, inUse).forEach(this::discard);
    if (!inUse && count.get() == 0) {
      closeControl();
    }
  }

  boolean isEmpty() {
    return count.get() == 0 && current() == null;
  }

  /** The runner ends: it waits for its slots to be closed, so those that are idle close now. */
  void retire() {
    idle.close().forEach(this::discard);
  }

  /** No new ones: idle ones close now, others when their call is done. */
  void close() {
    synchronized (this) {
      closed = true;
    }
    idle.close().forEach(this::discard);
    closeControl();
  }

  /**
   * The slots in use end by themselves if the runner's process has; if its machine is silent they
   * do not.
   */
  private void abortSoon() {
    List<SlotConnection> left = List.copyOf(open);
    if (!left.isEmpty()) {
      Alarm alarm = new Alarm(wiring.timer(), () -> left.forEach(SlotConnection::abort));
      alarm.at(Ticks.now() + ORPHANED);
    }
  }

  /** Cuts all slots, whatever their threads do. */
  void abort() {
    open.forEach(SlotConnection::abort);
  }

  private void discard(SlotConnection slot) {
    if (open.remove(slot)) {
      count.decrementAndGet();
      wiring.threads().execute(slot::close);
    }
  }

  private void closeControl() {
    ControlConnection connection;
    synchronized (this) {
      connection = current();
      if (connection != null) {
        control = null;
      }
    }
    if (connection != null) {
      connection.close();
    }
  }

  private Identity identity() throws IOException {
    Identity identity = peers.identity();
    if (identity == null) {
      throw new IOException("no certificate to show to runner " + endpoint.runner());
    }
    return identity;
  }

  private InetSocketAddress address() throws IOException {
    String text = endpoint.address();
    int colon = text.lastIndexOf(':');
    try {
      String host = text.substring(0, colon);
      boolean bracketed = host.startsWith("[") && host.endsWith("]");
      return new InetSocketAddress(
          bracketed ? host.substring(1, host.length() - 1) : host,
          Integer.parseInt(text.substring(colon + 1)));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IOException(
          "runner " + endpoint.runner() + " has the address '" + text + "', not host:port", e);
    }
  }

  /** Passes on what comes in, but not the end of a connection that was closed here. */
  private final class Guard implements ControlListener {
    private @Nullable ControlConnection connection;
    private volatile boolean mute;

    @Override
    public void received(ControlMessage message) {
      listener.received(message);
    }

    @Override
    public void closed(IOException cause) {
      synchronized (Connections.this) {
        if (mute || connection == null || current() != connection) {
          return;
        }
        control = null;
      }
      idle.idleSince(Ticks.NEVER, false).forEach(Connections.this::discard);
      abortSoon();
      listener.closed(cause);
    }
  }
}
