package dev.flamepool.runner;

import dev.flamepool.wire.ControlEnd;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.HelloAck;
import dev.flamepool.wire.Identity;
import dev.flamepool.wire.Incoming;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.SlotEnd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The runner's port and everyone connected to it. Each connection has a thread of its own; messages
 * to all go out on one more.
 */
final class Connections {
  static final String SLOT_THREAD = "flame-slot";

  private static final int BACKLOG = 1_024;
  private static final int HANDSHAKE_MS = 10_000;
  private static final long ANNOUNCE_NANOS = 250_000_000;

  private final Runner runner;
  private final Identity identity;
  private final Threads threads;
  private final ConcurrentHashMap<String, Peer> peers = new ConcurrentHashMap<>();
  private final Set<SlotSession> slots = ConcurrentHashMap.newKeySet();
  private final Set<ControlSession> controls = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean announcing = new AtomicBoolean();
  private final ExecutorService announcer =
      Executors.newSingleThreadExecutor(
          r -> {
            Thread t = new Thread(r, "flame-announce");
            t.setDaemon(true);
            return t;
          });
  private volatile @Nullable ServerSocket server;

  Connections(Runner runner, Identity identity, Threads threads) {
    this.runner = runner;
    this.identity = identity;
    this.threads = threads;
  }

  int listen(@Nullable String host, int port) throws IOException {
    ServerSocket s = new ServerSocket();
    s.bind(
        host == null
            ? new InetSocketAddress(port)
            : new InetSocketAddress(InetAddress.getByName(host), port),
        BACKLOG);
    server = s;
    Threads.startPlatform(
        new Runnable() {
          @Override
          public void run() {
            acceptAll(s);
          }
        },
        "flame-accept");
    return s.getLocalPort();
  }

  private void acceptAll(ServerSocket s) {
    while (!s.isClosed()) {
      try {
        Socket raw = s.accept();
        threads.startSlot(
            new Runnable() {
              @Override
              public void run() {
                connected(raw);
              }
            });
      } catch (IOException e) {
        if (!s.isClosed()) {
          Say.warn("accept failed (file descriptors used up?): " + e);
          pause();
        }
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void connected(Socket raw) {
    Incoming in;
    HelloAck ack;
    runner.lifecycle().arrives();
    try {
      in = Incoming.accept(raw, identity, HANDSHAKE_MS);
      ack = in == null ? null : runner.welcome(in);
      if (ack != null && in.role() == Role.CALLER) {
        runner.lifecycle().active();
      }
    } catch (IOException e) {
      Say.info(
          "a connection from "
              + raw.getRemoteSocketAddress()
              + " came to nothing: "
              + e.getMessage());
      return;
    } finally {
      runner.lifecycle().arrived();
    }
    if (in == null || ack == null) {
      return;
    }
    try {
      if (in.isControl()) {
        ControlEnd end = in.acceptControl(ack);
        Threads.startPlatform(() -> control(in, end), "flame-control");
      } else {
        slot(in, in.acceptSlot(ack));
      }
    } catch (IOException e) {
      in.abort();
    }
  }

  private void slot(Incoming in, SlotEnd end) {
    runner.tidy(Thread.currentThread());
    Peer peer = join(in);
    SlotSession s = new SlotSession(runner, peer, end);
    peer.slotOpened(in.slot(), s);
    slots.add(s);
    runner.deadlines().add(s.gate());
    runner.lifecycle().connected();
    try {
      if (runner.isEnding()) {
        s.goaway(); // it came while the others were told
        closeSoon(s);
      }
      s.run();
    } finally {
      runner.lifecycle().disconnected();
      runner.deadlines().remove(s.gate());
      peer.slotClosed(in.slot(), s);
      leave(in);
      slots.remove(s);
      synchronized (slots) {
        slots.notifyAll();
      }
    }
  }

  private void control(Incoming in, ControlEnd end) {
    Peer peer = join(in);
    ControlSession c = new ControlSession(runner, end, in.role(), peer);
    peer.controlOpened(end);
    controls.add(c);
    runner.lifecycle().connected();
    try {
      c.tell();
      c.run();
    } finally {
      runner.lifecycle().disconnected();
      controls.remove(c);
      peer.controlClosed(end);
      leave(in);
    }
  }

  private static String key(Incoming in) {
    return in.role() + ":" + in.hello().callerId();
  }

  private Peer join(Incoming in) {
    return peers.compute(
        key(in),
        (key, known) -> {
          Peer p = known == null ? new Peer() : known;
          p.use(1);
          return p;
        });
  }

  private void leave(Incoming in) {
    peers.computeIfPresent(key(in), (key, p) -> p.use(-1) == 0 ? null : p);
  }

  /** Something that Load or State tells has changed: all hear of it, at most every 250 ms. */
  void changed() {
    if (!announcing.get() && !controls.isEmpty() && announcing.compareAndSet(false, true)) {
      runner.ticker().after(ANNOUNCE_NANOS, () -> say(this::announce));
    }
  }

  private void announce() {
    announcing.set(false);
    controls.forEach(ControlSession::tell);
  }

  private void say(Runnable words) {
    try {
      announcer.execute(words);
    } catch (RejectedExecutionException e) {
      // the last word has been said
    }
  }

  /** All hear of it at once. */
  void phaseChanged() {
    say(() -> controls.forEach(ControlSession::tell));
  }

  void tellAll(ControlMessage m) {
    say(
        () -> {
          for (ControlSession c : controls) {
            c.send(m);
            c.tell();
          }
        });
  }

  /**
   * The last word on every slot; callers that do not close within 2 s are cut off once their call
   * is done.
   */
  void goawayAll() {
    for (SlotSession s : slots) {
      s.goaway();
      closeSoon(s);
    }
  }

  private void closeSoon(SlotSession s) {
    runner.ticker().after(Ending.LINGER_NANOS, () -> s.abortUnlessBusy(() -> closeSoon(s)));
  }

  void interruptAll() {
    for (SlotSession s : slots) {
      s.graceIsOver();
    }
  }

  /** Waits until no slot is left or {@code enough} says so. */
  void awaitNoSlots(java.util.function.BooleanSupplier enough) throws InterruptedException {
    synchronized (slots) {
      while (!slots.isEmpty() && !enough.getAsBoolean()) {
        slots.wait(1_000);
      }
    }
  }

  void wake() {
    synchronized (slots) {
      slots.notifyAll();
    }
  }

  /** Tells the last State and closes everything. */
  void close() throws InterruptedException {
    ServerSocket s = server;
    if (s != null) {
      try {
        s.close();
      } catch (IOException e) {
        // closed all the same
      }
    }
    phaseChanged();
    announcer.shutdown();
    announcer.awaitTermination(1, java.util.concurrent.TimeUnit.SECONDS);
    slots.forEach(SlotSession::abort);
    controls.forEach(c -> c.close("the runner has ended"));
  }
}
