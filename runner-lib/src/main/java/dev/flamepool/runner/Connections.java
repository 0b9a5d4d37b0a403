package dev.flamepool.runner;

import dev.flamepool.closure.Allowed;
import dev.flamepool.wire.ControlEnd;
import dev.flamepool.wire.ControlMessage;
import dev.flamepool.wire.EndCause;
import dev.flamepool.wire.HelloAck;
import dev.flamepool.wire.Identity;
import dev.flamepool.wire.Incoming;
import dev.flamepool.wire.MalformedException;
import dev.flamepool.wire.Role;
import dev.flamepool.wire.SlotEnd;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The runner's port and everyone connected to it. Each connection has a thread of its own; messages
 * to all go out on one more.
 */
final class Connections {
  static final String SLOT_THREAD = "flame-slot";

  private static final int BACKLOG = 1_024;
  private static final int HANDSHAKE_MS = 10_000;

  private static final long LAST_WORD_MS = 500;

  private static final String ENDED = "the runner has ended";

  private final Runner runner;
  private final Identity identity;
  private final Threads threads;
  private final Peers peers;
  private final Set<SlotSession> slots = ConcurrentHashMap.newKeySet();
  private final Set<ControlSession> controls = ConcurrentHashMap.newKeySet();
  private final Announcer announcer;
  private final Arrivals arrivals = new Arrivals();
  private final Tally failed;
  private final Tally misspoken;
  private volatile @Nullable ServerSocket server;
  private boolean closed;

  Connections(Runner runner, Identity identity, Threads threads) {
    this.runner = runner;
    this.identity = identity;
    this.threads = threads;
    failed = new Tally("connections that came to nothing", runner.ticker(), Say::info);
    misspoken = new Tally("peers that broke the protocol", runner.ticker(), Say::warn);
    peers = new Peers(runner.maxConcurrency(), Runtime.getRuntime().maxMemory(), this::changed);
    announcer =
        new Announcer(
            runner.ticker(),
            () -> controls.forEach(ControlSession::tell),
            work -> threads.make(work, "flame-announce"));
  }

  int listen(@Nullable String host, int port) throws IOException {
    ServerSocket s = new ServerSocket();
    s.bind(
        host == null
            ? new InetSocketAddress(port)
            : new InetSocketAddress(InetAddress.getByName(host), port),
        BACKLOG);
    server = s;
    announcer.start();
    threads.start(
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
        accepted(s.accept());
      } catch (IOException | RuntimeException | Error e) { // the port outlives whatever that was
        if (!s.isClosed()) {
          failed.add("accept failed (file descriptors or threads used up?): " + e);
          pause();
        }
      }
    }
  }

  private void accepted(Socket raw) {
    Arrivals.Arrival arrival =
        arrivals.arrives(raw.getInetAddress(), runner.ticker().nanos(), new SocketDoor(raw));
    boolean started = false;
    try {
      threads.startSlot(
          new Runnable() {
            @Override
            public void run() {
              connected(raw, arrival);
            }
          });
      started = true;
    } finally {
      if (!started) {
        arrival.left();
        SocketDoor.close(raw);
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

  /** How far a connection has come. */
  private final class Progress implements Incoming.Stages {
    private final Arrivals.Arrival arrival;
    private boolean certified;

    Progress(Arrivals.Arrival arrival) {
      this.arrival = arrival;
    }

    @Override
    public void spoke() {
      arrival.spoke();
    }

    @Override
    public void certified() {
      certified = true;
      runner.lifecycle().certified();
      arrival.certified(runner.ticker().nanos());
    }

    void over() {
      arrival.left();
      if (certified) {
        runner.lifecycle().greeted();
      }
    }
  }

  private void connected(Socket raw, Arrivals.Arrival arrival) {
    Progress progress = new Progress(arrival);
    String from = String.valueOf(raw.getRemoteSocketAddress());
    Incoming in;
    HelloAck ack;
    try {
      in = Incoming.accept(raw, identity, HANDSHAKE_MS, progress);
      ack = in == null || !peers.admits(in, slots.size()) ? null : runner.welcome(in);
      if (ack != null && in.role() == Role.CALLER) {
        runner.lifecycle().active();
      }
    } catch (IOException | RuntimeException | Error e) {
      SocketDoor.close(raw);
      failed.add(from + ": " + (arrival.wasShut() ? "it made room for others" : e.getMessage()));
      return;
    } finally {
      progress.over();
    }
    if (in == null || ack == null) {
      failed.add(from + ": its hello was refused");
      return;
    }
    try {
      if (in.isControl()) {
        ControlEnd end = in.acceptControl(ack);
        threads.start(() -> control(in, end), "flame-control");
      } else {
        slot(in, in.acceptSlot(ack));
      }
    } catch (IOException | RuntimeException | Error e) {
      in.abort();
      failed.add(from + ": " + e.getMessage());
    }
  }

  long misspoken() {
    return misspoken.total();
  }

  long cameToNothing() {
    return failed.total();
  }

  Arrivals arrivals() {
    return arrivals;
  }

  /** A peer said what no peer says; its connection has ended for it. */
  void misspoke(IOException why) {
    if (why instanceof MalformedException) {
      misspoken.add(String.valueOf(why.getMessage()));
    }
  }

  /** Slot connections that each caller may keep open. */
  int share() {
    return peers.share();
  }

  /** Connected now. */
  int callers() {
    return peers.callers();
  }

  private void slot(Incoming in, SlotEnd end) {
    runner.tidy(Thread.currentThread());
    Peer peer = peers.join(in);
    SlotSession s = new SlotSession(runner, peer, end, Allowed.of(in.hello().takes()));
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
      peers.leave(in);
      left(s);
    }
  }

  private void left(SlotSession s) {
    slots.remove(s);
    wake();
  }

  /** The slot whose calls that thread carries, if any. */
  @Nullable SlotSession slotOf(Thread thread) {
    return slots.stream().filter(slot -> slot.isOn(thread)).findFirst().orElse(null);
  }

  /** Its thread does not come back: nobody waits for it. */
  void exited(SlotSession slot, String why) {
    try {
      slot.exited(why);
    } finally {
      left(slot);
    }
  }

  private void control(Incoming in, ControlEnd end) {
    Peer peer = peers.join(in);
    ControlSession c = new ControlSession(runner, end, in.role(), peer);
    runner.fairness().gone(peer); // what it wanted on an earlier one it will say again
    peer.controlOpened(end);
    runner.lifecycle().connected();
    try {
      begin(c);
      c.run();
    } finally {
      runner.lifecycle().disconnected();
      controls.remove(c);
      if (peer.controlClosed(end)) {
        runner.fairness().gone(peer);
      }
      peers.leave(in);
    }
  }

  /**
   * Who comes while the others are told of the end, or are closed, hears its first words all the
   * same.
   */
  private void begin(ControlSession c) {
    synchronized (controls) {
      controls.add(c);
      c.tell();
      EndCause cause = runner.runnerState().now().cause();
      if (cause != null) {
        c.send(new ControlMessage.Draining(cause.name()));
      }
      if (closed) {
        c.close(ENDED);
      }
    }
  }

  /** Something that Load or State tells has changed: all hear of it, at most every 250 ms. */
  void changed() {
    if (!controls.isEmpty()) {
      announcer.changed();
    }
  }

  /** All hear of it at once. */
  void phaseChanged() {
    announcer.say(() -> controls.forEach(ControlSession::tell));
  }

  /** Tells one caller. */
  void tell(Peer peer, ControlMessage m) {
    announcer.say(() -> peer.send(m));
  }

  void tellAll(ControlMessage m) {
    announcer.say(
        () -> {
          for (ControlSession c : controls) {
            c.send(m);
            c.tell();
          }
        });
  }

  /** Tells all and waits until they are told, a moment at most. */
  void lastWord(ControlMessage m) {
    CountDownLatch told = new CountDownLatch(1);
    tellAll(m);
    announcer.say(told::countDown);
    try {
      told.await(LAST_WORD_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The last word on every slot; callers that do not close within 2 s are cut off once their call
   * is done.
   */
  void goawayAll() {
    slots.forEach(this::closeSoon); // first: one that reads nothing holds up the others' last word
    slots.forEach(SlotSession::goaway);
  }

  /** What stays here for callers ends. */
  void endResidents() {
    slots.forEach(SlotSession::goaway);
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
    announcer.close();
    slots.forEach(SlotSession::abort);
    synchronized (controls) {
      closed = true;
      controls.forEach(c -> c.close(ENDED));
    }
  }
}
